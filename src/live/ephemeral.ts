import type { EphemeralRange } from '../claims/hazards.js'
import { textOf } from './proc.js'

/**
 * Returns the ports that the kernel gives to outgoing connections, without those that an operator has reserved; null
 * where the system does not say (Linux, Documentation/networking/ip-sysctl: `ip_local_port_range`).
 */
export function ephemeralRange(): EphemeralRange | null {
  const [range] = parseRanges(setting('ip_local_port_range').replace(/\s+/, '-'))
  return range === undefined ? null : { ...range, reserved: parseRanges(setting('ip_local_reserved_ports')) }
}

/** Parses single ports and ranges, separated by commas: `8080,9148-9150`. */
export function parseRanges(text: string): { from: number; to: number }[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, from, to = from]) => ({
    from: Number(from),
    to: Number(to),
  }))
}

function setting(name: string): string {
  return textOf(`/proc/sys/net/ipv4/${name}`)
}
