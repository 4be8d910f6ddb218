/** Finds the claims that cannot be up at the same time. */
import { addressesOverlap } from '../ports/overlap.js'
import { ownerName, type PortClaim } from './claim.js'

/** Claims of the same port, protocol and an overlapping address. */
export interface Collision {
  readonly protocol: string
  /** The first and the last port that are claimed more than once. */
  readonly from: number
  readonly to: number
  /** Two or more, by port; those of the same ports in the order in which they were given. */
  readonly claims: readonly PortClaim[]
}

/**
 * Every collision, by protocol and port. Claims that stand in each other's way, directly or by way of others, form
 * one collision, so that their number stays in proportion to the claims: forty products on one port are one
 * collision, not 780 pairs.
 */
export function findCollisions(claims: readonly PortClaim[]): Collision[] {
  return [...byProtocol(claims)].flatMap(([protocol, all]) => collisionsOf(protocol, all))
}

/** Collisions of the same products and instances. */
export interface CollisionGroup {
  /** By name. */
  readonly owners: readonly string[]
  readonly collisions: readonly Collision[]
}

/** Groups collisions by who has them: two products with one offset share all their ports, which is one thing to resolve. */
export function groupCollisions(collisions: readonly Collision[]): CollisionGroup[] {
  const groups = new Map<string, { owners: string[]; collisions: Collision[] }>()
  for (const collision of collisions) {
    const owners = [...new Set(collision.claims.map(ownerName))].sort()
    const key = owners.join('\0')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { owners, collisions: [collision] })
    else group.collisions.push(collision)
  }
  return [...groups.values()]
}

function byProtocol(claims: readonly PortClaim[]): Map<string, PortClaim[]> {
  const groups = new Map<string, PortClaim[]>()
  for (const claim of claims) {
    if (claim.outcome === 'random') continue
    const group = groups.get(claim.protocol)
    if (group === undefined) groups.set(claim.protocol, [claim])
    else group.push(claim)
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Some claims that are connected, and the stretch of ports in which they are. */
interface Group {
  readonly claims: PortClaim[]
  from: number
  to: number
}

/**
 * Sweeps over the ports. Of the earlier claims of an address, only the one that reaches highest is looked at: a claim
 * that meets a lower one meets it too, and at the same port, so the three are connected in any case. There are few
 * addresses, so the cost stays linear.
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
  // By their first claim, in order; within a group as they were sorted.
  const found = new Map<Group, PortClaim[]>()
  for (const claim of sorted) {
    const group = groups.get(claim) as Group
    if (group.claims.length === 1) continue
    const members = found.get(group)
    if (members === undefined) found.set(group, [claim])
    else members.push(claim)
  }
  return [...found].map(([{ from, to }, claims]) => ({ protocol, from, to, claims }))
}

/** Makes one group of two, the smaller one going into the larger. */
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
