/** What a port number stands for: who claims it, and what it would decode to. */
import { follows, ownerName, type PortClaim } from './claim.js'
import type { Owner } from './fix.js'
import { SCHEME_NAMES, SCHEMES } from './schemes.js'

/** The claims of a port, of any protocol. */
export function claimsOfPort(owners: readonly Owner[], port: number): PortClaim[] {
  return owners
    .flatMap(({ claims }) => claims)
    .filter(({ from, to, outcome }) => outcome !== 'chance' && from <= port && port <= to)
}

/** What a port decodes to in each scheme, a line each: for one that nobody claims. */
export function decodePort(owners: readonly Owner[], port: number, modulus: number): string[] {
  return SCHEME_NAMES.flatMap((name) => {
    if (name === 'crc32') return decodeOffset(owners, port, modulus).map((line) => `crc32: ${line}`)
    const decoded = SCHEMES[name].decode(port)
    if (decoded === null) return []
    const input = { base: 0, modulus }
    const products = [...new Set(owners.map(({ product }) => product))].filter(
      (product) => SCHEMES[name].port(product, input) === port,
    )
    return [`${name}: ${decoded}${products.length === 0 ? '' : ` (${products.join(', ')})`}`]
  })
}

/** For every base port below: the offset that is left, and who has that offset. */
function decodeOffset(owners: readonly Owner[], port: number, modulus: number): string[] {
  const bases = new Map<string, number>()
  for (const claim of owners.flatMap(({ claims }) => claims)) {
    if (follows(claim) && claim.base !== null)
      bases.set(`${claim.feature ?? claim.product} ${claim.variable}`, claim.base.from)
  }
  return [...bases].flatMap(([name, base]) => {
    const offset = port - base
    if (offset < 0 || offset >= modulus) return []
    const having = owners.filter((owner) => owner.offset === offset).map(ownerName)
    const who = having.length === 0 ? 'an offset that no product has' : `the offset of ${having.join(', ')}`
    return [`${base} (${name}) + ${offset}, ${who}`]
  })
}
