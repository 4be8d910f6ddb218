import type { EphemeralRange } from '../claims/hazards.js'
import { textOf } from './proc.js'

/**
 * Returns the ports that the kernel gives to outgoing connections, without those that an operator has reserved; null
 * where the system does not say (Linux, Documentation/networking/ip-sysctl: `ip_local_port_range`).
 */
export function ephemeralRange(folder = '/proc/sys/net/ipv4'): EphemeralRange | null {
  const [range] = parseRanges(textOf(`${folder}/ip_local_port_range`).replace(/\s+/, '-'))
  const reserved = parseRanges(textOf(`${folder}/ip_local_reserved_ports`))
  return range === undefined ? null : { ...range, reserved }
}

/** Parses single ports and ranges, separated by commas: `8080,9148-9150`. */
function parseRanges(text: string): { from: number; to: number }[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, from, to = from]) => ({
    from: Number(from),
    to: Number(to),
  }))
}
