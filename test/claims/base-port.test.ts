/** The choice of a base port. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusedByBrowsers } from '../../src/claims/bad-ports.js'
import { BasePortRules, EPHEMERAL, type UsedPort } from '../../src/claims/base-port.js'

type Context = ConstructorParameters<typeof BasePortRules>[0]

const NOTHING: Context = { modulus: 1000, offsets: [], bases: [], fixed: [], http: false }
const REDIS: UsedPort = { by: 'redis', from: 6379, to: 6379 }

function choose(expected: number, around: Partial<Context> = {}): number | null {
  return new BasePortRules({ ...NOTHING, ...around }).choose(expected)
}

describe('the choice', () => {
  test('is the port that people expect, if its range is free', () => {
    expect(choose(6379)).toBe(6379)
    expect(choose(5379, { bases: [REDIS] })).toBe(5379)
  })

  test('is the nearest one whose range meets no other range', () => {
    expect(choose(6379, { bases: [REDIS] })).toBe(7379)
    expect(choose(6380, { bases: [REDIS] })).toBe(7379)
    expect(choose(5432, { bases: [REDIS] })).toBe(5379)
  })

  test('keeps clear of ports that nothing moves', () => {
    expect(choose(8080, { fixed: [{ by: 'web', from: 8500, to: 8510 }] })).toBe(8511)
  })

  test('keeps clear of what browsers refuse, for a page', () => {
    expect(choose(6000, { http: true })).toBe(6698)
    expect(choose(6000)).toBe(6000)
  })

  test('stays under the ephemeral range', () => {
    expect(choose(40_000)).toBe(31_768)
    expect(choose(32_000)).toBe(31_768)
  })

  test('stays over the ports of root', () => {
    expect(choose(80)).toBe(1024)
  })

  test('never goes over 65535, whatever offset a product states', () => {
    expect(choose(6379, { offsets: [60_000] })).toBe(5535)
  })

  test('is the one that meets others least where all ranges are taken', () => {
    const bases = Array.from({ length: 32 }, (_, index): UsedPort => {
      const from = 1024 + index * 1000
      return { by: `feature ${index}`, from, to: from }
    })
    const crowded = new BasePortRules({ ...NOTHING, bases })
    const base = crowded.choose(6379)
    expect(base).not.toBeNull()
    expect(crowded.refusal(base as number)).toBeNull()
    expect(crowded.overlapping(base as number)).toHaveLength(2)
  })

  test('is none where no port leaves room for every offset', () => {
    expect(choose(6379, { modulus: 65_535 })).toBeNull()
  })
})

describe('a refusal', () => {
  const ports = new BasePortRules({
    ...NOTHING,
    offsets: [591, 847],
    bases: [REDIS],
    fixed: [{ by: 'WEB_HOST_PORT of shop', from: 8000, to: 8000 }],
    http: true,
  })

  test.each([
    [6379, 'taken', 'redis already uses it'],
    [6123, 'taken', '6123 + 847 = 6970 is already used by redis: 6379 + 591'],
    [7153, 'taken', '7153 + 847 = 8000 is already used by WEB_HOST_PORT of shop'],
    [64_900, 'out-of-range', '65899 with the highest offset, above 65535'],
    [32_000, 'ephemeral', '32768-60999'],
    [5409, 'browser-refuses', 'refuse to open port 6000'],
  ])('to %i', (base, kind, reason) => {
    expect(ports.refusal(base)).toEqual({ kind, reason: expect.stringContaining(reason) })
  })

  test.each([6380, 5432, 61_000])('there is none to %i, though others may come close', (base) => {
    expect(ports.refusal(base)).toBeNull()
  })

  test('says who is close', () => {
    expect(ports.overlapping(7000).map(({ by }) => by)).toEqual(['redis'])
    expect(ports.overlapping(7500).map(({ by }) => by)).toEqual(['WEB_HOST_PORT of shop'])
  })
})

test('what is chosen collides with no feature in any product, of today or to come, if that can be had', () => {
  const port = fc.integer({ min: 1024, max: 9000 })
  const around = fc.record({
    modulus: fc.constantFrom(100, 1000),
    offsets: fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 6 }),
    bases: fc.array(
      port.map((from): UsedPort => ({ by: 'x', from, to: from })),
      { maxLength: 25 },
    ),
    fixed: fc.array(
      port.map((from): UsedPort => ({ by: 'y', from, to: from })),
      { maxLength: 5 },
    ),
    http: fc.boolean(),
  })
  fc.assert(
    fc.property(around, port, (surroundings, expected) => {
      const ports = new BasePortRules(surroundings)
      const base = ports.choose(expected) as number
      const { modulus, bases, fixed, http } = surroundings
      // Far above there is always room.
      expect(ports.overlapping(base)).toEqual([])
      expect(bases.every(({ from }) => Math.abs(from - base) >= modulus)).toBe(true)
      expect(fixed.every(({ from }) => from < base || from >= base + modulus)).toBe(true)
      expect(base + modulus).toBeLessThanOrEqual(EPHEMERAL.from)
      if (http) expect(refusedByBrowsers(base, base + modulus - 1)).toBeUndefined()
      expect(ports.choose(base)).toBe(base)
    }),
    { numRuns: 60 },
  )
})
