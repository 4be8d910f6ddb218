/** How a name becomes a port. Golden vectors in the tests freeze each scheme: changing one moves people's ports. */
import { createHash } from 'node:crypto'
import { crc32 } from './offset.js'

export interface SchemeInput {
  /** The base port, for a scheme that adds to one. */
  readonly base: number
  /** The number of offsets. */
  readonly modulus: number
}

export interface Scheme {
  readonly summary: string
  /** Whether the port depends on a base port. */
  readonly usesBase: boolean
  readonly port: (name: string, input: SchemeInput) => number
  /** One line per step of the computation. */
  readonly explain: (name: string, input: SchemeInput) => string[]
  /** Describes the names that have a port; null if the port alone does not tell. */
  readonly decode: (port: number) => string | null
}

export type SchemeName = 'crc32' | 'sha1' | 'base32'

const SHA1_BASE = 8400
const SHA1_SIZE = 300
const BASE32_FIRST = 1024
const BASE32_DIGITS = '0123456789abcdefghijklmnopqrstuv'

/** SPLENT's first. */
export const SCHEMES: Readonly<Record<SchemeName, Scheme>> = {
  crc32: {
    summary: 'base port + crc32(name) % 1000, as SPLENT does',
    usesBase: true,
    port: (name, { base, modulus }) => base + (crc32(name) % modulus),
    explain: (name, { base, modulus }) => {
      const offset = crc32(name) % modulus
      return [
        `crc32(${JSON.stringify(name)}) = ${crc32(name)}`,
        `${crc32(name)} % ${modulus} = ${offset}`,
        `${base} + ${offset} = ${base + offset}`,
      ]
    },
    decode: () => null,
  },
  sha1: {
    summary: `${SHA1_BASE} + SHA-1(name) % ${SHA1_SIZE}`,
    usesBase: false,
    port: (name) => SHA1_BASE + sha1Index(name),
    explain: (name) => [
      `sha1(${JSON.stringify(name)}) = 0x${sha1(name)}`,
      `0x${sha1(name)} % ${SHA1_SIZE} = ${sha1Index(name)}`,
      `${SHA1_BASE} + ${sha1Index(name)} = ${SHA1_BASE + sha1Index(name)}`,
    ],
    decode: (port) => {
      const index = port - SHA1_BASE
      return index >= 0 && index < SHA1_SIZE ? `any name whose SHA-1 % ${SHA1_SIZE} is ${index}` : null
    },
  },
  base32: {
    summary: `${BASE32_FIRST} + the first three letters as base-32 digits (0-9a-v)`,
    usesBase: false,
    port: (name) => BASE32_FIRST + base32Number(name),
    explain: (name) => {
      const digits = [...base32Digits(name)]
      const sum = digits.map(
        (digit, place) => `${digit} = ${BASE32_DIGITS.indexOf(digit)} * ${32 ** (2 - place)}`,
      )
      return [
        `the first three letters of ${JSON.stringify(name)} as digits: ${digits.join('')}`,
        `${sum.join(', ')}: ${base32Number(name)}`,
        `${BASE32_FIRST} + ${base32Number(name)} = ${BASE32_FIRST + base32Number(name)}`,
      ]
    },
    decode: (port) => {
      const number = port - BASE32_FIRST
      if (number < 0 || number >= 32 ** 3) return null
      return [number >> 10, (number >> 5) & 31, number & 31].map((digit) => BASE32_DIGITS[digit]).join('')
    },
  },
}

export const SCHEME_NAMES = Object.keys(SCHEMES) as readonly SchemeName[]

function sha1(name: string): string {
  return createHash('sha1').update(name).digest('hex')
}

function sha1Index(name: string): number {
  return Number(BigInt(`0x${sha1(name)}`) % BigInt(SHA1_SIZE))
}

/** Three digits: letters and digits only, lower case, `w` to `z` read as `v`, padded with `0`. */
function base32Digits(name: string): string {
  const letters = name.toLowerCase().replace(/[^0-9a-z]/g, '')
  return letters.slice(0, 3).replace(/[w-z]/g, 'v').padEnd(3, '0')
}

function base32Number(name: string): number {
  return [...base32Digits(name)].reduce((sum, digit) => sum * 32 + BASE32_DIGITS.indexOf(digit), 0)
}
