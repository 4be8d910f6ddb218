/** The value of a port variable: "8080", "127.0.0.1:8080", "[::1]:8080", "8000-8010" (Compose spec, "ports", short syntax). */

export const MAX_PORT = 65535

/** Only root may listen on lower ports. */
export const FIRST_PORT = 1024

/** A host port or a range, with its address. */
export interface PortValue {
  /** The address as written with its colon ("127.0.0.1:", "[::1]:"), or ''. */
  readonly address: string
  /** Both inclusive; equal for a single port. */
  readonly from: number
  readonly to: number
  /** Whether it was written as a range. */
  readonly range: boolean
}

/** `empty` or 0: Docker picks a port. */
export type NotAPort = 'empty' | 'not-a-number'

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\]):/
const PORTS = /^(\d{1,15})(?:-(\d{1,15}))?$/

/** Parses a value without quotes and blanks around it. The ports may be above 65535. */
export function parsePortValue(text: string): PortValue | NotAPort {
  const address = ADDRESS.exec(text)?.[0] ?? ''
  const ports = text.slice(address.length)
  if (ports === '') return 'empty'
  const match = PORTS.exec(ports)
  if (match === null) return 'not-a-number'
  const from = Number(match[1])
  const to = match[2] === undefined ? from : Number(match[2])
  if (from === 0) return 'empty'
  return to < from ? 'not-a-number' : { address, from, to, range: match[2] !== undefined }
}

export function shiftPort(port: PortValue, offset: number): PortValue {
  return { ...port, from: port.from + offset, to: port.to + offset }
}

export function formatPort({ address, from, to, range }: PortValue): string {
  return `${address}${range ? `${from}-${to}` : from}`
}

/** For people: `8000` or `8000-8010`. */
export function rangeText({ from, to }: { readonly from: number; readonly to: number }): string {
  return from === to ? `${from}` : `${from}-${to}`
}
