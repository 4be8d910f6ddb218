import type { PortRange } from './port.js'
import type { Candidate, PublishedPort } from './published.js'

/**
 * Compose's rule for equal ports (compose-go 2.9.1, `override/uncity.go`): same address, published port, target and
 * protocol make one port, in the place of the first and in the form of the last. Compose writes ranges out before it
 * compares, so a later entry may take a part of an earlier range.
 */
export function unique(found: readonly Candidate[]): PublishedPort[] {
  const targets = new Set<number>()
  const isDistinct = ({ port: { container } }: Candidate) =>
    container.from === container.to && targets.size < targets.add(container.from).size
  if (found.every(isDistinct)) return found.map(({ port }) => port)
  const taken = new Map<string, Set<number>>()
  const seen = new Set<string>()
  const kept = found.toReversed().map(({ port, published }) => {
    const { host, container, hostIp, protocol } = port
    // A range of host ports for one container port stays one entry, and only equals itself.
    const isPool = host !== null && host.to - host.from !== container.to - container.from
    const shift = host === null ? '' : isPool ? `${host.from}-${host.to}` : host.from - container.from
    const key = `${hostIp || '0.0.0.0'} ${protocol} ${published} ${shift}`
    // Thousands of equal ranges would take long, port by port.
    const whole = `${key} ${container.from}-${container.to}`
    if (seen.has(whole)) return []
    seen.add(whole)
    const ports = taken.get(key) ?? new Set()
    taken.set(key, ports)
    return claim(container, ports).map((part) => narrowed(port, part))
  })
  return kept.toReversed().flat()
}

function narrowed(port: PublishedPort, container: PortRange): PublishedPort {
  const { host } = port
  const { from, to } = port.container
  if (from === container.from && to === container.to) return port
  if (host === null) return { ...port, container }
  const shift = host.from - from
  return { ...port, container, host: { from: container.from + shift, to: container.to + shift } }
}

/** Adds a range to the ports that are taken. @returns the parts of it that were free */
function claim({ from, to }: PortRange, taken: Set<number>): PortRange[] {
  const free: { from: number; to: number }[] = []
  for (let port = from; port <= to; port++) {
    if (taken.has(port)) continue
    taken.add(port)
    const last = free.at(-1)
    if (last?.to === port - 1) last.to = port
    else free.push({ from: port, to: port })
  }
  return free
}
