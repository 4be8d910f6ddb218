/** Resolves collisions by giving products another offset: the same one on every machine. */
import { crc32, LOCAL_OFFSET, type Offset } from '../ports/offset.js'
import { addressesOverlap } from '../ports/overlap.js'
import { MAX_PORT, rangeText } from '../ports/value.js'
import { follows, ownerName, type PortClaim } from './claim.js'
import { findCollisions } from './collisions.js'

/** A product, or one of its instances, with what it claims. */
export interface Owner {
  readonly product: string
  readonly instance: string | null
  readonly offset: number
  readonly offsetFrom: Offset['from']
  /** True if its containers run, so that moving it would need a restart. */
  readonly isRunning?: boolean
  readonly claims: readonly PortClaim[]
}

/** A new offset. */
export interface Reassignment<O extends Owner = Owner> extends Rehash {
  readonly owner: O
}

export interface Rehash {
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
 * Offsets that are set on one machine come last, so that they have no influence on the others.
 * @param modulus the number of offsets
 */
export function resolveCollisions<O extends Owner>(
  owners: readonly O[],
  modulus: number,
): { reassignments: Reassignment<O>[]; unresolved: Unresolved[] } {
  const taken = new TakenPorts()
  for (const { claims } of owners) for (const claim of claims) if (!follows(claim)) taken.add(claim)
  const reassignments: Reassignment<O>[] = []
  const unresolved: Unresolved[] = []
  for (const isLocal of [false, true]) {
    const group = owners.filter(({ offsetFrom }) => (offsetFrom === LOCAL_OFFSET) === isLocal)
    const colliding = group.sort(byRank).filter((owner) => {
      const stays = taken.areFree(owner, owner.offset)
      if (stays) taken.addShifted(owner, owner.offset)
      return !stays
    })
    for (const owner of colliding) {
      const [found] = rehashes(ownerName(owner), modulus, (offset) => taken.areFree(owner, offset))
      if (found === undefined) unresolved.push({ owner, reason: noOffset(owner, modulus), next: MORE_ROOM })
      else reassignments.push({ owner, ...found })
      taken.addShifted(owner, found?.offset ?? owner.offset)
    }
  }
  return { reassignments, unresolved: [...unresolved, ...inseparable(owners, reassignments, unresolved)] }
}

const MORE_ROOM =
  'Raise "modulus:" in workspace.yaml, choose other base ports for the features, or change a pinned or literal port.'

function byRank(a: Owner, b: Owner): number {
  return (
    Number(b.offsetFrom === 'product.yaml') - Number(a.offsetFrom === 'product.yaml') ||
    Number(b.isRunning ?? false) - Number(a.isRunning ?? false) ||
    (ownerName(a) < ownerName(b) ? -1 : 1)
  )
}

/** Yields the other offsets with which an owner collides with nobody. @param others where they are and where they will be */
export function* freeOffsets(owner: Owner, others: readonly Owner[], modulus: number): Generator<Rehash> {
  const taken = new TakenPorts()
  for (const claim of owner.claims) if (!follows(claim)) taken.add(claim)
  for (const other of others) {
    for (const claim of other.claims) taken.add(claim)
    taken.addShifted(other, other.offset)
  }
  const fits = (offset: number) => offset !== owner.offset && taken.areFree(owner, offset)
  yield* rehashes(ownerName(owner), modulus, fits)
}

/** Yields those of `crc32(name + "#1")`, `#2`… that fit, each once. */
export function* rehashes(
  name: string,
  modulus: number,
  fits: (offset: number) => boolean,
): Generator<Rehash> {
  const free = new Set(Array.from({ length: modulus }, (_, offset) => offset).filter(fits))
  for (let attempt = 1; free.size > 0; attempt++) {
    const hashed = `${name}#${attempt}`
    const offset = crc32(hashed) % modulus
    if (free.delete(offset)) yield { offset, hashed }
  }
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

/** Returns the claims that an offset moves, as it moves them. One without a base is no longer in any template, so a refresh drops it. */
export function shifted({ claims }: Owner, offset: number): PortClaim[] {
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

  add({ protocol, address, from, to, outcome }: PortClaim): void {
    if (outcome === 'random') return
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
