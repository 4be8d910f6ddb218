/** The search for a free port, the only one there is. */
import { FIRST_PORT, MAX_PORT } from '../ports/value.js'

/**
 * Returns the port with the lowest cost; of several, the one nearest to `wanted`, then the higher one.
 * @param costOf 0 ends the search; null excludes the port
 * @returns null if every port from 1024 on is excluded
 */
export function nearestPort(wanted: number, costOf: (port: number) => number | null): number | null {
  let best: number | null = null
  let lowest = Number.POSITIVE_INFINITY
  for (let distance = 0; distance <= MAX_PORT; distance++) {
    for (const port of distance === 0 ? [wanted] : [wanted + distance, wanted - distance]) {
      const cost = port < FIRST_PORT || port > MAX_PORT ? null : costOf(port)
      if (cost === 0) return port
      if (cost === null || cost >= lowest) continue
      best = port
      lowest = cost
    }
  }
  return best
}
