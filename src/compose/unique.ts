import type { PortRange } from './port.js'
import type { Candidate, PublishedPort } from './published.js'

/**
 * Compose's rule for equal ports (compose-go 2.9.1, `override/uncity.go`): same address, published port, target and
 * protocol is one port, where it stood first, as it was said last. Compose writes ranges out before it compares, so a
 * later entry may take a piece out of an earlier range.
 */
export function unique(found: readonly Candidate[]): PublishedPort[] {
  const taken = new Map<string, PortRange[]>()
  const kept: PublishedPort[][] = []
  for (const { port, published } of found.toReversed()) {
    const { host, container, hostIp, protocol } = port
    // A range of host ports for one container port stays one entry; it is only ever equal to itself.
    const pool = host !== null && host.to - host.from !== container.to - container.from
    const shift = host === null ? '' : pool ? `${host.from}-${host.to}` : host.from - container.from
    const key = `${hostIp || '0.0.0.0'} ${protocol} ${published} ${shift}`
    const covered = taken.get(key) ?? []
    if (covered.length === 0) taken.set(key, covered)
    const pieces = claim(container, covered)
    kept.push(pieces.map((piece) => (piece === container ? port : narrowed(port, piece))))
  }
  return kept.toReversed().flat()
}

function narrowed(port: PublishedPort, container: PortRange): PublishedPort {
  const { host } = port
  if (host === null) return { ...port, container }
  const shift = host.from - port.container.from
  return { ...port, container, host: { from: container.from + shift, to: container.to + shift } }
}

/** Adds a range to the sorted, disjoint ranges that are taken. @returns the parts of it that were still free */
function claim(range: PortRange, covered: PortRange[]): PortRange[] {
  let index = firstEndingAt(covered, range.from)
  const first = index
  const free: PortRange[] = []
  let from = range.from
  for (; index < covered.length; index++) {
    const other = covered[index] as PortRange
    if (other.from > range.to) break
    if (other.from > from) free.push({ from, to: other.from - 1 })
    from = other.to + 1
  }
  if (index === first) {
    covered.splice(index, 0, range)
    return [range]
  }
  if (from <= range.to) free.push({ from, to: range.to })
  const start = Math.min(range.from, (covered[first] as PortRange).from)
  const end = Math.max(range.to, (covered[index - 1] as PortRange).to)
  covered.splice(first, index - first, { from: start, to: end })
  return free
}

/** The first of the sorted ranges that does not end before `from`. */
function firstEndingAt(covered: readonly PortRange[], from: number): number {
  let low = 0
  let high = covered.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((covered[middle] as PortRange).to < from) low = middle + 1
    else high = middle
  }
  return low
}
