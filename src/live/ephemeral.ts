import { readFileSync } from 'node:fs'
import type { EphemeralRange } from '../ports/hazards.js'

/**
 * The ports that the kernel gives to outgoing connections, without those that an operator has reserved; null where it
 * does not say (Linux, Documentation/networking/ip-sysctl: `ip_local_port_range`, `ip_local_reserved_ports`).
 */
export function ephemeralRange(): EphemeralRange | null {
  const [from, to] = (setting('ip_local_port_range') ?? '').trim().split(/\s+/).map(Number)
  if (from === undefined || to === undefined || Number.isNaN(from + to)) return null
  return { from, to, reserved: parseReserved(setting('ip_local_reserved_ports') ?? '') }
}

/** Single ports and ranges, with commas between: `8080,9148-9150`. */
export function parseReserved(text: string): { from: number; to: number }[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, from, to = from]) => ({
    from: Number(from),
    to: Number(to),
  }))
}

function setting(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8')
  } catch {
    return null
  }
}
