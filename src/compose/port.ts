/**
 * The grammar of a port mapping without variables: `[[IP:][HOST]:]CONTAINER[/PROTOCOL]` (go-connections
 * `nat.ParsePortSpec`, as compose-go 2.9.1 uses it).
 */
import { MAX_PORT } from '../ports/value.js'

/** Both ends are inclusive. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

/** A mapping in the short syntax. */
export interface PortSpec {
  /** '' for all addresses. */
  readonly hostIp: string
  /** Null if the engine picks a port. */
  readonly host: PortRange | null
  readonly container: PortRange
  readonly protocol: string
  /** The place of the host part in the text; null if there is no colon. */
  readonly hostPart: readonly [start: number, end: number] | null
}

/** Parses the short syntax. @returns the mapping, or a message that says why Compose refuses it */
export function parsePortSpec(text: string): PortSpec | string {
  const last = text.lastIndexOf(':')
  const before = last <= 0 ? -1 : text.lastIndexOf(':', last - 1)
  const hostPart = last === -1 ? null : ([before + 1, last] as const)
  // What follows a second slash is ignored, as is what follows a second dash in a range.
  const [port = '', proto = ''] = text.slice(last + 1).split('/')
  if (port === '') return 'The port is empty'
  const protocol = proto === '' ? 'tcp' : proto.toLowerCase()
  if (!PROTOCOLS.includes(protocol)) return 'The protocol must be tcp, udp or sctp'
  const hostIp = addressOf(before === -1 ? '' : text.slice(0, before))
  if (hostIp === null) return 'The IP address is not valid'
  const container = parsePortRange(port)
  if (container === null) return 'The container port is not valid'
  const hostText = hostPart === null ? '' : text.slice(...hostPart)
  const host = hostText === '' ? null : parsePortRange(hostText)
  if (hostText !== '' && host === null) return 'The host port is not valid'
  const size = container.to - container.from
  // One container port with a range of host ports is allowed: the engine takes a free one out of the range.
  if (host !== null && size > 0 && host.to - host.from !== size) {
    return 'The ranges of host and container ports differ in length'
  }
  return { hostIp, host, container, protocol, hostPart }
}

/** The protocols of the engine. */
export const PROTOCOLS: readonly string[] = ['tcp', 'udp', 'sctp']

/** `8000` or `8000-8010`; null if it is neither, a number is over 65535, or the end comes before the start. */
export function parsePortRange(text: string): PortRange | null {
  const [start = '', end = start] = text.split('-')
  const from = parsePort(start)
  const to = parsePort(end)
  return from === null || to === null || to < from ? null : { from, to }
}

function parsePort(text: string): number | null {
  if (!/^[0-9]+$/.test(text)) return null
  const port = Number(text)
  return port <= MAX_PORT ? port : null
}

/** Removes the brackets, which an IPv6 address needs and any may have; null if the text is neither an address nor ''. */
function addressOf(text: string): string | null {
  const bracketed = /^\[([^[\]]*)\]$/.exec(text)?.[1]
  if (bracketed === undefined && text.includes(':')) return null
  const address = bracketed ?? text
  return address === '' || isAddress(address) ? address : null
}

/** Go's `net.ParseIP`: dotted IPv4 without leading zeros, or IPv6 without a zone. */
export function isAddress(text: string): boolean {
  if (!text.includes(':')) return isIpv4(text)
  if (!/^[0-9a-fA-F:.]+$/.test(text)) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const tail = groups.at(-1) as string[]
  const dotted = tail.at(-1)?.includes('.') ?? false
  if (dotted && !isIpv4(tail.pop() as string)) return false
  const all = groups.flat()
  const count = all.length + (dotted ? 2 : 0)
  return (
    all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8)
  )
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return (
    parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
  )
}
