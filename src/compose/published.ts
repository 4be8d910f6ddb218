import { piecesOf, type Reference, references } from '../env/expand.js'
import type { Problem } from '../problem.js'
import {
  get,
  type MappingNode,
  type Node,
  perNode,
  type ScalarNode,
  type Span,
  spanOf,
  stringOf,
} from './node.js'
import { isAddress, type PortRange, type PortSpec, parsePortRange, parsePortSpec } from './port.js'
import { problemAt, refused } from './problems.js'
import { unique } from './unique.js'

/** One entry of a service's `ports:`; a range is one entry. */
export interface PublishedPort {
  readonly service: string
  /** The entry, without its `- `: the scalar of the short syntax, the whole mapping of the long one. */
  readonly span: Span
  readonly syntax: 'short' | 'long'
  /** The entry as written, variables not expanded. */
  readonly raw: string
  /** '' for all addresses. */
  readonly hostIp: string
  /** The ports on the host; null if the engine picks a free one. */
  readonly host: PortRange | null
  /**
   * The ports in the container. As long as `host`, which then maps one to one; or a single port, for which the engine
   * takes a free one out of `host`.
   */
  readonly container: PortRange
  /** `tcp`, `udp` or `sctp` in the short syntax; any text, in lower case, in the long one. */
  readonly protocol: string
  readonly name?: string
  readonly appProtocol?: string
  /** `ingress` or `host`, in the long syntax. */
  readonly mode?: string
  /** The host part as written; in the short syntax the text between the colons. */
  readonly hostText?: string
  /** The place of `hostText`, if replacing this part of the file edits it without loss. */
  readonly hostSpan?: Span
  /** The variables of the host part, those in defaults too. */
  readonly references: readonly Reference[]
  /** Whether the host part exists and has no variable. */
  readonly literal: boolean
}

const SHORT = 'Write `"HOST:CONTAINER"`, `"IP:HOST:CONTAINER/udp"` or `"8000-8010:8000-8010"`.'
const LONG = 'Write `{ target: 80, published: "8080" }`.'

/** Returns the published ports of one service, and what Compose or the engine refuses beyond `checkPorts`. */
export function publishedPorts(
  service: string,
  node: Node,
): { ports: PublishedPort[]; problems: readonly Problem[] } {
  const ports = get(node, 'ports')
  if (ports?.kind !== 'sequence') return { ports: [], problems: [] }
  const candidates: Candidate[] = []
  const problems: Problem[] = []
  const specs = specsOf(ports)
  for (const [index, item] of ports.items.entries()) {
    const found = item.kind === 'mapping' ? long(service, item) : short(service, item, specs[index])
    if (found === null) continue
    if ('port' in found) candidates.push(found)
    else problems.push(found)
  }
  return { ports: unique(candidates), problems }
}

/** Checks a list of ports when it is read, even if a later file replaces it. */
export function checkPorts(ports: Node): Problem[] {
  if (ports.kind !== 'sequence') return [refused(ports, '`ports` must be a list', 'Write `- "8080:80"`.')]
  const specs = specsOf(ports)
  return ports.items.flatMap((item, index) => {
    if (item.kind === 'mapping')
      return get(item, 'target') === undefined ? refused(item, 'A port has no `target`', LONG) : []
    const spec = specs[index]
    return typeof spec === 'string' ? refused(item, spec, SHORT) : []
  })
}

type Spec = PortSpec | string | undefined

/** The items of a list in the short syntax, or messages that say why Compose refuses them. */
const specsOf = perNode((ports): readonly Spec[] => {
  return ports.kind === 'sequence' ? ports.items.map((item) => specOf(item)) : []
})

function specOf(node: Node): Spec {
  if (node.kind === 'mapping') return undefined
  if (node.kind !== 'scalar' || (node.type !== 'string' && node.type !== 'int'))
    return 'A port must be a string, a number or a mapping'
  const spec = parsePortSpec(node.text)
  return typeof spec === 'string' ? withVariables(spec, node) : spec
}

/** A port, and the kind of value of its host port. */
export interface Candidate {
  readonly port: PublishedPort
  /** Compose compares ports as text that depends on this: `published: 80` never equals `published: "80"`. */
  readonly published: 'none' | 'empty' | 'zero' | 'string' | 'int'
}

function short(service: string, node: Node, spec: Spec): Candidate | null {
  if (typeof spec !== 'object' || node.kind !== 'scalar') return null
  const { hostIp, host, container, protocol, hostPart } = spec
  const part = hostPart === null ? null : hostPartOf(node, hostPart)
  const port: PublishedPort = {
    service,
    span: spanOf(node),
    syntax: 'short',
    raw: node.raw,
    hostIp,
    host: host?.to === 0 ? null : host,
    container,
    protocol,
    references: part?.references ?? [],
    literal: host !== null && part?.references.length === 0,
    ...(part?.raw && hostAt(node, part.raw)),
  }
  return { port, published: host === null ? 'none' : host.to === 0 ? 'zero' : 'string' }
}

/** Adds to a message about a value the variables that it comes from; the value itself may be a secret. */
function withVariables(message: string, { raw }: ScalarNode): string {
  const names = new Set(references(raw).map(({ name }) => `\${${name}}`))
  return names.size === 0 ? message : `${message} (from ${[...names].join(', ')})`
}

type Stretch = readonly [start: number, end: number]

/** Traces the host part of an expanded mapping back to the text and to its variables. */
function hostPartOf(node: ScalarNode, [start, end]: Stretch): { references: Reference[]; raw?: Stretch } {
  if (!node.raw.includes('$')) return { references: [], raw: [start, end] }
  const used: Reference[] = []
  let at = 0
  let raw = 0
  let rawStart: number | undefined
  let rawEnd: number | undefined
  let isExact = true
  for (const { value, reference } of piecesOf(node.raw, node.source.scope.lookup)) {
    const to = at + value.length
    const rawTo = reference?.end ?? raw + value.length
    const isWithin = at < end && start < to
    if (reference === undefined) {
      if (node.raw.slice(raw, rawTo) !== value) isExact = false
      if (isWithin) {
        rawStart ??= raw + Math.max(0, start - at)
        rawEnd = raw + Math.min(value.length, end - at)
      }
      // An empty variable belongs to the part where it is; a colon on either side is literal.
    } else if (isWithin || (value === '' && start <= at && at <= end)) {
      used.push(reference, ...references(reference.operand))
      if (at < start || to > end) isExact = false
      rawStart ??= raw
      rawEnd = rawTo
    }
    at = to
    raw = rawTo
  }
  return isExact && rawStart !== undefined && rawEnd !== undefined
    ? { references: used, raw: [rawStart, rawEnd] }
    : { references: used }
}

function hostAt(node: ScalarNode, [start, end]: Stretch): { hostText: string; hostSpan?: Span } {
  const hostText = node.raw.slice(start, end)
  if (node.verbatim === -1) return { hostText }
  return { hostText, hostSpan: spanOf(node, node.verbatim + start, node.verbatim + end) }
}

function long(service: string, node: MappingNode): Candidate | Problem | null {
  const target = get(node, 'target')
  if (target === undefined) return null
  const container = target.kind === 'scalar' ? targetOf(target) : null
  if (container === null) return refused(target, '`target` must be a container port', LONG)
  const published = get(node, 'published')
  if (published !== undefined && (published.kind !== 'scalar' || !/^(int|string)$/.test(published.type)))
    return refused(published, '`published` must be a number or a string', LONG)
  const address = get(node, 'host_ip')
  const hostIp = stringOf(address)
  if (address !== undefined && (hostIp === undefined || !isAddress(hostIp)))
    return refused(address, 'The IP address is not valid', LONG)
  const text = published?.text ?? ''
  const host = text === '' ? null : parsePortRange(text)
  if (published !== undefined && text !== '' && host === null) {
    const next = 'Write a number up to 65535, or a range.'
    if (!/^\d+$/.test(text))
      return problemAt(
        'port-not-a-number',
        published,
        withVariables('`published` is not a port', published),
        next,
      )
    const message = withVariables('`published` is above 65535, the highest port', published)
    return problemAt('port-out-of-range', published, message, next)
  }
  const used = references(published?.raw ?? '')
  const name = stringOf(get(node, 'name'))
  const appProtocol = stringOf(get(node, 'app_protocol'))
  const mode = stringOf(get(node, 'mode'))
  const port: PublishedPort = {
    service,
    span: spanOf(node),
    syntax: 'long',
    raw: node.source.text.slice(node.start, node.end).trimEnd(),
    hostIp: hostIp ?? '',
    host: host?.to === 0 ? null : host,
    container,
    protocol: (stringOf(get(node, 'protocol')) ?? 'tcp').toLowerCase(),
    references: used,
    literal: host !== null && used.length === 0,
    ...(published && hostAt(published, [0, published.raw.length])),
    ...(name !== undefined && { name }),
    ...(appProtocol !== undefined && { appProtocol }),
    ...(mode !== undefined && { mode }),
  }
  if (published?.type === 'int') return { port, published: 'int' }
  if (host !== null) return { port, published: host.to === 0 ? 'zero' : 'string' }
  return { port, published: published === undefined ? 'none' : 'empty' }
}

/** Compose casts `target` to a number: `"80"` and `80.0` are ports, and a range is not. */
function targetOf({ type, text }: ScalarNode): PortRange | null {
  const pattern = type === 'string' ? /^\+?\d+$/ : /^\+?\d+(\.0*)?$/
  if (type === 'bool' || type === 'null' || !pattern.test(text)) return null
  return { from: Number(text), to: Number(text) }
}
