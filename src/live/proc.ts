/** Reading /proc. Processes end, and some belong to other users: whatever cannot be read is empty. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { EphemeralRange } from '../claims/hazards.js'

export function textOf(path: string): string {
  return orElse('', () => readFileSync(path, 'utf8'))
}

export function linkOf(path: string): string {
  return orElse('', () => readlinkSync(path))
}

export function entriesOf(folder: string): string[] {
  return orElse([], () => readdirSync(folder))
}

function orElse<T>(empty: T, read: () => T): T {
  try {
    return read()
  } catch {
    return empty
  }
}

/** Returns the ports for outgoing connections (Linux, ip-sysctl: `ip_local_port_range`); null on other systems. */
export function ephemeralRange(folder = '/proc/sys/net/ipv4'): EphemeralRange | null {
  const [range] = parseRanges(textOf(`${folder}/ip_local_port_range`).replace(/\s+/, '-'))
  const reserved = parseRanges(textOf(`${folder}/ip_local_reserved_ports`))
  return range === undefined ? null : { ...range, reserved }
}

/** Parses `8080,9148-9150`. */
function parseRanges(text: string): { from: number; to: number }[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, from, to = from]) => ({
    from: Number(from),
    to: Number(to),
  }))
}
