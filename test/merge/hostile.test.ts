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
    const doc = parseEnv(text(2 * MEBI))
    expect(doc.text.length).toBeGreaterThan(1.5 * MEBI)
    expect(readEnv(doc).values.size).toBeLessThan(3)
  })

  it.each(Object.entries(HOSTILE))('a merge into it: %s', (_, text) => {
    const env = text(MEBI)
    const { after } = plan({ env, features: { f: 'NEW=1\n' } })
    expect(after?.startsWith(env)).toBe(true)
  })

  it.each(Object.entries(HOSTILE))('a merge of it: %s', (_, text) => {
    const { before, after } = plan(
      { env: 'OWN=1\n', features: { f: text(MEBI / 2) } },
      { refresh: true, prune: true },
    )
    expect(after?.startsWith(before ?? '')).toBe(true)
  })
})

it('a product env of 10 MiB is merged into', () => {
  const env = 'A_VARIABLE=and its value\n'.repeat((10 * MEBI) / 25)
  const { after } = plan({ env, features: { f: 'NEW=1\n' } })
  expect(after?.startsWith(env)).toBe(true)
})

it('a product env of 200,000 variables and a feature of 50,000 are merged', () => {
  const lines = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${name}_${i}=value ${i}\n`).join('')
  const { after, entries } = plan({
    env: lines('OWN', 200_000),
    features: { f: `${lines('OWN', 25_000)}${lines('NEW', 25_000)}` },
  })
  expect(entries).toHaveLength(50_000)
  expect(parseEnv(after ?? '').statements).toHaveLength(225_000)
})

it('sections by the thousand are found and made one', () => {
  const one = plan({ env: '', features: { f: 'A=1\n' } }).after ?? ''
  const { after } = plan({ env: one.repeat(50_000), features: { f: 'A=2\n' } }, { refresh: true })
  expect(after?.match(/^A=2$/gm)).toHaveLength(1)
})
