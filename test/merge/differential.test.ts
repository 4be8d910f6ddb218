import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, toBuffer } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { planMerge } from '../../src/merge/merge.js'
import { changesFile } from '../../src/merge/plan.js'
import { mergeOptions, productSource, shell } from '../support/arbitraries.js'
import { comparable } from '../support/comparable.js'
import { composeMissing, requireOrSkip } from '../support/compose.js'
import { composeReads } from '../support/compose-env.js'
import { settledKeys } from './products.js'

/** Merges that a run puts before the real Compose. */
const MERGES = 24

const read = (text: string, keys: Iterable<string>, environment: Readonly<Record<string, string>> = {}) =>
  composeReads(toBuffer(text), keys, environment)

/** A value that needs something of the shell, which these runs do not have: Compose refuses such a file, with or without us. */
const needsShell = (source: { problems: readonly { code: string }[] }): boolean =>
  source.problems.some(({ code }) => code === 'required-missing')

/** Random merges that change something. */
const merges = fc
  .tuple(productSource, mergeOptions)
  .map(([source, options]) => ({ options, plan: planMerge(source, options) }))
  .filter(({ plan }) => changesFile(plan) && !needsShell(plan))

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('a random merge', () => {
  it('gives Compose the values of the plan', () => {
    fc.assert(
      fc.property(merges, ({ plan: { after, entries } }) => {
        const planned = new Map(entries.map(({ key, value }) => [key, value]))
        const compose = read(after ?? '', planned.keys())
        expect([after, compose.ok ? [] : compose.message]).toEqual([after, []])
        if (!compose.ok) return
        const stated = [...planned].flatMap(([key, value]) =>
          value === null ? [] : [[key, decode(value)] as const],
        )
        expect(comparable(compose.values)).toEqual(comparable(stated))
      }),
      { numRuns: MERGES },
    )
  })

  const plain = merges.filter(
    ({ plan, options }) => plan.before !== null && !options.refresh && !options.prune,
  )

  it('leaves Compose with what it read before, whatever the shell says', () => {
    fc.assert(
      fc.property(plain, shell, ({ plan: { before, after } }, environment) => {
        const keys = new Set(parseEnv(before ?? '').statements.map(({ key }) => key))
        // Nothing can refer to a variable without a name (`export =`).
        keys.delete('')
        const exported = Object.fromEntries(environment)
        const old = read(before ?? '', keys, exported)
        const now = read(after ?? '', keys, exported)
        // An exported empty C is beyond the plan, where a template says ${C:?}.
        if (now.ok) expect(now.values).toEqual(old.ok && old.values)
        else expect(now.message).toMatch(environment.size > 0 ? /required variable/ : /^$/)
      }),
      { numRuns: MERGES / 2 },
    )
  })

  it('leaves a container that has it as env_file with what it read before', () => {
    fc.assert(
      fc.property(plain, ({ plan }) => {
        const old = read(plan.before ?? '', [])
        const now = read(plan.after ?? '', [])
        expect([old.ok, now.ok]).toEqual([true, true])
        if (!old.ok || !now.ok) return
        // No container has a variable without a name (`export` alone on a line).
        for (const key of settledKeys(plan).filter((each) => each !== ''))
          expect([key, now.container.get(key)]).toEqual([key, old.container.get(key)])
      }),
      { numRuns: MERGES },
    )
  })
})
