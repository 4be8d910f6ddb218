import { readFileSync } from 'node:fs'
import type { EphemeralRange } from '../ports/hazards.js'

/** The ports that the kernel gives to outgoing connections (ip(7), `ip_local_port_range`); null where it does not say. */
export function ephemeralRange(): EphemeralRange | null {
  try {
    const [from, to] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number)
    return from === undefined || to === undefined || Number.isNaN(from + to) ? null : { from, to }
  } catch {
    return null
  }
}
