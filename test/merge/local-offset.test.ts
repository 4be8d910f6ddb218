/** The line of PRODUCT_OFFSET in any env file: set, read and taken out, with every other byte left alone. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEnv, rawValue } from '../../src/env/document.js'
import { readOffset, withoutOffset } from '../../src/merge/local-offset.js'
import { writeSection } from '../../src/merge/sections.js'
import { anyEnv, RUNS } from '../support/arbitraries.js'

const HASHED = { value: 5, from: 'crc32' } as const
const NAME = 'PRODUCT_OFFSET'

/** Env files that set it in ways of their own, in a section too. */
const text = fc
  .tuple(
    anyEnv,
    fc.constantFrom('', '=7', '=7 # why', "='7'\r", '="7" B=1', ': 7', '\r'),
    anyEnv,
    fc.boolean(),
  )
  .map(([before, line, after, isGenerated]) => {
    const own = line === '' ? '' : `\n${NAME}${line}\n`
    const section = isGenerated ? writeSection('redis', 'redis/.env.example', `${NAME}=8\n`, '\n') : ''
    return `${before}${own}${after}\n${section}`
  })
  .filter((each) => parseEnv(each).refusal === null)

/** All statements but those of the product's own offset, as they are written. */
const others = (env: string) => {
  const doc = parseEnv(env)
  return doc.statements
    .filter(({ key, start }) => key !== NAME || doc.text.startsWith(`${NAME}=8\n# <<< redis`, start))
    .map((statement) => [statement.key, statement.quote, rawValue(doc, statement)])
}

test('an offset that is set is read, twice is once, and nothing else changes', () => {
  fc.assert(
    fc.property(text, (env) => {
      const { doc, offset, problems } = readOffset(env, '.env', HASHED, 99)
      expect([offset, problems]).toEqual([{ value: 99, from: NAME }, []])
      expect(others(doc.text)).toEqual(others(env))
      expect(readOffset(doc.text, '.env', HASHED, 99).doc.text).toBe(doc.text)
      expect(readOffset(doc.text, '.env', HASHED).offset).toMatchObject({ value: 99, from: NAME })
    }),
    { numRuns: RUNS },
  )
})

test('one that is taken out is gone, and nothing else', () => {
  fc.assert(
    fc.property(text, (env) => {
      const rest = withoutOffset(env)
      expect(others(rest)).toEqual(others(env))
      expect(readOffset(rest, '.env', HASHED)).toMatchObject({ offset: HASHED, problems: [] })
    }),
    { numRuns: RUNS },
  )
})
