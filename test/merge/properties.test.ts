import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseEnv } from '../../src/env/document.js'
import { readAsDotenv } from '../../src/env/dotenv.js'
import { readEnv } from '../../src/env/read.js'
import { offersOf } from '../../src/merge/candidates.js'
import { OUR_FAULT } from '../../src/merge/changed-keys.js'
import { planMerge } from '../../src/merge/merge.js'
import { textFromExample } from '../../src/merge/placeholder.js'
import type { ProductPlan } from '../../src/merge/plan.js'
import { findSections } from '../../src/merge/sections.js'
import type { ProductSource } from '../../src/merge/source.js'
import { viewEnv } from '../../src/merge/view.js'
import { parsePortValue } from '../../src/ports/value.js'
import { hasErrors } from '../../src/problem.js'
import { anyEnv, mergeOptions, productSource, RUNS, shell } from '../support/arbitraries.js'
import { settledKeys } from './products.js'

const runs = { numRuns: RUNS }

/** The source as the next run would find it. */
function merged(source: ProductSource, plan: ProductPlan): ProductSource {
  return { ...source, env: { ...source.env, text: plan.after } }
}

function read(text: string | null, environment?: ReadonlyMap<string, string>) {
  return readEnv(parseEnv(text ?? ''), environment)
}

/** As a service with `env_file` reads it. */
function inContainer(text: string | null) {
  return read(text, read(text).values)
}

it('plans any source without throwing', () => {
  fc.assert(
    fc.property(productSource, mergeOptions, shell, (source, options, environment) => {
      planMerge(source, options)
      const { file, text } = source.env
      viewEnv(source, [{ file, text: text ?? '' }], environment, readAsDotenv, () => 'p')
      offersOf(source)
    }),
    runs,
  )
})

it('merges twice as it merges once', () => {
  fc.assert(
    fc.property(productSource, mergeOptions, (source, options) => {
      const first = planMerge(source, options)
      const second = planMerge(merged(source, first), options)
      expect(second.after).toBe(first.after)
      if (first.after === first.before) return
      expect(second.sections).toEqual([])
      expect(hasErrors(second.problems)).toBe(false)
    }),
    runs,
  )
})

it('keeps every byte of the product env, in order: what is new stands behind', () => {
  fc.assert(
    fc.property(productSource, (source) => {
      const { before, after } = planMerge(source)
      expect((after ?? '').startsWith(before ?? '')).toBe(true)
    }),
    runs,
  )
})

it('keeps every byte outside of sections that nobody touched, in order, whatever it is asked for', () => {
  fc.assert(
    fc.property(productSource, mergeOptions, (source, options) => {
      const { before, after } = planMerge(source, options)
      if (before === null || after === null) return
      let at = 0
      for (const own of ownText(before)) {
        const found = after.indexOf(own, at)
        expect(found).toBeGreaterThanOrEqual(at)
        at = found + own.length
      }
    }),
    runs,
  )
})

/** What lies between the untouched sections. */
function ownText(text: string): string[] {
  const pieces: string[] = []
  let at = 0
  for (const { start, end, untouched } of findSections(parseEnv(text)).sections) {
    if (!untouched) continue
    pieces.push(text.slice(at, start))
    at = end
  }
  return [...pieces, text.slice(at)]
}

it('changes nothing where it finds an error', () => {
  fc.assert(
    fc.property(productSource, mergeOptions, (source, options) => {
      const { before, after, problems } = planMerge(source, options)
      if (hasErrors(problems)) expect(after).toBe(before)
    }),
    runs,
  )
})

it('leaves what Compose reads for every key that was there, also under a shell that has variables', () => {
  fc.assert(
    fc.property(productSource, shell, (source, environment) => {
      const { before, after } = planMerge(source)
      const old = read(before, environment)
      const now = read(after, environment)
      for (const [key, value] of old.values) expect([key, now.values.get(key)]).toEqual([key, value])
      expect(now.refusals.slice(0, old.refusals.length)).toEqual(old.refusals)
    }),
    runs,
  )
})

it('leaves what a container reads for every key that was there, or warns that it fills a gap', () => {
  fc.assert(
    fc.property(productSource, (source) => {
      const plan = planMerge(source)
      const [was, now] = [inContainer(plan.before), inContainer(plan.after)]
      // A file that Compose refuses reaches no container.
      if (read(plan.before).refusals.length > 0) return
      for (const key of settledKeys(plan))
        expect([key, now.values.get(key)]).toEqual([key, was.values.get(key)])
    }),
    runs,
  )
})

it('knows why a line of the product would read differently', () => {
  fc.assert(
    fc.property(productSource, mergeOptions, (source, options) => {
      expect(planMerge(source, options).problems.filter(({ next }) => next === OUR_FAULT)).toEqual([])
    }),
    { numRuns: 2 * RUNS },
  )
})

it('writes a text in which Compose reads just what the plan says', () => {
  fc.assert(
    fc.property(productSource, mergeOptions, (source, options) => {
      const { before, after, entries, doc, values: planned } = planMerge(source, options)
      if (after === before) return
      const { values, refusals } = read(after)
      expect(doc).toEqual(parseEnv(after ?? ''))
      expect(planned).toEqual(values)
      expect(refusals.filter(({ kind }) => kind !== 'required')).toEqual([])
      const names = new Set(entries.map(({ key }) => key))
      for (const { key, value, given, outcome, shift } of entries) {
        expect([key, values.get(key) ?? null]).toEqual([key, value])
        if (outcome === 'added' || outcome === 'adjusted' || outcome === 'same') expect(given).toBe(value)
        if (outcome === 'adjusted') expect(parsePortValue(value ?? '')).toEqual(shift?.host)
      }
      // Nothing but what the features state, what was there, and an offset that is set.
      if (options.offset !== undefined) names.add('PRODUCT_OFFSET')
      for (const { key } of parseEnv(before ?? source.example.text ?? '').statements) names.add(key)
      for (const key of values.keys()) expect(names).toContain(key)
    }),
    runs,
  )
})

it('gives every variable of every template one entry, with the outcome that the product env shows', () => {
  fc.assert(
    fc.property(productSource, (source) => {
      const { entries, before, after } = planMerge(source)
      const stated = source.features.flatMap(({ name, template }) =>
        [...new Set(template?.doc.statements.map(({ key }) => key))].map((key) => [name, key]),
      )
      const found = entries.map(({ feature, key }) => [feature, key])
      expect(found.toSorted()).toEqual(stated.toSorted())
      if (before === null || after === before) return
      const own = new Set(parseEnv(before).statements.map(({ key }) => key))
      for (const { key, outcome, first } of entries) {
        // A feature that comes second is told so again, where the tool wrote what stands for the first.
        if (first === null) expect([key, outcome === 'kept']).toEqual([key, own.has(key)])
        else if (!own.has(key)) expect(['conflict', 'same']).toContain(outcome)
      }
    }),
    runs,
  )
})

it('makes a product env of an example without losing a byte but the placeholders', () => {
  fc.assert(
    fc.property(anyEnv, (example) => {
      const text = textFromExample(example, 'app')
      expect(text.replaceAll('app', '__PRODUCT__')).toBe(example.replaceAll('app', '__PRODUCT__'))
      if (!example.includes('__PRODUCT__')) expect(text).toBe(example)
    }),
    runs,
  )
})
