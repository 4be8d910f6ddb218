import type { ScalarType } from './node.js'

interface Resolved {
  readonly type: ScalarType
  /** Integers are in decimal. */
  readonly text: string
}

const WORDS = new Map<string, Resolved>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, { type: 'null', text: '' }] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, { type: 'bool', text: 'true' }] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, { type: 'bool', text: 'false' }] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, { type: 'float', text: 'NaN' }] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, { type: 'float', text: '+Inf' }] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, { type: 'float', text: '-Inf' }] as const),
])

const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const TIMESTAMP = /^\d{4}-(\d{1,2})-(\d{1,2})([Tt ]\d{1,2}:\d{1,2}:\d{1,2}([.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/
const LARGEST = 2n ** 64n - 1n
const SMALLEST = -(2n ** 63n)

/**
 * Types a plain scalar as go-yaml v3 (`resolve.go`), which follows neither YAML 1.1 nor 1.2: `yes` and `22:22` are
 * strings, `0777` and `0o777` are octal, `1_000` is 1000, `08` is a float.
 */
export function resolvePlain(source: string): Resolved {
  const word = WORDS.get(source)
  if (word !== undefined) return word
  const first = source.charCodeAt(0)
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
  if (!numeric) return { type: 'string', text: source }
  const date = TIMESTAMP.exec(source)
  if (date !== null && inRange(date[1], 12) && inRange(date[2], 31))
    return { type: 'timestamp', text: source }
  const plain = source.replaceAll('_', '')
  const integer = INTEGER.exec(plain)
  // BigInt takes quadratic time; a number this long is over 64 bits.
  if (integer !== null && plain.length < 70 && first !== 46) {
    const value = integerOf(integer[1] as string, integer[2] as string)
    if (value >= SMALLEST && value <= LARGEST) return { type: 'int', text: value.toString() }
  }
  if (FLOAT.test(plain)) return { type: 'float', text: plain }
  return { type: 'string', text: source }
}

function inRange(digits: string | undefined, largest: number): boolean {
  const value = Number(digits)
  return value >= 1 && value <= largest
}

function integerOf(sign: string, digits: string): bigint {
  const octal = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase()
  return sign === '-' ? -BigInt(octal) : BigInt(octal)
}
