/** Products in memory, for tests that plan a merge: a few words for each, as the texts are what counts. */
import { encode } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { planMerge } from '../../src/merge/merge.js'
import type { MergeOptions } from '../../src/merge/ownership.js'
import type { ProductPlan } from '../../src/merge/plan.js'
import type { ProductSource } from '../../src/merge/source.js'
import { isPortVariable } from '../../src/ports/variable.js'
import { hasErrors } from '../../src/problem.js'

/** What a test says of a product; everything else is as it mostly is. Texts are byte strings. */
export interface Given {
  /** The product env; left out: there is none. */
  readonly env?: string
  readonly example?: string
  /** Feature → template, in the product's order; null: it has none. */
  readonly features?: Readonly<Record<string, string | null>>
  readonly allow?: readonly string[]
  readonly offset?: number
  readonly hostDir?: string
}

/** A product `app` with an offset of 100. */
export function source({
  env,
  example,
  features = {},
  allow = [],
  offset = 100,
  hostDir,
}: Given): ProductSource {
  return {
    name: 'app',
    offset: { value: offset, from: 'crc32' },
    isPort: isPortVariable,
    features: Object.entries(features).map(([name, template]) => ({
      name,
      hostDir: hostDir ?? `/ws/features/${name}`,
      template: template === null ? null : { file: `features/${name}/.env.example`, doc: parseEnv(template) },
    })),
    allow,
    env: { file: 'products/app/.env', text: env ?? null },
    example: { file: 'products/app/.env.example', text: example ?? null },
  }
}

/** Plans the merge of a product. */
export const plan = (given: Given, options?: MergeOptions): ProductPlan => planMerge(source(given), options)

/** The new text; a merge that an error stops fails the test. */
export function merge(given: Given, options?: MergeOptions): string {
  const result = plan(given, options)
  if (hasErrors(result.problems)) throw new Error(JSON.stringify(result.problems))
  return result.after ?? ''
}

/** What was added to the product env, without the marks of the sections and the blank lines between them. */
export function added(given: Given, options?: MergeOptions): string {
  const text = merge(given, options).slice(given.env?.length ?? 0)
  const lines = text.split(/(?<=\n)/)
  return lines.filter((line) => !/^\r?\n$|^# (?:>>>|<<<) /.test(line)).join('')
}

/** One word on each variable: feature, name, what became of it, and what Compose reads. */
export const outcomes = (given: Given, options?: MergeOptions): string[] =>
  plan(given, options).entries.map(
    ({ feature, key, outcome, value }) => `${feature} ${key} ${outcome} ${value}`,
  )

/** Code, file and line of each problem. */
export const problems = (given: Given, options?: MergeOptions): string[] =>
  plan(given, options).problems.map(
    ({ code, file, line }) => `${code} ${file}${line === undefined ? '' : `:${line}`}`,
  )

export { encode }

/** The keys that were there, except those of which the plan warns that containers get a value for them. */
export function settledKeys({ before, problems }: ProductPlan): string[] {
  const gaps = problems.filter(({ code }) => code === 'forward-reference').map(({ line }) => line)
  const last = new Map(parseEnv(before ?? '').statements.map(({ key, line }) => [key, line]))
  return [...last].filter(([, line]) => !gaps.includes(line)).map(([key]) => key)
}
