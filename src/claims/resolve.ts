/**
 * Resolves collisions by giving products another offset. Deterministic: it depends on the names, the ports and
 * the offsets that `product.yaml` states, on nothing else, so it comes out the same on every machine.
 */

import { crc32 } from '../ports/offset.js'
import { addressesOverlap } from '../ports/overlap.js'
import { MAX_PORT, rangeText } from '../ports/value.js'
import { collisionAdvice, MOST_NAMED } from './advice.js'
import { follows, ownerName, type PortClaim } from './claim.js'
import { findCollisions } from './collisions.js'

/** A product, or one of its instances, with what it claims. */
export interface Owner {
  readonly product: string
  readonly instance: string | null
  readonly offset: number
  /** Whether `product.yaml` states the offset. Those are reviewed, so they are the last to move. */
  readonly stated: boolean
  readonly claims: readonly PortClaim[]
}

/** An offset that is to be stated. */
export interface Reassignment {
  readonly owner: Owner
  readonly offset: number
  /** What was hashed for it: `my_first_app#2`. */
  readonly hashed: string
}

/** An owner for which no offset is free. */
export interface Unresolved {
  readonly owner: Owner
  readonly reason: string
  /** What to do. */
  readonly next: string
}

/**
 * Gives every owner an offset with which it collides with nobody. Whoever is in nobody's way stays; of those that
 * collide, the first stays: owners whose offset is stated, then the others, by name. The rest get the smallest
 * re-hash, `crc32(name + "#1")`, `#2`…, that collides with nobody. Ports that no offset moves keep their place, and
 * every new offset keeps clear of them. Whoever finds none keeps its own, and is told as unresolved.
 * @param modulus how many offsets there are
 */
export function resolveCollisions(
  owners: readonly Owner[],
  modulus: number,
): { reassignments: Reassignment[]; unresolved: Unresolved[] } {
  const taken = new TakenPorts()
  for (const { claims } of owners)
    for (const claim of claims) if (!follows(claim) && claim.outcome !== 'random') taken.add(claim)
  const reassignments: Reassignment[] = []
  const unresolved: Unresolved[] = []
  const colliding = inOrder(owners).filter((owner) => {
    const moving = owner.claims.filter(follows)
    const stays = taken.allFree(moving, owner.offset)
    if (stays) taken.addAll(moving, owner.offset)
    return !stays
  })
  for (const owner of colliding) {
    const moving = owner.claims.filter(follows)
    const found = rehash(ownerName(owner), modulus, (offset) => taken.allFree(moving, offset))
    if (found === null) unresolved.push({ owner, reason: whyNot(moving, modulus, taken), next: MORE_ROOM })
    else reassignments.push({ owner, ...found })
    taken.addAll(moving, found?.offset ?? owner.offset)
  }
  return { reassignments, unresolved: [...unresolved, ...inseparable(owners, reassignments, unresolved)] }
}

/** The collisions that would be left with any offset: of ports that none moves, and of ports that move together. */
function inseparable(
  owners: readonly Owner[],
  reassignments: readonly Reassignment[],
  unresolved: readonly Unresolved[],
): Unresolved[] {
  const offsets = new Map(reassignments.map(({ owner, offset }) => [owner, offset]))
  const told = new Set(unresolved.map(({ owner }) => owner))
  const ownerOf = new Map<PortClaim, Owner>()
  for (const owner of owners) {
    const offset = offsets.get(owner) ?? owner.offset
    for (const claim of owner.claims) {
      if (!follows(claim)) ownerOf.set(claim, owner)
      // Without a base, no template states it any more, and a refresh drops it.
      else if (claim.base !== null) ownerOf.set(shifted(claim, claim.base, offset), owner)
    }
  }
  return findCollisions([...ownerOf.keys()]).flatMap(({ protocol, from, to, claims }) => {
    const involved = claims.map((claim) => ownerOf.get(claim) as Owner)
    if (involved.some((owner) => told.has(owner))) return []
    const named = claims.slice(0, MOST_NAMED).map(claimName).join(', ')
    const more = claims.length > MOST_NAMED ? ` and ${claims.length - MOST_NAMED} more` : ''
    const reason = `no offset parts the claims of ${protocol} ${rangeText({ from, to })}: ${named}${more}`
    return [{ owner: involved[0] as Owner, reason, next: collisionAdvice(claims) }]
  })
}

const MORE_ROOM =
  'Raise "modulus:" in workspace.yaml, move the base ports of the features apart, or change a pinned or literal port.'

function shifted(claim: PortClaim, base: NonNullable<PortClaim['base']>, offset: number): PortClaim {
  const { from, to, address } = base
  return { ...claim, address, from: from + offset, to: to + offset }
}

/** A claim in a reason: `shop WEB_HOST_PORT (pinned)`. */
function claimName(claim: PortClaim): string {
  return `${ownerName(claim)} ${claim.variable ?? `service ${claim.service}`} (${claim.outcome})`
}

function inOrder(owners: readonly Owner[]): Owner[] {
  const name = (owner: Owner): string => ownerName(owner)
  return [...owners].sort((a, b) => Number(b.stated) - Number(a.stated) || (name(a) < name(b) ? -1 : 1))
}

/** The first of `name#1`, `name#2`… whose offset fits; null if none of all offsets does. */
function rehash(name: string, modulus: number, fits: (offset: number) => boolean) {
  const free = new Set<number>()
  for (let offset = 0; offset < modulus; offset++) if (fits(offset)) free.add(offset)
  if (free.size === 0) return null
  for (let attempt = 1; ; attempt++) {
    const hashed = `${name}#${attempt}`
    const offset = crc32(hashed) % modulus
    if (free.has(offset)) return { offset, hashed }
  }
}

function whyNot(moving: readonly PortClaim[], modulus: number, taken: TakenPorts): string {
  const highest = Math.max(0, ...moving.map(({ base }) => base?.to ?? 0))
  const tooHigh =
    highest + modulus - 1 > MAX_PORT
      ? `; base port ${highest} leaves room for ${Math.max(0, MAX_PORT - highest + 1)} of them`
      : ''
  return `each of the ${modulus} offsets would put one of its ${moving.length} port(s) on one of the ${taken.size} that others hold${tooHigh}`
}

/** The ports that are given away, with their addresses. */
class TakenPorts {
  private readonly ports = new Map<string, string[]>()

  get size(): number {
    return this.ports.size
  }

  add({ protocol, address, from, to }: PortClaim): void {
    for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
      const key = `${protocol} ${port}`
      const addresses = this.ports.get(key)
      if (addresses === undefined) this.ports.set(key, [address])
      else if (!addresses.includes(address)) addresses.push(address)
    }
  }

  addAll(moving: readonly PortClaim[], offset: number): void {
    for (const claim of moving) if (claim.base !== null) this.add(shifted(claim, claim.base, offset))
  }

  /** Whether all claims would be free, and possible, with an offset. */
  allFree(moving: readonly PortClaim[], offset: number): boolean {
    return moving.every(({ protocol, base }) => {
      if (base === null) return true
      if (base.to + offset > MAX_PORT) return false
      for (let port = base.from + offset; port <= base.to + offset; port++) {
        const addresses = this.ports.get(`${protocol} ${port}`)
        if (addresses?.some((other) => addressesOverlap(base.address, other))) return false
      }
      return true
    })
  }
}
