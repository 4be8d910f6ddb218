/** The result of `product check`, as text, as JSON, and as annotations for GitHub. */
import { claimPorts, follows, ownerName, type PortClaim, wayOut } from '../claims/claim.js'
import { type Collision, type CollisionGroup, groupCollisions } from '../claims/collisions.js'
import { HAZARD_RULES, type Hazard } from '../claims/hazards.js'
import { collisionAdvice, MOST_NAMED } from '../claims/resolve.js'
import { rangeText } from '../ports/value.js'
import type { Severity } from '../problem.js'
import type { Check, HeldPort } from '../tasks/check.js'
import type { Fix } from '../tasks/fix-collisions.js'
import { annotation } from './annotation.js'
import { printable } from './escape.js'
import { fixAnnotations, fixJson, fixLines, refreshCommand } from './fix.js'
import { count, counts, row, unreadLines } from './lines.js'
import { hostText, portJson } from './ports.js'
import { headline } from './problems.js'
import type { Style } from './style.js'

interface CheckResult extends Check {
  /** Null without `--fix`. */
  readonly fix: Fix | null
}

/** The result of a run that stops before it checks anything. */
export const NOTHING_CHECKED: CheckResult = {
  products: 0,
  ports: 0,
  unread: [],
  collisions: [],
  hazards: [],
  held: [],
  fix: null,
}

/** The repairs first, then the findings that are left, then the totals. */
export function checkLines(result: CheckResult, style: Style): string[] {
  const { collisions, hazards, held, products, ports, unread, fix } = result
  const lines = [
    ...(fix === null ? [] : fixLines(fix)),
    ...groupCollisions(collisions).flatMap((group) => collisionLines(group, style)),
    ...held.flatMap((each) => heldLines(each, style)),
    ...HAZARD_RULES.flatMap(({ kind }) => {
      const alike = hazards.filter((hazard) => hazard.kind === kind)
      return alike.length === 0 ? [] : hazardLines(alike, style)
    }),
  ]
  if (lines.length > 0) lines.push('')
  const found = [
    counts([[collisions.length, 'collision']], unread),
    held.length === 0 ? '' : `${held.length} held by others`,
    counts([[hazards.length, 'hazard']], unread),
  ]
  const text = found.filter((part) => part !== '').join(', ')
  const what = products === 0 ? 'nothing' : `${count(ports, 'port')} of ${count(products, 'product')}`
  return [
    ...lines,
    row('checked', `${what}${text === '' ? '' : `: ${text}`}`, style),
    ...unreadLines(unread, 9, style),
  ]
}

/** One block for all ports that the same products share. */
function collisionLines({ owners, collisions }: CollisionGroup, style: Style): string[] {
  const claims = collisions.flatMap((collision) => collision.claims)
  const shared = collisions.map(rangeText).join(', ')
  const verb = owners.length === 1 ? 'uses' : 'share'
  const ports = collisions.length === 1 ? `port ${shared}` : `${collisions.length} ports: ${shared}`
  const message = `${namesText(owners)} ${verb} ${ports}${owners.length === 1 ? ' more than once' : ''}`
  const next = nextStep(collisions, claims)
  return finding('collision', 'error', claims[0], message, claims, next, style)
}

function nextStep(collisions: readonly Collision[], claims: readonly PortClaim[]): string {
  const outdated = new Map(
    claims.filter(({ outcome }) => outcome === 'outdated').map((claim) => [ownerName(claim), claim]),
  )
  const [first] = outdated.values()
  if (first !== undefined)
    return outdated.size > 1 ? 'Run: product check --fix --refresh' : `Run: ${refreshCommand(first)}`
  return collisions.every(isResolvable) ? 'Run: product check --fix' : collisionAdvice(claims)
}

/** Returns true if at most one of the claims stays where it is, whatever the offsets are. */
function isResolvable({ claims }: Collision): boolean {
  const owners = new Set(claims.map(ownerName))
  return owners.size === claims.length && claims.filter((claim) => !follows(claim)).length <= 1
}

function heldLines({ claim, by, freeOffset }: HeldPort, style: Style): string[] {
  const message = `${ownerName(claim)} ${nameOf(claim)} ${hostText(claim)}: ${by}`
  return finding('held', 'error', claim, message, [], wayOut(claim, freeOffset), style)
}

/** One entry for all hazards of a kind. */
function hazardLines(hazards: readonly Hazard[], style: Style): string[] {
  const [{ kind, claim, reason }] = hazards as [Hazard]
  const claims = hazards.length === 1 ? [] : hazards.map((each) => each.claim)
  const more = hazards.length === 1 ? '' : ` (and ${hazards.length - 1} more like it)`
  const message = `${ownerName(claim)} ${nameOf(claim)}: ${reason}${more}`
  return finding(kind, 'warning', claim, message, claims, null, style)
}

/** A finding in the form of a problem, with its claims below it. */
function finding(
  code: string,
  severity: Severity,
  place: PortClaim | undefined,
  message: string,
  claims: readonly PortClaim[],
  next: string | null,
  style: Style,
): string[] {
  const { file = '', line = 1 } = place ?? {}
  const below = [...claims.map(claimLine), ...(next === null ? [] : [next])]
  return [
    headline({ code, severity, file, line, message }, style),
    ...below.map((each) => `  ${printable(each)}`),
  ]
}

function namesText(names: readonly string[]): string {
  const shown =
    names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), `${names.length - MOST_NAMED} more`] : names
  return shown.length === 1 ? (shown[0] as string) : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** As JSON (docs/json.md). */
export function checkJson({ collisions, hazards, held, fix, products, ports, unread }: CheckResult) {
  return {
    products,
    ports,
    unread,
    collisions: collisions.map((collision) => ({
      ...collision,
      claims: collision.claims.map((claim) => portJson(claim, null)),
    })),
    hazards: hazards.map(({ kind, reason, claim }) => ({ kind, reason, claim: portJson(claim, null) })),
    held: held.map(({ claim, by, holders, freeOffset }) => {
      return { by, holders, freeOffset, claim: portJson(claim, null) }
    }),
    ...fixJson(fix),
  }
}

/** One annotation for each claim and each step of the fix. */
export function checkAnnotations({ collisions, hazards, held, fix }: CheckResult): string[] {
  return [
    ...collisions.flatMap((collision) =>
      collision.claims.map((claim) => {
        const others = collision.claims.filter((other) => other !== claim).map(claimLine)
        const shown = others.length > 5 ? [...others.slice(0, 5), `${others.length - 5} more`] : others
        return annotation('error', claim, `collision: ${claimLine(claim)} against ${shown.join('; ')}`)
      }),
    ),
    ...held.map(({ claim, by }) => annotation('error', claim, `held: ${claimLine(claim)}: ${by}`)),
    ...hazards.map(({ kind, claim, reason }) =>
      annotation('warning', claim, `${kind}: ${claimLine(claim)}: ${reason}`),
    ),
    ...(fix === null ? [] : fixAnnotations(fix)),
  ]
}

/** `my_first_app  redis  REDIS_HOST_PORT  6971 (6380 + 591, adjusted)  products/…:17`. */
function claimLine(claim: PortClaim): string {
  const { feature, file, line } = claim
  return `${ownerName(claim)}  ${feature ?? '-'}  ${nameOf(claim)}  ${hostText(claim)} (${wayTo(claim)})  ${file}:${line}`
}

function wayTo({ base, offset, outcome }: PortClaim): string {
  if (base === null || outcome === 'pinned') return outcome
  const sum = `${claimPorts({ ...base, outcome })} + ${offset}`
  return outcome === 'outdated' ? `outdated, ${sum} is due` : `${sum}, ${outcome}`
}

function nameOf({ variable, service }: PortClaim): string {
  return variable ?? `service ${service}`
}
