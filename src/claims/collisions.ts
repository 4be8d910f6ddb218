/** Finds the claims that cannot be up at the same time. */
import { addressesOverlap } from '../ports/overlap.js'
import { ownerName, type PortClaim } from './claim.js'
import { groupBy } from './group.js'

/** Claims of the same port, protocol and an overlapping address. */
export interface Collision {
  readonly protocol: string
  /** The first and the last port that are claimed more than once. */
  readonly from: number
  readonly to: number
  /** Two or more, by port; for the same ports in the given order. */
  readonly claims: readonly PortClaim[]
}

/** Returns all collisions, by protocol and port. Forty products on one port are one collision, not 780 pairs. */
export function findCollisions(claims: readonly PortClaim[]): Collision[] {
  const fixed = claims.filter(({ outcome }) => outcome !== 'random')
  const byProtocol = [...groupBy(fixed, ({ protocol }) => protocol)].sort(([a], [b]) => (a < b ? -1 : 1))
  return byProtocol.flatMap(([protocol, all]) => collisionsOf(protocol, all))
}

/** Collisions of the same products and instances. */
export interface CollisionGroup {
  /** By name. */
  readonly owners: readonly string[]
  readonly collisions: readonly Collision[]
}

/** Groups collisions by their owners: two products with one offset share all ports, which has one remedy. */
export function groupCollisions(collisions: readonly Collision[]): CollisionGroup[] {
  const ownersOf = ({ claims }: Collision) => [...new Set(claims.map(ownerName))].sort()
  const groups = groupBy(collisions, (collision) => ownersOf(collision).join('\0'))
  return [...groups.values()].map((group) => ({
    owners: ownersOf(group[0] as Collision),
    collisions: group,
  }))
}

/** Connected claims, and the range of ports in which they collide. */
interface Group {
  readonly claims: PortClaim[]
  from: number
  to: number
}

/**
 * Sweeps over the ports. Each claim is compared with one earlier claim for each address, the one that reaches highest:
 * what overlaps with a lower one overlaps with it too. There are few addresses, so the cost is linear.
 */
function collisionsOf(protocol: string, claims: readonly PortClaim[]): Collision[] {
  const sorted = [...claims].sort((a, b) => a.from - b.from || a.to - b.to)
  const groups = new Map<PortClaim, Group>()
  const highest = new Map<string, PortClaim>()
  for (const claim of sorted) {
    let group: Group = { claims: [claim], from: Number.POSITIVE_INFINITY, to: 0 }
    groups.set(claim, group)
    for (const [address, other] of highest) {
      if (other.to < claim.from || !addressesOverlap(address, claim.address)) continue
      group = join(groups, group, groups.get(other) as Group)
      group.from = Math.min(group.from, claim.from)
      group.to = Math.max(group.to, Math.min(claim.to, other.to))
    }
    const known = highest.get(claim.address)
    if (known === undefined || known.to < claim.to) highest.set(claim.address, claim)
  }
  const connected = groupBy(sorted, (claim) => groups.get(claim) as Group)
  return [...connected].flatMap(([{ from, to }, members]) => {
    return members.length === 1 ? [] : [{ protocol, from, to, claims: members }]
  })
}

/** Joins two groups, the smaller into the larger. */
function join(groups: Map<PortClaim, Group>, a: Group, b: Group): Group {
  if (a === b) return a
  const [into, from] = a.claims.length < b.claims.length ? [b, a] : [a, b]
  for (const claim of from.claims) {
    groups.set(claim, into)
    into.claims.push(claim)
  }
  into.from = Math.min(into.from, from.from)
  into.to = Math.max(into.to, from.to)
  return into
}
