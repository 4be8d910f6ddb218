import { type Reference, references } from '../env/expand.js'
import type { Problem, ProblemCode } from '../problem.js'
import { piecesOf } from './interpolate.js'
import { get, type MappingNode, type Node, type ScalarNode, type Span, spanOf, stringOf } from './node.js'
import { isAddress, type PortRange, type PortSpec, parsePortRange, parsePortSpec } from './port.js'
import { problemAt } from './problems.js'
import { unique } from './unique.js'

/** One entry of a service's `ports:`; a range is one entry. */
export interface PublishedPort {
  readonly service: string
  /** The entry, without its `- `: the scalar of the short syntax, the whole mapping of the long one. */
  readonly span: Span
  readonly syntax: 'short' | 'long'
  /** The entry as written: the value of the short syntax, the text of the long one; variables not expanded. */
  readonly raw: string
  /** The address on the host; '' where none is given, which is all of them. */
  readonly hostIp: string
  /** The ports on the host; null if that is left to chance. */
  readonly host: PortRange | null
  /** Whether the engine picks any free port: there is no host part, it is empty, or it is 0. */
  readonly chance: boolean
  /**
   * The ports in the container. As long as `host`, which then maps one to one; or a single port, for which the engine
   * takes a free one out of `host`.
   */
  readonly container: PortRange
  /** `tcp`, `udp` or `sctp`; what the long syntax says is passed on as it is, in lower case. */
  readonly protocol: string
  readonly name?: string
  readonly appProtocol?: string
  /** `ingress` or `host`, in the long syntax. */
  readonly mode?: string
  /** The host part as written, if it is there; in the short syntax the text between the colons. */
  readonly hostText?: string
  /** Where the host part stands in the file, if it stands there as `hostText`: replacing this stretch edits it without loss. */
  readonly hostSpan?: Span
  /** The variables that the host part comes from, those in defaults too. */
  readonly references: readonly Reference[]
  /** Whether the host part is there and comes from no variable. */
  readonly literal: boolean
}

/**
 * The published ports of one service, those that Compose takes for the same one only once.
 * @param problems gets what Compose, or the engine after it, would refuse beyond `checkPorts`
 */
export function publishedPorts(service: string, node: Node, problems: Problem[]): PublishedPort[] {
  const ports = get(node, 'ports')
  if (ports?.kind !== 'sequence') return []
  const found: Candidate[] = []
  for (const item of ports.items) {
    const port = item.kind === 'mapping' ? long(service, item, problems) : short(service, item)
    if (port !== null) found.push(port)
  }
  return unique(found)
}

/** What Compose refuses of a list of ports as it reads it, whether or not the list counts in the end. */
export function checkPorts(ports: Node, problems: Problem[]): void {
  if (ports.kind !== 'sequence') {
    complain('compose-refused', ports, '`ports` must be a list', 'Write `- "8080:80"`.', problems)
    return
  }
  for (const item of ports.items) {
    const spec = item.kind === 'mapping' ? get(item, 'target') : specOf(item)
    if (spec === undefined) complain('compose-refused', item, 'A port has no `target`', LONG, problems)
    else if (typeof spec === 'string') complain('compose-refused', item, spec, SYNTAX, problems)
  }
}

/** A mapping in the short syntax, or what Compose objects to. */
function specOf(node: Node): PortSpec | string {
  if (node.kind !== 'scalar' || (node.type !== 'string' && node.type !== 'int'))
    return 'A port must be a string, a number or a mapping'
  const spec = parsePortSpec(node.text)
  return typeof spec === 'string' ? withVariables(spec, node) : spec
}

/** A port, and what kind of value its host port is. */
export interface Candidate {
  readonly port: PublishedPort
  /** Compose compares ports as text that still shows this, and so never takes `published: 80` for `published: "80"`. */
  readonly published: 'none' | 'empty' | 'zero' | 'string' | 'int'
}

function short(service: string, node: Node): Candidate | null {
  const spec = specOf(node)
  if (typeof spec === 'string' || node.kind !== 'scalar') return null
  const { hostIp, host, container, protocol, hostPart } = spec
  const part = hostPart === null ? null : hostPartOf(node, hostPart)
  const chance = host === null || host.to === 0
  const port: PublishedPort = {
    service,
    span: spanOf(node),
    syntax: 'short',
    raw: node.raw,
    hostIp,
    host: chance ? null : host,
    chance,
    container,
    protocol,
    references: part?.references ?? [],
    literal: host !== null && part?.references.length === 0,
    ...(part?.raw === undefined ? {} : hostAt(node, part.raw)),
  }
  return { port, published: host === null ? 'none' : chance ? 'zero' : 'string' }
}

/** A message about a value, with the variables that it comes from: the value itself may be a secret. */
function withVariables(message: string, { raw }: ScalarNode): string {
  const names = new Set(references(raw).map(({ name }) => `\${${name}}`))
  return names.size === 0 ? message : `${message} (from ${[...names].join(', ')})`
}

const SYNTAX = 'Write `"HOST:CONTAINER"`, `"IP:HOST:CONTAINER/udp"` or `"8000-8010:8000-8010"`.'

/** Traces the host part of an expanded mapping back to the text and the variables that it comes from. */
function hostPartOf(
  node: ScalarNode,
  [start, end]: readonly [number, number],
): { references: Reference[]; raw?: [start: number, end: number] } {
  if (!node.raw.includes('$')) return { references: [], raw: [start, end] }
  const used: Reference[] = []
  let at = 0
  let raw = 0
  let rawStart: number | undefined
  let rawEnd: number | undefined
  let exact = true
  for (const { value, reference } of piecesOf(node.raw, node.source.scope.lookup)) {
    const to = at + value.length
    const rawTo = reference?.end ?? raw + value.length
    // An empty variable belongs to the part that it stands at; a colon on either side is literal.
    const within = value === '' ? start <= at && at <= end : at < end && start < to
    if (reference !== undefined && within) {
      used.push(reference, ...references(reference.operand))
      if (at < start || to > end) exact = false
      rawStart ??= raw
      rawEnd = rawTo
    } else if (reference === undefined) {
      if (node.raw.slice(raw, rawTo) !== value) exact = false
      if (at < end && start < to) {
        rawStart ??= raw + Math.max(0, start - at)
        rawEnd = raw + Math.min(value.length, end - at)
      }
    }
    at = to
    raw = rawTo
  }
  return exact && rawStart !== undefined && rawEnd !== undefined
    ? { references: used, raw: [rawStart, rawEnd] }
    : { references: used }
}

function hostAt(
  node: ScalarNode,
  [start, end]: readonly [number, number],
): { hostText: string; hostSpan?: Span } {
  const hostText = node.raw.slice(start, end)
  if (node.verbatim === -1) return { hostText }
  return { hostText, hostSpan: spanOf(node, node.verbatim + start, node.verbatim + end) }
}

function long(service: string, node: MappingNode, problems: Problem[]): Candidate | null {
  const refuse = (message: string, at: Node = node) =>
    complain('compose-refused', at, message, LONG, problems)
  const target = get(node, 'target')
  if (target === undefined) return null
  const container = target.kind === 'scalar' ? targetOf(target) : null
  if (container === null) return refuse('`target` must be a container port', target)
  const published = get(node, 'published')
  if (published !== undefined && (published.kind !== 'scalar' || !/^(int|string)$/.test(published.type))) {
    return refuse('`published` must be a number or a string', published)
  }
  const address = get(node, 'host_ip')
  const hostIp = stringOf(address)
  if (address !== undefined && (hostIp === undefined || !isAddress(hostIp)))
    return refuse('The IP address is not valid', address)
  const text = published?.text ?? ''
  const host = text === '' ? null : parsePortRange(text)
  if (published !== undefined && text !== '' && host === null) {
    const [code, message] = /^\d+$/.test(text)
      ? ([
          'port-out-of-range',
          withVariables('`published` is above 65535, the highest port', published),
        ] as const)
      : (['port-not-a-number', withVariables('`published` is not a port', published)] as const)
    return complain(code, published, message, 'Write a number up to 65535, or a range.', problems)
  }
  const chance = host === null || host.to === 0
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
    host: chance ? null : host,
    chance,
    container,
    protocol: (stringOf(get(node, 'protocol')) ?? 'tcp').toLowerCase(),
    references: used,
    literal: host !== null && used.length === 0,
    ...(published === undefined ? {} : hostAt(published, [0, published.raw.length])),
    ...(name === undefined ? {} : { name }),
    ...(appProtocol === undefined ? {} : { appProtocol }),
    ...(mode === undefined ? {} : { mode }),
  }
  const kind =
    published?.type === 'int'
      ? 'int'
      : host === null
        ? published === undefined
          ? 'none'
          : 'empty'
        : 'string'
  return { port, published: kind === 'string' && chance ? 'zero' : kind }
}

const LONG = 'Write `{ target: 80, published: "8080" }`.'

/** `target` is cast to a number, which makes `"80"` and `80.0` ports, but no range. */
function targetOf({ type, text }: ScalarNode): PortRange | null {
  const pattern = type === 'string' ? /^\+?\d+$/ : /^\+?\d+(\.0*)?$/
  if (type === 'bool' || type === 'null' || !pattern.test(text)) return null
  const port = Number(text)
  return { from: port, to: port }
}

function complain(code: ProblemCode, node: Node, message: string, next: string, problems: Problem[]): null {
  problems.push(problemAt(code, node, message, next))
  return null
}
