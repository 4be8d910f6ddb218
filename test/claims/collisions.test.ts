import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PortClaim } from '../../src/claims/claim.js'
import { findCollisions } from '../../src/claims/collisions.js'
import { addressesOverlap, rangesOverlap } from '../../src/ports/overlap.js'
import { claim } from './support.js'

const ADDRESSES = ['', '0.0.0.0', '::', '127.0.0.1', '10.0.0.1', '::1'] as const

describe('two addresses', () => {
  test.each([
    ['', '', true],
    ['', '0.0.0.0', true],
    ['', '::', true],
    ['', '127.0.0.1', true],
    ['', '::1', true],
    ['0.0.0.0', '127.0.0.1', true],
    ['0.0.0.0', '::', false],
    ['0.0.0.0', '::1', false],
    ['::', '::1', true],
    ['0:0:0:0:0:0:0:0', '::1', true],
    ['::', '127.0.0.1', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1', '::1', false],
    ['::1', '::2', false],
    ['::1', '1::', false],
    ['10.0.0.0', '0.0.0.0', true],
  ])('%j and %j', (a, b, overlap) => {
    expect(addressesOverlap(a, b)).toBe(overlap)
    expect(addressesOverlap(b, a)).toBe(overlap)
  })
})

/** The collisions of claims as `tcp 8000-8001: 0 2`, with the places of the claims in the list. */
function collisions(claims: readonly PortClaim[]): string[] {
  return findCollisions(claims).map(
    ({ protocol, from, to, claims: found }) =>
      `${protocol} ${from}-${to}: ${found.map((each) => claims.indexOf(each)).join(' ')}`,
  )
}

describe('claims', () => {
  const cases: Record<string, readonly [Partial<PortClaim>[], string[]]> = {
    'of one port collide': [[{ from: 80 }, { from: 80 }], ['tcp 80-80: 0 1']],
    'of different ports do not': [[{ from: 80 }, { from: 81 }], []],
    'of TCP and UDP do not': [[{ from: 53 }, { from: 53, protocol: 'udp' }], []],
    'of UDP collide with each other': [
      [
        { from: 53, protocol: 'udp' },
        { from: 53, protocol: 'udp' },
      ],
      ['udp 53-53: 0 1'],
    ],
    'of several protocols come by protocol': [
      [
        { from: 9, protocol: 'udp' },
        { from: 9, protocol: 'udp' },
        { from: 10, protocol: 'tcp' },
        { from: 10, protocol: 'tcp' },
      ],
      ['tcp 10-10: 2 3', 'udp 9-9: 0 1'],
    ],
    'of one product collide as well': [
      [
        { from: 80, product: 'a' },
        { from: 80, product: 'a' },
      ],
      ['tcp 80-80: 0 1'],
    ],
    'of a product and its instance do': [[{ from: 80 }, { from: 80, instance: 'blue' }], ['tcp 80-80: 0 1']],
    'of a range collide in what they share': [
      [
        { from: 8000, to: 8010 },
        { from: 8008, to: 8020 },
      ],
      ['tcp 8008-8010: 0 1'],
    ],
    'of a port within a range collide there': [
      [{ from: 8005 }, { from: 8000, to: 8010 }],
      ['tcp 8005-8005: 1 0'],
    ],
    'of ranges side by side do not': [
      [
        { from: 8000, to: 8009 },
        { from: 8010, to: 8019 },
      ],
      [],
    ],
    'are one collision where they meet by way of others': [
      [
        { from: 1, to: 4 },
        { from: 4, to: 7 },
        { from: 7, to: 9 },
      ],
      ['tcp 4-7: 0 1 2'],
    ],
    'are two collisions where a wide claim of another address only covers both': [
      [
        { from: 1, to: 3, address: '127.0.0.1' },
        { from: 2, to: 4, address: '127.0.0.1' },
        { from: 6, to: 8, address: '127.0.0.1' },
        { from: 7, to: 9, address: '127.0.0.1' },
        { from: 1, to: 9, address: '127.0.0.2' },
      ],
      ['tcp 2-3: 0 1', 'tcp 7-8: 2 3'],
    ],
    'are two collisions on one port of two addresses': [
      [
        { from: 80, address: '10.0.0.1' },
        { from: 80, address: '10.0.0.2' },
        { from: 80, address: '10.0.0.1' },
        { from: 80, address: '10.0.0.2' },
      ],
      ['tcp 80-80: 0 2', 'tcp 80-80: 1 3'],
    ],
    'of all addresses join those of any': [
      [{ from: 80, address: '::1' }, { from: 80 }, { from: 80, address: '127.0.0.1' }],
      ['tcp 80-80: 0 1 2'],
    ],
    'of IPv4 and of IPv6 do not meet': [
      [
        { from: 80, address: '0.0.0.0' },
        { from: 80, address: '::' },
      ],
      [],
    ],
    'left to chance never collide': [
      [
        { from: 0, outcome: 'random' },
        { from: 0, outcome: 'random' },
      ],
      [],
    ],
  }
  test.each(Object.entries(cases))('%s', (_, [claims, expected]) => {
    expect(collisions(claims.map(claim))).toEqual(expected)
  })

  test('are one collision, not 780, where forty products want one port', () => {
    const found = findCollisions(Array.from({ length: 40 }, () => claim()))
    expect(found.map((each) => each.claims.length)).toEqual([40])
  })
})

const claims = fc.array(
  fc
    .record({
      from: fc.integer({ min: 1, max: 30 }),
      size: fc.constantFrom(0, 0, 0, 1, 4, 12),
      protocol: fc.constantFrom('tcp', 'tcp', 'udp'),
      address: fc.constantFrom(...ADDRESSES),
      outcome: fc.constantFrom('pinned' as const, 'planned' as const, 'random' as const),
    })
    .map(({ size, ...rest }) => claim({ ...rest, to: rest.from + size })),
  { maxLength: 14 },
)

function collide(a: PortClaim, b: PortClaim): boolean {
  if (a.outcome === 'random' || b.outcome === 'random' || a.protocol !== b.protocol) return false
  return rangesOverlap(a, b) && addressesOverlap(a.address, b.address)
}

/** By looking at every pair: who collides with whom, and in which ports. */
function byPairs(claims: readonly PortClaim[]): string[] {
  const groups = claims.map((each) => new Set([each]))
  const pairs = claims.flatMap((a, i) =>
    claims.slice(i + 1).flatMap((b, j) => (collide(a, b) ? [{ a, b, i, j: i + 1 + j }] : [])),
  )
  for (const { i, j } of pairs) {
    const both = new Set([...groups[i]!, ...groups[j]!])
    for (const each of both) groups[claims.indexOf(each)] = both
  }
  return [...new Set(groups)]
    .filter((group) => group.size > 1)
    .map((group) => {
      const within = pairs.filter(({ a }) => group.has(a))
      const from = Math.min(...within.map(({ a, b }) => Math.max(a.from, b.from)))
      const to = Math.max(...within.map(({ a, b }) => Math.min(a.to, b.to)))
      const { protocol } = within[0]!.a
      return `${protocol} ${from}-${to}: ${[...group].map((each) => claims.indexOf(each)).sort((x, y) => x - y)}`
    })
    .sort()
}

test('the collisions are those that a look at every pair finds', () => {
  fc.assert(
    fc.property(claims, (claims) => {
      const found = findCollisions(claims).map(({ protocol, from, to, claims: members }) => {
        const places = members.map((each) => claims.indexOf(each)).sort((x, y) => x - y)
        return `${protocol} ${from}-${to}: ${places}`
      })
      expect(found.sort()).toEqual(byPairs(claims))
    }),
    { numRuns: 1_500 },
  )
})

test('the order of the claims does not matter', () => {
  fc.assert(
    fc.property(
      claims.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([claims, shuffled]) => {
        const shape = (all: readonly PortClaim[]) =>
          findCollisions(all).map(({ protocol, from, to, claims: members }) => [
            protocol,
            from,
            to,
            members.length,
          ])
        expect(shape(shuffled).sort()).toEqual(shape(claims).sort())
      },
    ),
  )
})

test('a hundred thousand claims take no more than a moment', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => claim({ from: 1024 + (index % 60_000) }))
  const start = performance.now()
  expect(findCollisions(many)).toHaveLength(40_000)
  expect(performance.now() - start).toBeLessThan(5_000)
})
