/** Explains a port number: who claims it, and what it would decode to. */
import { crc32Offset } from '../ports/offset.js'
import { SCHEME_NAMES, SCHEMES } from '../ports/schemes.js'
import { follows, ownerName, type PortClaim } from './claim.js'
import type { Owner } from './resolve.js'

export function claimsOfPort(owners: readonly Owner[], port: number): PortClaim[] {
  return owners
    .flatMap(({ claims }) => claims)
    .filter(({ from, to, outcome }) => outcome !== 'random' && from <= port && port <= to)
}

/** A base port under `ports:` in product.yaml, for scheme crc32. */
export interface OwnBase {
  readonly variable: string
  readonly base: number
  readonly products: readonly string[]
}

/** Decodes a port that nobody claims by each scheme, one line each. */
export function decodePort(
  owners: readonly Owner[],
  own: readonly OwnBase[],
  port: number,
  modulus: number,
): string[] {
  return SCHEME_NAMES.flatMap((name) => {
    if (name === 'crc32') return [...offsetLines(owners, port, modulus), ...ownLines(own, port, modulus)]
    const decoded = SCHEMES[name].decode(port)
    if (decoded === null) return []
    const input = { base: 0, modulus }
    const products = [...new Set(owners.map(({ product }) => product))].filter(
      (product) => SCHEMES[name].port(product, input) === port,
    )
    return [`${name}: ${decoded}${products.length === 0 ? '' : ` (${products.join(', ')})`}`]
  })
}

/** For each base port of a feature, names who has the offset that leads to the port. */
function offsetLines(owners: readonly Owner[], port: number, modulus: number): string[] {
  const bases = new Map<string, number>()
  for (const claim of owners.flatMap(({ claims }) => claims)) {
    if (follows(claim) && claim.base !== null)
      bases.set(`${claim.feature ?? claim.product} ${claim.variable}`, claim.base.from)
  }
  return [...bases].flatMap(([name, base]) => {
    const having = owners.filter((owner) => owner.offset === port - base).map(ownerName)
    return sumLine(name, base, port, modulus, having, 'offset of')
  })
}

/** A port under `ports:` takes the offset of the product's name, whatever `offset:` is. */
function ownLines(own: readonly OwnBase[], port: number, modulus: number): string[] {
  return own.flatMap(({ variable, base, products }) => {
    const having = products.filter((name) => crc32Offset(name, modulus) === port - base)
    return sumLine(`${products.join(', ')} ${variable}`, base, port, modulus, having, 'offset of the name')
  })
}

function sumLine(
  name: string,
  base: number,
  port: number,
  modulus: number,
  having: readonly string[],
  title: string,
): string[] {
  const offset = port - base
  if (offset < 0 || offset >= modulus) return []
  const who = having.length === 0 ? 'an offset that no product has' : `the ${title} ${having.join(', ')}`
  return [`crc32: ${base} (${name}) + ${offset}, ${who}`]
}
