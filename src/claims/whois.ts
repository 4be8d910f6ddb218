/** What a port number stands for: who claims it, and what it would decode to. */

import { crc32Offset } from '../ports/offset.js'
import { SCHEME_NAMES, SCHEMES } from '../ports/schemes.js'
import { follows, ownerName, type PortClaim } from './claim.js'
import type { Owner } from './resolve.js'

/** The claims of a port, of any protocol. */
export function claimsOfPort(owners: readonly Owner[], port: number): PortClaim[] {
  return owners
    .flatMap(({ claims }) => claims)
    .filter(({ from, to, outcome }) => outcome !== 'random' && from <= port && port <= to)
}

/** A base port that products take from crc32 by themselves (`ports:` in product.yaml). */
export interface OwnBase {
  readonly variable: string
  readonly base: number
  readonly products: readonly string[]
}

/** What a port decodes to in each scheme, a line each: for one that nobody claims. */
export function decodePort(
  owners: readonly Owner[],
  own: readonly OwnBase[],
  port: number,
  modulus: number,
): string[] {
  return SCHEME_NAMES.flatMap((name) => {
    if (name === 'crc32') {
      const lines = [...decodeOffset(owners, port, modulus), ...decodeOwn(own, port, modulus)]
      return lines.map((line) => `crc32: ${line}`)
    }
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

/** The same for base ports of the products' own, to which the offset of the name is added, whatever `offset:` says. */
function decodeOwn(own: readonly OwnBase[], port: number, modulus: number): string[] {
  return own.flatMap(({ variable, base, products }) => {
    const offset = port - base
    if (offset < 0 || offset >= modulus) return []
    const having = products.filter((name) => crc32Offset(name, modulus) === offset)
    const who =
      having.length === 0 ? 'an offset that no product has' : `the offset of the name ${having.join(', ')}`
    return [`${base} (${products.join(', ')} ${variable}) + ${offset}, ${who}`]
  })
}
