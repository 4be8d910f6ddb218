import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decode, encode, fromBuffer, runeAt, toBuffer } from '../../src/env/bytes.js'
import { type EnvDocument, parseEnv, rawValue } from '../../src/env/document.js'
import { readAsDotenv } from '../../src/env/dotenv.js'
import { expand, references } from '../../src/env/expand.js'
import { readEnv } from '../../src/env/read.js'
import { writeValue } from '../../src/env/write-value.js'
import { anyEnv, noise, RUNS, shell } from '../support/arbitraries.js'

const runs = { numRuns: RUNS }

/** Any Unicode text; half a surrogate pair, which UTF-8 cannot hold, is not among it. */
const text = fc.string({ unit: 'binary' })

it('reads any bytes without throwing', () => {
  fc.assert(
    fc.property(fc.oneof(anyEnv, noise), shell, (text, environment) => {
      const doc = parseEnv(text)
      readEnv(doc, environment)
      readAsDotenv(doc)
      expand(text, (name) => environment.get(name))
      references(text)
    }),
    runs,
  )
})

/** The pieces of a document in order, and the gaps between them. */
function pieces(doc: EnvDocument): { text: string; gap: boolean }[] {
  const spans = [...doc.statements, ...doc.comments].sort((a, b) => a.start - b.start)
  const found: { text: string; gap: boolean }[] = []
  let at = 0
  for (const { start, end } of spans) {
    found.push(
      { text: doc.text.slice(at, start), gap: true },
      { text: doc.text.slice(start, end), gap: false },
    )
    expect(start).toBeGreaterThanOrEqual(at)
    at = end
  }
  return [...found, { text: doc.text.slice(at), gap: true }]
}

/** White space as Compose knows it, a byte order mark at the start aside. */
const BLANK =
  /^(?:\xef\xbb\xbf)?(?:[\t\n\v\f\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)*$/

it('covers every byte: statements, comments and blanks between them give the text back', () => {
  fc.assert(
    fc.property(anyEnv, (text) => {
      const doc = parseEnv(text)
      const all = pieces(doc)
      expect(all.map((piece) => piece.text).join('')).toBe(text)
      const gaps = all.filter(({ gap }) => gap).map((piece) => piece.text)
      // What follows a refusal has not been looked at.
      const seen = doc.refusal === null ? gaps : gaps.slice(0, -1)
      expect(seen.filter((gap) => !BLANK.test(gap))).toEqual([])
    }),
    runs,
  )
})

it('gives positions at which the same statement is found again', () => {
  fc.assert(
    fc.property(anyEnv, (text) => {
      const doc = parseEnv(text)
      for (const statement of doc.statements) {
        const { start, end, line, key, kind, quote } = statement
        expect(line).toBe(text.slice(0, start).split('\n').length)
        // A name that ends the file is no name of its own to Compose: the newline makes it one.
        const alone = parseEnv(`${text.slice(start, end)}${end < text.length ? '\n' : ''}`)
        expect(alone.statements[0]).toMatchObject({ key, kind, quote })
        expect(rawValue(alone, alone.statements[0]!)).toBe(rawValue(doc, statement))
        expect(alone.statements).toHaveLength(1)
      }
    }),
    runs,
  )
})

it('reads lines that are put behind a file as if they stood alone', () => {
  fc.assert(
    fc.property(anyEnv, (text) => {
      const doc = parseEnv(`${text}\n`)
      if (doc.refusal !== null) return
      const longer = parseEnv(`${text}\nZ=1\n`)
      expect(longer.statements.slice(0, -1)).toEqual(doc.statements)
      expect(longer.statements.at(-1)).toMatchObject({ key: 'Z' })
    }),
    runs,
  )
})

/** What an env file can hold: any bytes but NUL, quotes and blanks likelier. */
const value = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'ab \'"\\$#\n\r\t`{}', ' #', '\xc2\xa0', '\xc3\xa9'),
      fc.integer({ min: 1, max: 255 }).map((c) => String.fromCharCode(c)),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''))

it('writes a value so that it reads back as it is', () => {
  fc.assert(
    fc.property(value, (text) => {
      const doc = parseEnv(`K=${writeValue(text)}\nZ=1\n`)
      const { values, refusals } = readEnv(doc)
      expect(refusals).toEqual([])
      expect([...values]).toEqual([
        ['K', text],
        ['Z', '1'],
      ])
    }),
    { numRuns: 2 * RUNS },
  )
})

it('writes a value so that npm dotenv reads the same, wherever a form allows that', () => {
  fc.assert(
    fc.property(value, (text) => {
      const written = writeValue(text)
      // The last form is for what no other can hold; and dotenv works on text.
      if ((written.startsWith('"') && written.includes('\\')) || !isUtf8(toBuffer(text))) return
      expect(readAsDotenv(parseEnv(`K=${written}\n`)).get('K')).toBe(text)
    }),
    { numRuns: 2 * RUNS },
  )
})

it('carries bytes and text to and fro without a loss', () => {
  fc.assert(
    fc.property(noise, text, (bytes, text) => {
      expect(fromBuffer(toBuffer(bytes))).toBe(bytes)
      expect(decode(encode(text))).toBe(text)
    }),
    runs,
  )
})

it('cuts bytes into characters as UTF-8 does, one for each byte that starts none', () => {
  fc.assert(
    fc.property(text, (text) => {
      const bytes = encode(text)
      let found = ''
      for (let at = 0; at < bytes.length; ) {
        const { codePoint, size } = runeAt(bytes, at)
        found += String.fromCodePoint(codePoint)
        at += size
      }
      expect(found).toBe(text)
    }),
    runs,
  )
})
