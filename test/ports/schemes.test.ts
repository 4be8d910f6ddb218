/** Golden vectors: each of these numbers is somebody's port. Changing one is a breaking change. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32, crc32Offset } from '../../src/ports/offset.js'
import { SCHEME_NAMES, SCHEMES } from '../../src/ports/schemes.js'

const INPUT = { base: 6380, modulus: 1000 }

/** Computed with zlib.crc32 of Python, over UTF-8. */
const CRC32: readonly (readonly [name: string, checksum: number, offset: number])[] = [
  ['my_first_app', 3218544591, 591],
  ['my_second_app', 3339912847, 847],
  ['my_first_app@blue', 1823685394, 394],
  ['my_first_app#1', 1629459509, 509],
  ['shop', 2892647586, 586],
  ['a', 3904355907, 907],
  ['0', 4108050209, 209],
  ['App.v2', 1682627619, 619],
  ['foo-bar', 1278007785, 785],
  ['café', 2561491637, 637],
  ['日本', 3350711756, 756],
  ['x'.repeat(64), 986885138, 138],
]

const SHA1 = {
  cheesemaking: 8635,
  honeybees: 8674,
  bookcircle: 8696,
  my_first_app: 8602,
  shop: 8612,
  a: 8452,
  '0': 8628,
  café: 8615,
  日本: 8437,
}

const BASE32 = {
  api: 12082,
  db: 14688,
  'foo-bar': 17176,
  aardvark: 11611,
  alligator: 11957,
  bee: 12750,
  cat: 13661,
  caterpillar: 13661,
  dog: 15120,
  elephant: 16046,
  vole: 33557,
  zebra: 33227,
}

describe('crc32', () => {
  test.each(CRC32)('%s is %i, so its offset is %i', (name, checksum, offset) => {
    expect(crc32(name)).toBe(checksum)
    expect(crc32Offset(name)).toBe(offset)
    expect(SCHEMES.crc32.port(name, INPUT)).toBe(6380 + offset)
    expect(SCHEMES.crc32.port(name, { base: 1, modulus: 4096 })).toBe(1 + (checksum % 4096))
  })

  test('is explained step by step', () => {
    expect(SCHEMES.crc32.explain('my_first_app', INPUT)).toEqual([
      'crc32("my_first_app") = 3218544591',
      '3218544591 % 1000 = 591',
      '6380 + 591 = 6971',
    ])
  })

  test('leads from a port back to no name', () => {
    expect(SCHEMES.crc32.decode(6971)).toBe(null)
  })
})

describe('sha1', () => {
  test.each(Object.entries(SHA1))('%s is %i', (name, port) => {
    expect(SCHEMES.sha1.port(name, INPUT)).toBe(port)
  })

  test('is explained step by step', () => {
    expect(SCHEMES.sha1.explain('honeybees', INPUT)).toEqual([
      'sha1("honeybees") = 0x67b709a4ee56e9ed6579eeac7c1bcab529b0018e',
      '0x67b709a4ee56e9ed6579eeac7c1bcab529b0018e % 300 = 274',
      '8400 + 274 = 8674',
    ])
  })

  test.each([
    [8399, null],
    [8400, 'any name whose SHA-1 % 300 is 0'],
    [8635, 'any name whose SHA-1 % 300 is 235'],
    [8699, 'any name whose SHA-1 % 300 is 299'],
    [8700, null],
  ])('%i decodes to %s', (port, decoded) => {
    expect(SCHEMES.sha1.decode(port)).toBe(decoded)
  })
})

describe('base32', () => {
  test.each(Object.entries(BASE32))('%s is %i', (name, port) => {
    expect(SCHEMES.base32.port(name, INPUT)).toBe(port)
  })

  test.each([
    ['', 1024],
    ['0', 1024],
    ['v', 1024 + 31 * 1024],
    ['vvv', 33791],
    ['www', 33791],
    ['A.P.I', 12082],
    ['a_p-i', 12082],
    ['äpi', 1024 + 25 * 1024 + 18 * 32],
  ])('%j is %i: only letters and digits count, and none is past v', (name, port) => {
    expect(SCHEMES.base32.port(name, INPUT)).toBe(port)
  })

  test('is explained step by step', () => {
    expect(SCHEMES.base32.explain('foo-bar', INPUT)).toEqual([
      'the first three letters of "foo-bar" as digits: foo',
      'f = 15 * 1024, o = 24 * 32, o = 24 * 1: 16152',
      '1024 + 16152 = 17176',
    ])
  })

  test.each([
    [1023, null],
    [1024, '000'],
    [12082, 'api'],
    [14688, 'db0'],
    [17176, 'foo'],
    [11611, 'aar'],
    [11957, 'all'],
    [12750, 'bee'],
    [13661, 'cat'],
    [15120, 'dog'],
    [16046, 'ele'],
    [33557, 'vol'],
    // The e and b of zebra, while z is past the last digit.
    [33227, 'veb'],
    [33791, 'vvv'],
    [33792, null],
    [65535, null],
  ])('%i decodes to %s', (port, name) => {
    expect(SCHEMES.base32.decode(port)).toBe(name)
  })

  test('every port that it gives decodes to a name of that port', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 33791 }), (port) => {
        expect(SCHEMES.base32.port(SCHEMES.base32.decode(port) as string, INPUT)).toBe(port)
      }),
    )
  })
})

test.each(SCHEME_NAMES)('the last step of %s comes to its port', (scheme) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const port = SCHEMES[scheme].port(name, INPUT)
      expect(SCHEMES[scheme].explain(name, INPUT).at(-1)).toMatch(new RegExp(`= ${port}$`))
      expect(port).toBeGreaterThanOrEqual(1024)
      expect(port).toBeLessThanOrEqual(33791)
    }),
  )
})
