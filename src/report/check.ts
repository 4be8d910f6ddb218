/** What `product check` found, as text, as JSON, and as annotations for GitHub. */
import type { PortClaim } from '../claims/claim.js'
import { claimPorts, ownerName } from '../claims/claim.js'
import type { Collision } from '../claims/collisions.js'
import type { Hazard } from '../claims/hazards.js'
import { rangeText } from '../ports/value.js'
import { annotation } from './annotation.js'
import { count, counts, unreadLines } from './count.js'
import { printable } from './escape.js'
import { type FixResult, fixAnnotations, fixJson, fixLines } from './fix.js'
import { hostText, portJson } from './ports.js'
import type { Style } from './style.js'

/** What a check comes to. */
export interface CheckResult {
  /** How many of those that are asked for were read, and what they claim. */
  readonly products: number
  readonly ports: number
  /** The files of any product that were not: with what they claim, there may be more collisions. */
  readonly unread: readonly string[]
  readonly collisions: readonly Collision[]
  readonly hazards: readonly Hazard[]
  /** With --live: ports that somebody else holds. */
  readonly held: readonly { readonly claim: PortClaim; readonly by: string }[]
  /** With --fix. */
  readonly fix: FixResult | null
}

/** That of a run that came to no product. */
export const NOTHING_CHECKED: CheckResult = {
  products: 0,
  ports: 0,
  unread: [],
  collisions: [],
  hazards: [],
  held: [],
  fix: null,
}

/** For people. */
export function checkLines(result: CheckResult, style: Style): string[] {
  const { collisions, hazards, held, products, ports, unread, fix } = result
  const lines: string[] = []
  for (const collision of collisions) {
    lines.push(`${style.red('collision')}  ${collision.protocol} ${rangeText(collision)}`)
    lines.push(...collision.claims.map((claim) => `  ${printable(claimLine(claim))}`))
  }
  for (const { claim, by } of held) {
    lines.push(`${style.red('held')}  ${printable(`${claimLine(claim)}: ${by}`)}`)
  }
  for (const { kind, claim, reason } of hazards) {
    lines.push(`${style.yellow('hazard')}  ${kind}: ${printable(claimLine(claim))}`, `  ${printable(reason)}`)
  }
  if (fix !== null) lines.push(...fixLines(fix))
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
    `  ${style.dim('checked'.padEnd(9))}${what}${text === '' ? '' : `: ${text}`}`,
    ...unreadLines(unread, 9, style),
  ]
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
    held: held.map(({ claim, by }) => ({ by, claim: portJson(claim, null) })),
    ...fixJson(fix),
  }
}

/** One annotation a claim, and a step of the fix: GitHub shows it at the file and line. */
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

/** Who claims what, and where: `my_first_app  redis  REDIS_HOST_PORT  6971 (6380 + 591, adjusted)  products/…:17`. */
function claimLine(claim: PortClaim): string {
  const { feature, variable, service, file, line } = claim
  const what = variable ?? `service ${service}`
  return `${ownerName(claim)}  ${feature ?? '-'}  ${what}  ${hostText(claim)} (${wayTo(claim)})  ${file}:${line}`
}

function wayTo({ base, offset, outcome }: PortClaim): string {
  if (base === null || outcome === 'pinned') return outcome
  const sum = `${claimPorts({ ...base, outcome })} + ${offset}`
  return outcome === 'outdated' ? `outdated, ${sum} is due` : `${sum}, ${outcome}`
}
