/** Makes the claims of a product, or of an instance: from its plan and from what its Compose files publish. */
import { PROTOCOLS } from '../compose/port.js'
import type { ComposeProject } from '../compose/project.js'
import { areExclusive } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import type { Entry, ProductPlan } from '../merge/plan.js'
import type { PortReferences } from '../merge/port-references.js'
import { canonicalAddress } from '../ports/overlap.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import type { ClaimOutcome, PortClaim } from './claim.js'
import { isHttp, isHttps } from './http.js'

/** Where an env file states a variable. */
export interface StatedPlace {
  readonly file: string
  readonly line: number
  /** Whether a merge with --refresh rewrites it: it stands in a section that nobody touched, of a feature that is merged. */
  readonly merges: boolean
}

/** What claims are made from. */
export interface ClaimSource {
  /** The product's own plan. */
  readonly plan: ProductPlan
  /** That of the instance's overlay; null for the product itself. */
  readonly overlay: ProductPlan | null
  /** What Compose reads after the merge, the overlay included: byte strings. */
  readonly values: ReadonlyMap<string, string>
  /** Where the env files state each variable. */
  readonly places: ReadonlyMap<string, StatedPlace>
  /** Which of them have their port from another one. */
  readonly references: PortReferences
  /** Null where the product has no Compose file. */
  readonly compose: ComposeProject | null
  /** Returns the feature in whose folder a file is; null for none. */
  readonly featureAt: (file: string) => string | null
}

/**
 * Every host port of the product, or instance: those that Compose publishes, then the port variables that no Compose
 * file uses. Of the variables that have one port among them only one claims it.
 */
export function claimsOf(source: ClaimSource): PortClaim[] {
  const entries = lookupsOf(source)
  const { leaders, derived } = source.references
  const claimed = new Set<string>()
  const claim = (name: string): void => {
    claimed.add(name).add(leaders.get(name) ?? name)
  }
  const published = withoutAlternatives(source.compose).map((port) => {
    for (const { name } of port.references) claim(name)
    return publishedClaim(source, entries, port)
  })
  const unused = [...source.values].flatMap(([key, value]): PortClaim[] => {
    if (!isPortOf(entries, key) || derived.has(key)) return []
    const port = claimed.has(key) || claimed.has(leaders.get(key) ?? key) ? 'empty' : parsePortValue(value)
    if (typeof port === 'string') return []
    claim(key)
    return [variableClaim(source, entries, key, port)]
  })
  return [...published, ...unused]
}

/** What is published, once where services that are never up together publish the same: one stands in for the other. */
function withoutAlternatives(compose: ComposeProject | null): readonly PublishedPort[] {
  const users = new Map<string, string[]>()
  return (compose?.ports ?? []).filter(({ service, protocol, hostIp, host }) => {
    if (compose === null || host === null) return true
    const port = `${protocol} ${hostIp} ${host.from}-${host.to}`
    const others = users.get(port)
    if (others === undefined) users.set(port, [service])
    else if (others.every((other) => areExclusive(compose, other, service))) others.push(service)
    else return true
    return others === undefined
  })
}

/** A variable's entry in a plan: of the feature that was the first to state it. */
type Entries = ReadonlyMap<string, Entry>

interface Lookups {
  /** In the product's own plan. */
  readonly own: Entries
  /** In the overlay's where it is there. */
  readonly effective: Entries
}

function lookupsOf({ plan, overlay }: ClaimSource): Lookups {
  const byKey = (entries: readonly Entry[]): [string, Entry][] =>
    entries.filter(({ first }) => first === null).map((entry) => [entry.key, entry])
  const own = new Map(byKey(plan.entries))
  return { own, effective: overlay === null ? own : new Map([...own, ...byKey(overlay.entries)]) }
}

function isPortOf({ own }: Lookups, key: string): boolean {
  return isPortVariable(key) || own.get(key)?.ownPort === true
}

function publishedClaim(source: ClaimSource, entries: Lookups, port: PublishedPort): PortClaim {
  const names = port.references.map(({ name }) => name)
  const variable = names.find((name) => isPortOf(entries, name)) ?? names[0] ?? null
  const { file, line } = port.span
  const container = port.container.from
  const use = { appProtocol: port.appProtocol, container, variable, protocol: port.protocol }
  // Spreads last: V8 takes a hundred times longer to add properties to a spread object.
  const known = {
    service: port.service,
    address: canonicalAddress(port.hostIp),
    // The long syntax takes any text, and a variable's too; the engine knows three.
    protocol: PROTOCOLS.includes(port.protocol) ? port.protocol : 'other',
    isScheme: false,
    http: isHttp(use),
    https: isHttps(use),
    ...ownerOf(source),
  }
  const host = port.host
  if (host === null) {
    const none = { variable, base: null, offset: null, from: 0, to: 0, feature: source.featureAt(file) }
    return { outcome: 'random', file, line, ...known, ...none }
  }
  const value = variable === null ? undefined : source.values.get(variable)
  const whole = value === undefined ? null : parsePortValue(value)
  // A variable that is only a part of the port (`1${X}:80`), or is not set and has a default, moves nothing by itself.
  const isWhole =
    whole !== null && typeof whole === 'object' && whole.from === host.from && whole.to === host.to
  if (variable === null || !isWhole) {
    const none = {
      variable,
      base: null,
      offset: null,
      from: host.from,
      to: host.to,
      feature: source.featureAt(file),
    }
    return { outcome: 'literal', file, line, ...known, ...none }
  }
  const claim = variableClaim(source, entries, variable, whole)
  // Where the variable says nothing of an address, the Compose file does.
  const address = claim.base?.address === claim.address ? known.address : (claim.base?.address ?? '')
  return {
    ...claim,
    ...known,
    isScheme: claim.isScheme,
    base: claim.base === null ? null : { ...claim.base, address },
  }
}

/** The claim of a variable; one that has its port from another one moves as that one does. */
function variableClaim(source: ClaimSource, entries: Lookups, key: string, port: PortValue): PortClaim {
  const entry = entries.effective.get(key) ?? null
  // Where today's template gives it a base port of its own, it will not go on following.
  const leader =
    isRefreshed(entry) && entry.shift !== null ? key : (source.references.leaders.get(key) ?? key)
  const lead = entries.effective.get(leader) ?? null
  const base = lead?.shift?.base ?? null
  const place = source.places.get(key) ?? entry ?? { file: source.plan.file, line: 1 }
  const stated = entries.own.get(key)
  const use = { appProtocol: undefined, container: null, variable: key, protocol: 'tcp' }
  const outcome = outcomeOf(lead, source.places.get(leader))
  return {
    feature: stated === undefined || stated.ownPort ? null : stated.feature,
    variable: key,
    service: null,
    base:
      base === null
        ? null
        : { from: base.from, to: base.to, address: dueAddress(source, key, leader, entries.effective) },
    offset: lead?.shift?.offset ?? null,
    address: plainAddress(port.address),
    from: port.from,
    to: port.to,
    protocol: 'tcp',
    outcome: outcome === 'adjusted' && entry !== null && entry.outcome !== 'kept' ? 'planned' : outcome,
    isScheme: entry?.ownPort === true && entry.outcome !== 'kept',
    http: isHttp(use),
    https: isHttps(use),
    file: entry?.outcome === 'kept' || entry === null ? place.file : entry.file,
    line: entry?.outcome === 'kept' || entry === null ? place.line : entry.line,
    ...ownerOf(source),
  }
}

/** Whether a merge, with --refresh if need be, writes what today's template says. */
function isRefreshed(entry: Entry | null): entry is Entry {
  return entry !== null && entry.kept?.untouched !== false
}

/** The address that goes with the base port: where the one of today's template is not in the env file yet, that one. */
function dueAddress(source: ClaimSource, key: string, leader: string, entries: Entries): string {
  const due = (name: string): string => {
    const entry = entries.get(name) ?? null
    if (!isRefreshed(entry)) return now(name)
    const given = entry.shift?.host ?? parsePortValue(entry.given ?? '')
    return typeof given === 'string' ? now(name) : given.address
  }
  const now = (name: string): string => {
    const port = parsePortValue(source.values.get(name) ?? '')
    return typeof port === 'string' ? '' : port.address
  }
  // What follows is given with the other's address of today, if it has none of its own.
  return plainAddress(due(key) === now(leader) ? due(leader) : due(key))
}

function outcomeOf(entry: Entry | null, place: StatedPlace | undefined): ClaimOutcome {
  // What no template states any more, a refresh drops.
  if (entry === null) return place?.merges ? 'outdated' : 'pinned'
  if (entry.ownPort) return 'pinned'
  // A feature's variable that takes no offset, for want of the right name.
  if (entry.shift === null) return entry.outcome === 'kept' && !entry.kept?.untouched ? 'pinned' : 'literal'
  if (entry.outcome !== 'kept') return 'planned'
  if (!entry.kept?.untouched) return 'pinned'
  return entry.value === entry.given ? 'adjusted' : 'outdated'
}

function ownerOf({ plan, overlay }: ClaimSource): { product: string; instance: string | null } {
  return { product: plan.product, instance: overlay?.instance ?? null }
}

/** The address of a port value, which has a colon behind it, in the form in which addresses are compared. */
function plainAddress(address: string): string {
  return canonicalAddress(address.replace(/:$/, ''))
}
