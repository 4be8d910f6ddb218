// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { follows, ownerName, type PortClaim } from '../../src/claims/claim.js'
import { findCollisions } from '../../src/claims/collisions.js'
import { collisionAdvice, type Owner, resolveCollisions } from '../../src/claims/resolve.js'
import { crc32 } from '../../src/ports/offset.js'
import { addressesOverlap, rangesOverlap } from '../../src/ports/overlap.js'
import { claim, movable, owner } from './support.js'

/** What a fix does, as `name: offset` and `name: why not`. */
function fixed(owners: readonly Owner[], modulus = 1000): string[] {
  const { reassignments, unresolved } = resolveCollisions(owners, modulus)
  return [
    ...reassignments.map(({ owner: moved, offset, hashed }) => `${ownerName(moved)}: ${offset} by ${hashed}`),
    ...unresolved.map(({ owner: stuck, reason }) => `${ownerName(stuck)}: ${reason}`),
  ]
}

const web = (offset: number, about: Partial<PortClaim> = {}) => movable(8000, offset, about)
const hash = (text: string, modulus = 1000) => crc32(text) % modulus

describe('a fix', () => {
  test('does nothing where nothing collides', () => {
    expect(fixed([owner('a', 1, [web(1)]), owner('b', 2, [web(2)])])).toEqual([])
    expect(fixed([])).toEqual([])
    expect(fixed([owner('a', 1, []), owner('b', 1, [])])).toEqual([])
  })

  test('lets the first by name stay, and re-hashes the others', () => {
    const owners = [owner('c', 5, [web(5)]), owner('a', 5, [web(5)]), owner('b', 5, [web(5)])]
    expect(fixed(owners)).toEqual([`b: ${hash('b#1')} by b#1`, `c: ${hash('c#1')} by c#1`])
  })

  test('takes the smallest re-hash that is free', () => {
    const first = hash('b#1')
    const owners = [owner('a', 5, [web(5)]), owner('b', 5, [web(5)]), owner('z', first, [web(first)])]
    expect(fixed(owners)).toEqual([`b: ${hash('b#2')} by b#2`])
  })

  test('lets an offset that product.yaml sets stay, whatever the names', () => {
    const owners = [owner('a', 5, [web(5)]), owner('b', 5, [web(5)], { offsetFrom: 'product.yaml' })]
    expect(fixed(owners)).toEqual([`a: ${hash('a#1')} by a#1`])
  })

  test('lets a product that runs stay, unless the other one has a set offset', () => {
    const running = owner('b', 5, [web(5)], { isRunning: true })
    expect(fixed([owner('a', 5, [web(5)]), running])).toEqual([`a: ${hash('a#1')} by a#1`])
    const set = owner('a', 5, [web(5)], { offsetFrom: 'product.yaml' })
    expect(fixed([set, running])).toEqual([`b: ${hash('b#1')} by b#1`])
  })

  test('moves nobody who is in nobody\u2019s way, though a re-hash comes first by name', () => {
    const target = hash('b#1')
    const owners = [owner('a', 5, [web(5)]), owner('b', 5, [web(5)]), owner('c', target, [web(target)])]
    expect(fixed(owners).map((line) => line[0])).toEqual(['b'])
  })

  test('keeps clear of pinned and literal ports, which stay', () => {
    for (const outcome of ['pinned', 'literal'] as const) {
      const owners = [owner('a', 5, [web(5)]), owner('b', 9, [claim({ from: 8005, outcome })])]
      expect(fixed(owners)).toEqual([`a: ${hash('a#1')} by a#1`])
      const own = [owner('a', 5, [web(5), claim({ from: 8005, outcome })])]
      expect(fixed(own)).toEqual([`a: ${hash('a#1')} by a#1`])
    }
  })

  test('moves all ports of a product by one offset', () => {
    const other = movable(9000, 5, { variable: 'ADMIN_HOST_PORT' })
    const owners = [
      owner('a', 5, [web(5)]),
      owner('b', 5, [web(5), other]),
      owner('z', 0, [claim({ from: 9000 + hash('b#1') })]),
    ]
    expect(fixed(owners)).toEqual([`b: ${hash('b#2')} by b#2`])
  })

  test('tells instances apart', () => {
    const owners = [owner('a', 5, [web(5)]), owner('a', 5, [web(5)], { instance: 'blue' })]
    expect(fixed(owners)).toEqual([`a@blue: ${hash('a@blue#1')} by a@blue#1`])
  })

  test('counts an outdated port where it will be, not where it is', () => {
    const outdated = { ...web(5, { outcome: 'outdated' }), from: 8700, to: 8700 }
    expect(fixed([owner('a', 5, [outdated]), owner('b', 700, [web(700)])])).toEqual([])
    expect(fixed([owner('a', 5, [outdated]), owner('b', 5, [web(5)])])).toEqual([`b: ${hash('b#1')} by b#1`])
  })

  test('leaves ports that differ in protocol or address alone', () => {
    const owners = [
      owner('a', 5, [web(5)]),
      owner('b', 5, [web(5, { protocol: 'udp' })]),
      owner('c', 6, [web(6, { address: '127.0.0.1' })]),
      owner('d', 6, [web(6, { address: '127.0.0.2' })]),
    ]
    expect(fixed(owners)).toEqual([])
  })

  test('never goes over 65535', () => {
    const high = (offset: number) => movable(65_530, offset)
    const owners = [owner('a', 5, [high(5)]), owner('b', 5, [high(5)])]
    const { reassignments } = resolveCollisions(owners, 1000)
    expect(reassignments.map(({ offset }) => offset <= 4)).toEqual([true])
  })

  test('says why, where no offset is free', () => {
    const owners = [0, 1, 2].map((index) => owner('abc'[index]!, index % 2, [web(index % 2)]))
    expect(fixed(owners, 2)).toEqual([
      'c: each of the 2 offsets would move one of its ports to a port that is already used',
    ])
  })

  test('says why, where 65535 is too near', () => {
    const owners = [owner('a', 0, [movable(65_535, 0)]), owner('b', 0, [movable(65_535, 0)])]
    expect(fixed(owners)).toEqual([
      'b: each of the 1000 offsets would move one of its ports to a port that is already used; base port 65535 has room for only 1 of them',
    ])
  })

  test('says which collisions no offset resolves', () => {
    const pinned = claim({ from: 8080 })
    const literal = claim({ from: 8080, outcome: 'literal', variable: null, service: 'db' })
    expect(fixed([owner('a', 1, [pinned]), owner('b', 2, [literal])])).toEqual([
      'a: no offset can separate the users of tcp 8080: a WEB_HOST_PORT (pinned), b service db (literal)',
    ])
    const twice = [web(5), web(5, { variable: 'ADMIN_HOST_PORT' })]
    expect(fixed([owner('a', 5, twice)])).toEqual([
      'a: no offset can separate the users of tcp 8005: a WEB_HOST_PORT (planned), a ADMIN_HOST_PORT (planned)',
    ])
  })
})

/** Small numbers, so that ports meet and offsets run out. */
const claimOf = (offset: number): fc.Arbitrary<PortClaim> =>
  fc
    .record({
      base: fc.integer({ min: 1, max: 24 }),
      size: fc.constantFrom(0, 0, 0, 2),
      protocol: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp'),
      address: fc.constantFrom('', '', '', '127.0.0.1', '10.0.0.1'),
      outcome: fc.constantFrom('planned', 'adjusted', 'outdated', 'planned', 'pinned', 'literal', 'random'),
      strayed: fc.integer({ min: 0, max: 40 }),
    })
    .map(({ base, size, outcome, strayed, ...rest }) => {
      const ports = { from: base, to: base + size, address: rest.address }
      const made = movable(base, offset, { ...rest, outcome, base: ports })
      if (outcome === 'outdated') return { ...made, address: '', from: strayed + 1, to: strayed + 1 + size }
      return follows(made) ? made : { ...made, ...ports, base: null, offset: null }
    })

/** Who stays first. */
const FIRST: readonly Owner['offsetFrom'][] = ['product.yaml', 'crc32', 'PRODUCT_OFFSET']

const owners = (bases: { readonly high: boolean }): fc.Arbitrary<Owner[]> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom(null, null, 'blue')), {
      selector: ([product, instance]) => `${product}@${instance}`,
      maxLength: 8,
    })
    .chain((names) =>
      fc.tuple(
        ...names.map(([product, instance]) =>
          fc
            .record({
              offset: fc.integer({ min: 0, max: 24 }),
              offsetFrom: fc.constantFrom(...FIRST),
              isRunning: fc.boolean(),
            })
            .chain(({ offset, ...more }) =>
              fc
                .array(claimOf(offset), { maxLength: 4 })
                .map((claims) =>
                  owner(product, offset, bases.high ? claims.map(raised) : claims, { instance, ...more }),
                ),
            ),
        ),
      ),
    )

/** The same claim as near to the highest port as it gets. */
function raised(each: PortClaim): PortClaim {
  const up = 65_535 - 40
  const base = each.base === null ? null : { ...each.base, from: each.base.from + up, to: each.base.to + up }
  return { ...each, base, from: each.from + up, to: each.to + up }
}

const small = owners({ high: false })

/** What everybody claims after the fix, each owner refreshed. */
function claimsAfter(
  all: readonly Owner[],
  { reassignments }: ReturnType<typeof resolveCollisions>,
): PortClaim[] {
  const offsets = new Map(reassignments.map(({ owner: moved, offset }) => [ownerName(moved), offset]))
  return all.flatMap((each) =>
    each.claims.map((one) => {
      if (!follows(one) || one.base === null) return one
      const offset = offsets.get(ownerName(each)) ?? each.offset
      return {
        ...one,
        outcome: 'adjusted',
        address: one.base.address,
        from: one.base.from + offset,
        to: one.base.to + offset,
      }
    }),
  )
}

function inTheWay(a: PortClaim, b: PortClaim): boolean {
  if (a.outcome === 'random' || b.outcome === 'random' || a.protocol !== b.protocol) return false
  return rangesOverlap(a, b) && addressesOverlap(a.address, b.address)
}

describe('every fix', () => {
  test('is the same for any order of the owners', () => {
    const shuffledOnce = small.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    fc.assert(
      fc.property(shuffledOnce, ([all, shuffled]) => {
        const moves = (list: readonly Owner[]) =>
          resolveCollisions(list, 25).reassignments.map((each) => [
            ownerName(each.owner),
            each.offset,
            each.hashed,
          ])
        expect(moves(shuffled)).toEqual(moves(all))
        const stuck = (list: readonly Owner[]) => resolveCollisions(list, 25).unresolved.length
        expect(stuck(shuffled)).toBe(stuck(all))
      }),
      { numRuns: 500 },
    )
  })

  test('leaves no collision behind but those that it tells', () => {
    fc.assert(
      fc.property(small, (all) => {
        const result = resolveCollisions(all, 25)
        const told = result.unresolved.map(({ owner: stuck }) => ownerName(stuck))
        for (const { claims } of findCollisions(claimsAfter(all, result))) {
          expect(claims.some((each) => told.includes(ownerName(each)))).toBe(true)
        }
        for (const { reason } of result.unresolved) expect(reason).toMatch(/offset/)
      }),
      { numRuns: 500 },
    )
  })

  test('moves only who collides, and nobody who collides with those alone that come after', () => {
    fc.assert(
      fc.property(small, (all) => {
        const today = claimsAfter(all, { reassignments: [], unresolved: [] })
        const ofOwner = (each: Owner) => today.filter((one) => ownerName(one) === ownerName(each))
        const movers = (each: Owner) =>
          ofOwner(each).filter((one) => one.base !== null && one.outcome === 'adjusted')
        for (const { owner: moved } of resolveCollisions(all, 25).reassignments) {
          // One that this machine sets makes room for those that moved.
          if (moved.offsetFrom === 'PRODUCT_OFFSET') continue
          const others = today.filter((one) => ownerName(one) !== ownerName(moved))
          const own = ofOwner(moved).filter((one) => !movers(moved).includes(one))
          expect(movers(moved).some((one) => [...others, ...own].some((other) => inTheWay(one, other)))).toBe(
            true,
          )
        }
        const key = (each: Owner) =>
          `${FIRST.indexOf(each.offsetFrom)}${each.isRunning ? 0 : 1}${ownerName(each)}`
        const first = [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1))[0]
        if (first === undefined) return
        const fixedPorts = today.filter((one) => one.outcome !== 'adjusted')
        const blocked = movers(first).some((one) => fixedPorts.some((other) => inTheWay(one, other)))
        const isMoved = resolveCollisions(all, 25).reassignments.some(
          ({ owner: moved }) => moved === first && !blocked,
        )
        expect(isMoved).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test('does not depend on the offsets of one machine, except for those who have them', () => {
    fc.assert(
      fc.property(small, (all) => {
        const isShared = ({ owner: { offsetFrom } }: { owner: Owner }) => offsetFrom !== 'PRODUCT_OFFSET'
        const elsewhere = all.map((each) =>
          isShared({ owner: each }) ? each : { ...each, claims: each.claims.filter((one) => !follows(one)) },
        )
        const [here, there] = [all, elsewhere].map((some) =>
          resolveCollisions(some, 25).reassignments.filter(isShared),
        )
        expect(here).toEqual(there)
      }),
    )
  })

  test('comes from a hash of the name that is the first to fit', () => {
    fc.assert(
      fc.property(small, (all) => {
        for (const { owner: moved, offset, hashed } of resolveCollisions(all, 25).reassignments) {
          expect(hashed).toMatch(new RegExp(`^${ownerName(moved)}#[1-9]\\d*$`))
          expect(offset).toBe(crc32(hashed) % 25)
        }
      }),
    )
  })

  test('done twice changes nothing more', () => {
    fc.assert(
      fc.property(small, (all) => {
        const first = resolveCollisions(all, 25)
        const claims = claimsAfter(all, first)
        const next = all.map((each) => {
          const move = first.reassignments.find(({ owner: moved }) => moved === each)
          const offset = move?.offset ?? each.offset
          return {
            ...each,
            offset,
            offsetFrom: move && each.offsetFrom === 'crc32' ? ('product.yaml' as const) : each.offsetFrom,
            claims: claims.filter((one) => ownerName(one) === ownerName(each)),
          }
        })
        const stuck = new Set(first.unresolved.map(({ owner: one }) => ownerName(one)))
        const again = resolveCollisions(next, 25).reassignments.filter(
          ({ owner: one }) => !stuck.has(ownerName(one)),
        )
        if (stuck.size === 0) expect(again).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('never goes over 65535', () => {
    fc.assert(
      fc.property(owners({ high: true }), (all) => {
        for (const { owner: moved, offset } of resolveCollisions(all, 1000).reassignments) {
          for (const each of moved.claims) {
            if (follows(each)) expect((each.base?.to ?? 0) + offset).toBeLessThanOrEqual(65_535)
          }
        }
      }),
    )
  })
})

describe('the advice', () => {
  const a = claim({ product: 'a', file: 'products/a/.env', line: 3 })
  const b = claim({ product: 'b', file: 'products/b/.env', line: 7 })
  const own = claim({
    product: 'c',
    variable: 'PORT',
    isScheme: true,
    file: 'products/c/product.yaml',
    line: 2,
  })
  const literal = claim({
    product: 'd',
    variable: null,
    outcome: 'literal',
    file: 'products/d/compose.yaml',
    line: 4,
  })
  const APART =
    'Choose different base ports in the templates, or set one of the variables in the product env.'
  const VARIABLE =
    'Publish it with a port variable, which an offset shifts: "${WEB_HOST_PORT}:80"; or set "isolate: true" in product.yaml.'
  const SCHEME = 'Change the scheme or base under "ports:", or set the variable in the product env.'

  test.each<[what: string, claims: PortClaim[], advice: string]>([
    [
      'two pinned ports',
      [a, b],
      'Change the port in one of these places: products/a/.env:3, products/b/.env:7.',
    ],
    [
      'a port of a scheme',
      [a, own],
      `Change the port in one of these places: products/a/.env:3, products/c/product.yaml:2. ${SCHEME}`,
    ],
    [
      'a literal port',
      [a, literal],
      `Change the port in one of these places: products/a/.env:3, products/d/compose.yaml:4. ${VARIABLE}`,
    ],
    ['a literal port of a product and its instance', [literal, { ...literal, instance: 'blue' }], VARIABLE],
    ['two features of one product', [movable(8000, 5), movable(8000, 5, { variable: 'X_HOST_PORT' })], APART],
    [
      'one variable in two services',
      [a, { ...a, service: 'other' }],
      'Give each service its own port variable in the Compose file.',
    ],
    [
      'one pinned line that an edited overlay does not move',
      [a, { ...a, instance: 'blue' }],
      'Set WEB_HOST_PORT to another port in one of the env files.',
    ],
  ])('of %s', (_, claims, advice) => {
    expect(collisionAdvice(claims)).toBe(advice)
  })

  test('of many names a few', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...a, product: `p${index}`, line: index }))
    expect(collisionAdvice(many)).toMatch(/^[^:]*: products\/a\/\.env:0,.*products\/a\/\.env:4, …\.$/)
  })
})
