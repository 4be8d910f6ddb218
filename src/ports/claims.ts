/** Makes the claims of a product, or of an instance: from its plan and from what its Compose files publish. */
import type { ComposeProject } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import type { Entry, ProductPlan } from '../merge/plan.js'
import { canonicalAddress } from './address.js'
import type { ClaimOutcome, PortClaim } from './claim.js'
import { isHttp, isHttps } from './http.js'
import { type PortValue, parsePortValue } from './value.js'
import { isPortVariable } from './variable.js'

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
  /** Null where the product has no Compose file. */
  readonly compose: ComposeProject | null
}

/** Every host port of the product, or instance: those that Compose publishes, then the port variables that no Compose file uses. */
export function claimsOf(source: ClaimSource): PortClaim[] {
  const entries = lookupsOf(source)
  const used = new Set<string>()
  const published = (source.compose?.ports ?? []).map((port) => {
    for (const { name } of port.references) used.add(name)
    return publishedClaim(source, entries, port)
  })
  const unused = [...source.values].flatMap(([key, value]): PortClaim[] => {
    const isPort = isPortVariable(key) || entries.own.get(key)?.ownPort === true
    const port = isPort && !used.has(key) ? parsePortValue(value) : 'empty'
    return typeof port === 'string' ? [] : [variableClaim(source, entries, key, port)]
  })
  return [...published, ...unused]
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

function publishedClaim(source: ClaimSource, entries: Lookups, port: PublishedPort): PortClaim {
  const names = port.references.map(({ name }) => name)
  const variable =
    names.find((name) => isPortVariable(name) || entries.own.get(name)?.ownPort) ?? names[0] ?? null
  const { file, line } = port.span
  const container = port.container.from
  const use = { appProtocol: port.appProtocol, container, variable, protocol: port.protocol }
  const known = {
    ...ownerOf(source),
    service: port.service,
    address: canonicalAddress(port.hostIp),
    protocol: port.protocol,
    http: isHttp(use),
    https: isHttps(use),
  }
  const host = port.host
  if (host === null) {
    const none = { variable, base: null, offset: null, from: 0, to: 0, feature: featureOf(file) }
    return { ...known, ...none, outcome: 'chance', file, line }
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
      feature: featureOf(file),
    }
    return { ...known, ...none, outcome: 'literal', file, line }
  }
  const claim = variableClaim(source, entries, variable, whole)
  // Where the variable says nothing of an address, the Compose file does.
  const address = claim.base?.address === claim.address ? known.address : (claim.base?.address ?? '')
  return { ...claim, ...known, base: claim.base === null ? null : { ...claim.base, address } }
}

function variableClaim(source: ClaimSource, entries: Lookups, key: string, port: PortValue): PortClaim {
  const entry = entries.effective.get(key) ?? null
  const base = entry?.shift == null ? null : parsePortValue(entry.shift.base)
  const given = parsePortValue(entry?.given ?? '')
  const due = typeof given === 'string' ? port : given
  const place = source.places.get(key) ?? entry ?? { file: source.plan.file, line: 1 }
  const stated = entries.own.get(key)
  const use = { appProtocol: undefined, container: null, variable: key, protocol: 'tcp' }
  return {
    ...ownerOf(source),
    feature: stated === undefined || stated.ownPort ? null : stated.feature,
    variable: key,
    service: null,
    base:
      base === null || typeof base === 'string'
        ? null
        : { from: base.from, to: base.to, address: addressOf(due) },
    offset: entry?.shift?.offset ?? null,
    address: addressOf(port),
    from: port.from,
    to: port.to,
    protocol: 'tcp',
    outcome: outcomeOf(entry, source.places.get(key)),
    http: isHttp(use),
    https: isHttps(use),
    file: entry?.outcome === 'kept' || entry === null ? place.file : entry.file,
    line: entry?.outcome === 'kept' || entry === null ? place.line : entry.line,
  }
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

/** The feature in whose folder a Compose file is. */
function featureOf(file: string): string | null {
  return /^features\/([^/]+)\//.exec(file)?.[1] ?? null
}

function addressOf({ address }: PortValue): string {
  return canonicalAddress(address.replace(/:$/, ''))
}
