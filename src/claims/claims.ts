/** Makes the claims of a product or instance from its plan and its Compose files. */
import { get, pairsOf, stringsOf } from '../compose/node.js'
import { PROTOCOLS } from '../compose/port.js'
import { areExclusive, type ComposeProject } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import type { Entry, ProductPlan } from '../merge/plan.js'
import type { PortReferences } from '../merge/port-references.js'
import { canonicalAddress } from '../ports/overlap.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import type { ClaimOutcome, PortClaim } from './claim.js'
import { type WebMarks, webOf, withUrls } from './web.js'

/** Where an env file sets a variable. */
export interface VariablePlace {
  readonly file: string
  readonly line: number
  /** True if --refresh rewrites it: it is in an unedited section of a feature that is merged. */
  readonly merges: boolean
}

export interface ClaimSource {
  /** That of the product. */
  readonly plan: ProductPlan
  /** That of the instance; null for the product itself. */
  readonly overlay: ProductPlan | null
  /** As Compose reads them after the merge, with the overlay: byte strings. */
  readonly values: ReadonlyMap<string, string>
  readonly places: ReadonlyMap<string, VariablePlace>
  /** Variables that take their port from another one. */
  readonly references: PortReferences
  readonly compose: ComposeProject | null
  readonly featureAt: (file: string) => string | null
  readonly marks: ProductMarks
  /** Of host names in URLs; null for none. */
  readonly domain: string | null
}

/** The ports that settings mark as HTTP. */
interface ProductMarks {
  /** Those of product.yaml. */
  readonly own: WebMarks
  /** Those of the features too. */
  readonly all: WebMarks
}

/** Returns the ports that Compose publishes, then the port variables that no Compose file uses, each port once. */
export function claimsOf(source: ClaimSource): readonly PortClaim[] {
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
    if (!source.plan.isPort(key) || derived.has(key)) return []
    const port = claimed.has(key) || claimed.has(leaders.get(key) ?? key) ? 'empty' : parsePortValue(value)
    if (typeof port === 'string') return []
    claim(key)
    return [variableClaim(source, entries, key, port)]
  })
  return withUrls([...published, ...unused], source.marks.own, source.domain)
}

/** Leaves out the ports of services that replace another one: their profiles are never active together. */
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

/** By variable, the entry of the first feature that sets it. */
type Entries = ReadonlyMap<string, Entry>

interface Lookups {
  /** Of the product's plan. */
  readonly own: Entries
  /** Of the overlay, otherwise of the product. */
  readonly effective: Entries
}

function lookupsOf({ plan, overlay }: ClaimSource): Lookups {
  const byKey = (entries: readonly Entry[]): [string, Entry][] =>
    entries.filter(({ first }) => first === null).map((entry) => [entry.key, entry])
  const own = new Map(byKey(plan.entries))
  return { own, effective: overlay === null ? own : new Map([...own, ...byKey(overlay.entries)]) }
}

/** How a port is published: by a service, or only by its variable. */
type Publisher = Pick<PortClaim, 'service' | 'address' | 'protocol' | 'target' | 'profiles' | 'web'>

function publishedClaim(source: ClaimSource, entries: Lookups, port: PublishedPort): PortClaim {
  const names = port.references.map(({ name }) => name)
  const variable = names.find(source.plan.isPort) ?? names[0] ?? null
  const { appProtocol, protocol, host, service } = port
  const { image, body } = source.compose?.services.find(({ name }) => name === service) ?? {}
  const of = { service, image: image?.text, labels: pairsOf(get(body, 'labels')) }
  const use = { appProtocol, container: port.container.from, variable, protocol, ...of }
  const publisher: Publisher = {
    service,
    address: canonicalAddress(port.hostIp),
    // The long syntax accepts any text; the engine knows three protocols.
    protocol: PROTOCOLS.includes(protocol) ? protocol : 'other',
    target: use.container,
    // As written: a variable in it may be a secret.
    profiles: stringsOf(get(body, 'profiles')).map(({ raw }) => raw),
    web: webOf(use, source.marks.all),
  }
  const value = variable === null ? undefined : source.values.get(variable)
  const whole = value === undefined ? 'empty' : parsePortValue(value)
  // A variable that is only a part of the port (`1${X}:80`), or whose default applies, shifts nothing by itself.
  const isWhole = typeof whole === 'object' && whole.from === host?.from && whole.to === host.to
  if (variable !== null && isWhole) return variableClaim(source, entries, variable, whole, publisher)
  const { file, line } = port.span
  return {
    variable,
    from: host?.from ?? 0,
    to: host?.to ?? 0,
    outcome: host === null ? 'random' : 'literal',
    ...publisher,
    isScheme: false,
    ...ownerOf(source),
    base: null,
    offset: null,
    offsetFrom: null,
    feature: source.featureAt(file),
    file,
    line,
  }
}

/** A variable that takes its port from another one moves with it. */
function variableClaim(
  source: ClaimSource,
  entries: Lookups,
  key: string,
  port: PortValue,
  publisher?: Publisher,
): PortClaim {
  const entry = entries.effective.get(key) ?? null
  // If the current template gives it its own base port, it no longer follows.
  const leader =
    isRefreshed(entry) && entry.shift !== null ? key : (source.references.leaders.get(key) ?? key)
  const lead = entries.effective.get(leader) ?? null
  const shift = lead?.shift ?? null
  const isKept = entry === null || entry.outcome === 'kept'
  const place = source.places.get(key) ?? entry ?? { file: source.plan.file, line: 1 }
  const stated = entries.own.get(key)
  const outcome = outcomeOf(lead, source.places.get(leader))
  const address = plainAddress(port.address)
  const by = publisher ?? unpublished(source, key, address)
  const due = shift === null ? '' : dueAddress(source, key, leader, entries.effective)
  const { product, instance } = ownerOf(source)
  return {
    product,
    instance,
    feature: stated === undefined || stated.ownPort ? null : stated.feature,
    variable: key,
    service: by.service,
    // If the variable has no address, that of the Compose file counts.
    base: shift && { from: shift.base.from, to: shift.base.to, address: due === address ? by.address : due },
    offset: shift?.offset ?? null,
    offsetFrom: shift?.offsetFrom ?? null,
    address: by.address,
    from: port.from,
    to: port.to,
    protocol: by.protocol,
    target: by.target,
    outcome: outcome === 'adjusted' && !isKept ? 'planned' : outcome,
    isScheme: entry?.ownPort === true && entry.outcome !== 'kept',
    profiles: by.profiles,
    web: by.web,
    file: isKept ? place.file : entry.file,
    line: isKept ? place.line : entry.line,
  }
}

/** The publisher of a variable that no Compose file uses. */
function unpublished({ marks }: ClaimSource, variable: string, address: string): Publisher {
  const web = webOf({ container: null, variable, protocol: 'tcp' }, marks.all)
  return { service: null, address, protocol: 'tcp', target: null, profiles: [], web }
}

/** Returns true if a merge with --refresh writes the value of the current template. */
function isRefreshed(entry: Entry | null): entry is Entry {
  return entry !== null && entry.kept?.untouched !== false
}

/** Returns the address of the base port, as the current template has it. */
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
  // A variable without its own address takes that of the variable that it follows.
  return plainAddress(due(key) === now(leader) ? due(leader) : due(key))
}

function outcomeOf(entry: Entry | null, place: VariablePlace | undefined): ClaimOutcome {
  // A refresh drops what no template sets any more.
  if (entry === null) return place?.merges ? 'outdated' : 'pinned'
  if (entry.ownPort) return 'pinned'
  // The name of a feature's variable is not that of a port variable.
  if (entry.shift === null) return entry.outcome === 'kept' && !entry.kept?.untouched ? 'pinned' : 'literal'
  if (entry.outcome !== 'kept') return 'planned'
  if (!entry.kept?.untouched) return 'pinned'
  return entry.value === entry.given ? 'adjusted' : 'outdated'
}

function ownerOf({ plan, overlay }: ClaimSource): { product: string; instance: string | null } {
  return { product: plan.product, instance: overlay?.instance ?? null }
}

/** Removes the colon of an address in a port value. */
function plainAddress(address: string): string {
  return canonicalAddress(address.replace(/:$/, ''))
}
