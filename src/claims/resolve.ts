/** Resolves collisions by giving products another offset: the same one on every machine. */
import { crc32 } from '../ports/offset.js'
import { addressesOverlap } from '../ports/overlap.js'
import { MAX_PORT, rangeText } from '../ports/value.js'
import { follows, ownerName, type PortClaim } from './claim.js'
import { findCollisions } from './collisions.js'

/** A product, or one of its instances, with what it claims. */
export interface Owner {
  readonly product: string
  readonly instance: string | null
  readonly offset: number
  /** True if `product.yaml` sets the offset: somebody chose it, so it is the last to change. */
  readonly isOffsetSet: boolean
  /** True if its containers run, so that moving it would need a restart. */
  readonly isRunning?: boolean
  readonly claims: readonly PortClaim[]
}

/** A new offset. */
export interface Reassignment {
  readonly owner: Owner
  readonly offset: number
  /** The text whose hash it is: `my_first_app#2`. */
  readonly hashed: string
}

/** An owner that still collides. */
export interface Unresolved {
  readonly owner: Owner
  readonly reason: string
  readonly next: string
}

/**
 * Gives colliding owners new offsets: the first of `crc32(name + "#1")`, `#2`… that collides with nobody. Of those that
 * collide with each other, the first keeps its offset: one that `product.yaml` sets, then one that runs, then by name.
 * @param modulus the number of offsets
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
  const colliding = [...owners].sort(byRank).filter((owner) => {
    const stays = taken.areFree(owner, owner.offset)
    if (stays) taken.addShifted(owner, owner.offset)
    return !stays
  })
  for (const owner of colliding) {
    const found = rehash(ownerName(owner), modulus, (offset) => taken.areFree(owner, offset))
    if (found === null) unresolved.push({ owner, reason: noOffset(owner, modulus), next: MORE_ROOM })
    else reassignments.push({ owner, ...found })
    taken.addShifted(owner, found?.offset ?? owner.offset)
  }
  return { reassignments, unresolved: [...unresolved, ...inseparable(owners, reassignments, unresolved)] }
}

const MORE_ROOM =
  'Raise "modulus:" in workspace.yaml, choose other base ports for the features, or change a pinned or literal port.'

function byRank(a: Owner, b: Owner): number {
  return (
    Number(b.isOffsetSet) - Number(a.isOffsetSet) ||
    Number(b.isRunning ?? false) - Number(a.isRunning ?? false) ||
    (ownerName(a) < ownerName(b) ? -1 : 1)
  )
}

/** Finds the first of `crc32(name + "#1")`, `#2`… that fits. @returns null if no offset does */
export function rehash(name: string, modulus: number, fits: (offset: number) => boolean) {
  const free = new Set(Array.from({ length: modulus }, (_, offset) => offset).filter(fits))
  for (let attempt = 1; free.size > 0; attempt++) {
    const hashed = `${name}#${attempt}`
    const offset = crc32(hashed) % modulus
    if (free.has(offset)) return { offset, hashed }
  }
  return null
}

function noOffset({ claims }: Owner, modulus: number): string {
  const highest = Math.max(0, ...claims.filter(follows).map(({ base }) => base?.to ?? 0))
  const room = MAX_PORT - highest + 1
  const limit = room < modulus ? `; base port ${highest} has room for only ${Math.max(0, room)} of them` : ''
  return `each of the ${modulus} offsets would move one of its ports to a port that is already used${limit}`
}

/** Returns the collisions that no offset resolves: of ports that none shifts, and of ports that move together. */
function inseparable(
  owners: readonly Owner[],
  reassignments: readonly Reassignment[],
  unresolved: readonly Unresolved[],
): Unresolved[] {
  const offsets = new Map(reassignments.map(({ owner, offset }) => [owner, offset]))
  const reported = new Set(unresolved.map(({ owner }) => owner))
  const ownerOf = new Map<PortClaim, Owner>()
  for (const owner of owners) {
    for (const claim of owner.claims) if (!follows(claim)) ownerOf.set(claim, owner)
    for (const claim of shifted(owner, offsets.get(owner) ?? owner.offset)) ownerOf.set(claim, owner)
  }
  return findCollisions([...ownerOf.keys()]).flatMap(({ protocol, from, to, claims }) => {
    const involved = claims.map((claim) => ownerOf.get(claim) as Owner)
    if (involved.some((owner) => reported.has(owner))) return []
    const named = claims.slice(0, MOST_NAMED).map(claimName).join(', ')
    const more = claims.length > MOST_NAMED ? ` and ${claims.length - MOST_NAMED} more` : ''
    const reason = `no offset can separate the users of ${protocol} ${rangeText({ from, to })}: ${named}${more}`
    return [{ owner: involved[0] as Owner, reason, next: collisionAdvice(claims) }]
  })
}

/** Returns the claims that an offset moves. One without a base is no longer in any template, so a refresh drops it. */
function shifted({ claims }: Owner, offset: number): PortClaim[] {
  return claims.filter(follows).flatMap((claim) => {
    if (claim.base === null) return []
    const { from, to, address } = claim.base
    return [{ ...claim, address, from: from + offset, to: to + offset }]
  })
}

/** `shop WEB_HOST_PORT (pinned)` */
function claimName(claim: PortClaim): string {
  return `${ownerName(claim)} ${claim.variable ?? `service ${claim.service}`} (${claim.outcome})`
}

/** The number of claims that a message names. */
export const MOST_NAMED = 5

/** Returns the next step for a collision that no offset resolves. */
export function collisionAdvice(claims: readonly PortClaim[]): string {
  const [first] = claims
  const isSame = (claim: PortClaim): boolean =>
    first?.variable != null && claim.variable === first.variable && ownerName(claim) === ownerName(first)
  if (claims.every(isSame)) return 'Give each service its own port variable in the Compose file.'
  if (claims.every(follows))
    return 'Choose different base ports in the templates, or set one of the variables in the product env.'
  const fixed = claims.filter((claim) => !follows(claim))
  const places = [...new Set(fixed.map(({ file, line }) => `${file}:${line}`))]
  const more = places.length > MOST_NAMED ? ', …' : ''
  const advice: string[] = []
  if (places.length > 1)
    advice.push(`Change the port in one of these places: ${places.slice(0, MOST_NAMED).join(', ')}${more}.`)
  if (fixed.some(({ outcome }) => outcome === 'literal'))
    advice.push(
      `Publish it with a port variable, which an offset shifts: "\${WEB_HOST_PORT}:80"; or set "isolate: true" in product.yaml.`,
    )
  if (fixed.some(({ isScheme }) => isScheme))
    advice.push('Change the scheme or base under "ports:", or set the variable in the product env.')
  return advice.join(' ') || `Set ${first?.variable} to another port in one of the env files.`
}

/** The ports that are assigned, with their addresses. */
class TakenPorts {
  private readonly addresses = new Map<string, string[]>()

  add({ protocol, address, from, to }: PortClaim): void {
    for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
      const key = `${protocol} ${port}`
      const known = this.addresses.get(key)
      if (known === undefined) this.addresses.set(key, [address])
      else known.push(address)
    }
  }

  addShifted(owner: Owner, offset: number): void {
    for (const claim of shifted(owner, offset)) this.add(claim)
  }

  /** Returns true if an offset moves all claims of the owner to free ports. */
  areFree(owner: Owner, offset: number): boolean {
    return shifted(owner, offset).every(({ protocol, address, from, to }) => {
      for (let port = from; port <= to; port++) {
        const others = this.addresses.get(`${protocol} ${port}`) ?? []
        if (port > MAX_PORT || others.some((other) => addressesOverlap(address, other))) return false
      }
      return true
    })
  }
}
