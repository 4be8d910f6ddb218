import { describe, expect, it } from 'vitest'
import { parseEnv } from '../../src/env/document.js'
import { readEnv } from '../../src/env/read.js'
import { HOSTILE } from './hostile.js'
import { plan } from './products.js'

/*
 * Nothing is timed here, since that would fail on a busy machine: what grows with the square of its size takes minutes or
 * hours at these sizes, and so runs into the limit of the test, and what is linear is done within a second or two.
 */
const MEBI = 1024 * 1024

describe('a hostile text does not stop', () => {
  it.each(Object.entries(HOSTILE))('reading: %s', (_, text) => {
    const doc = parseEnv(text(MEBI))
    expect(doc.text.length).toBeGreaterThan(0.75 * MEBI)
    expect(readEnv(doc).values.size).toBeLessThan(3)
  })

  it.each(Object.entries(HOSTILE))('a merge into it: %s', (_, text) => {
    const env = text(MEBI / 4)
    const { after } = plan({ env, features: { f: 'NEW=1\n' } })
    expect(after?.startsWith(env)).toBe(true)
  })

  it.each(Object.entries(HOSTILE))('a merge of it: %s', (_, text) => {
    const { before, after } = plan(
      { env: 'OWN=1\n', features: { f: text(MEBI / 4) } },
      { refresh: true, prune: true },
    )
    expect(after?.startsWith(before ?? '')).toBe(true)
  })
})

it('a product env of 5 MiB is merged into', () => {
  const env = 'A_VARIABLE=and its value\n'.repeat((5 * MEBI) / 25)
  const { after } = plan({ env, features: { f: 'NEW=1\n' } })
  expect(after?.startsWith(env)).toBe(true)
})

it('a product env of 100,000 variables and a feature of 25,000 are merged', () => {
  const lines = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${name}_${i}=value ${i}\n`).join('')
  const { after, entries } = plan({
    env: lines('OWN', 100_000),
    features: { f: `${lines('OWN', 12_500)}${lines('NEW', 12_500)}` },
  })
  expect(entries).toHaveLength(25_000)
  expect(parseEnv(after ?? '').statements).toHaveLength(112_500)
})

it('sections by the thousand are found and made one', () => {
  const one = plan({ env: '', features: { f: 'A=1\n' } }).after ?? ''
  const { after } = plan({ env: one.repeat(50_000), features: { f: 'A=2\n' } }, { refresh: true })
  expect(after?.match(/^A=2$/gm)).toHaveLength(1)
})
