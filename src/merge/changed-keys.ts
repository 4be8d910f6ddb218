/**
 * Reports variables of the product env that a merge would change: for Compose, which reads from top to bottom, or for a
 * container with `env_file`, which expands each value against the whole file (docs/env-format.md).
 */
import type { EnvDocument } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { type EnvReading, evaluator, mayExpand, referencesIn } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import { type Assembly, type Expected, ownStatement } from './assemble.js'

/** The product env before the merge. */
export interface OldEnv {
  readonly doc: EnvDocument
  readonly reading: EnvReading
  /** The variables of env files that Compose reads before this one. */
  readonly earlier?: ReadonlyMap<string, string> | undefined
  /** The product env does not exist yet, and `doc` is the text that the example gives. */
  readonly isNew: boolean
}

export const OUR_FAULT =
  'Nothing was written. This is a bug in product-env: please report it with the template.'

/** @param after reads the new product env */
export function changedKeys(old: OldEnv, { expected }: Assembly, after: Lookup, file: string): Problem[] {
  const before = old.reading.values
  if (old.isNew || before.size === 0) return []
  const own = old.doc.statements.map((statement) => ownStatement(old.doc, statement))
  const was = containerValue(own, (name) => before.get(name))
  const is = containerValue(expected, after)
  const changed = new Map<string, Expected>()
  for (const statement of expected) {
    const { key, kind, origin } = statement
    // A variable that a template adds is new, so it does not change.
    if (origin !== null && !before.has(key)) continue
    const now = is(key)
    const isRefused = now === undefined && after(key) !== undefined
    if (before.get(key) === after(key) && (isRefused || was(key) === now)) continue
    // A name alone repeats the statement above it.
    if (kind === 'assign' || !changed.has(key)) changed.set(key, statement)
  }
  const context = { old: old.doc, before, after, expected, file }
  return [...changed.values()].flatMap((statement) => changeProblem(statement, context) ?? [])
}

/** Returns a container's reading: the last statement counts, and without a reference it agrees with Compose. */
function containerValue(all: readonly Expected[], project: Lookup): Lookup {
  const statements = new Map<string, Expected>()
  for (const statement of all) {
    if (statement.kind === 'assign' && mayExpand(statement.raw)) statements.set(statement.key, statement)
    else statements.delete(statement.key)
  }
  const evaluateNext = evaluator()
  return (key) => {
    const statement = statements.get(key)
    if (statement === undefined) return project(key)
    const result = evaluateNext(statement.raw, statement.quote, project)
    return result.ok ? result.value : undefined
  }
}

interface Context {
  readonly old: EnvDocument
  readonly before: ReadonlyMap<string, string>
  readonly after: Lookup
  readonly expected: readonly Expected[]
  readonly file: string
}

/** Returns null if another problem reports the change, or if a template makes it. */
function changeProblem({ key, kind, origin, raw, quote, line }: Expected, context: Context): Problem | null {
  const { old, before, after, expected, file } = context
  const used = kind === 'inherit' ? [{ name: key, operator: '' }] : referencesIn(raw, quote)
  const place = { file: origin?.file ?? file, line }
  const dropped = used.find(({ name }) => before.has(name) && after(name) === undefined)?.name
  if (dropped !== undefined) {
    const message =
      kind === 'inherit'
        ? `${key} repeats a value from above, which would be removed`
        : `${key} refers to ${dropped}, which would be removed`
    const next = `Set ${dropped} in the product env, or change ${key}.`
    return problem('dropped-in-use', place, message, next)
  }
  if (origin !== null) return null
  const added = used.filter(({ name }) => !before.has(name) && after(name) !== undefined)
  if (before.get(key) === after(key) && added.length > 0) {
    const name = added.find(({ operator }) => operator !== '')?.name
    // forward-references.ts reports a plain reference.
    if (name === undefined) return null
    const feature = expected.find((each) => each.key === name)?.origin?.feature
    const message = `${key} depends on ${name}, which feature ${feature} would set: a container with env_file would read another ${key}, while Compose reads it as before`
    const next = `Write out the value of ${key}, or set ${name} above it; then merge again.`
    return problem('container-changes', place, message, next)
  }
  const check = `Check that ${key} is still what you want.`
  if (used.length > 0) {
    // A variable that keeps its value may move above the line if two sections become one.
    const message = `${key} refers to a variable that changes or moves, so its value changes`
    return problem('value-follows', place, message, check)
  }
  if (old.statements.findLast((each) => each.key === key)?.line === line)
    return problem('proof-failed', place, `${key} would read differently`, OUR_FAULT)
  const message = `This line now sets ${key}, because a section no longer does`
  return problem('value-follows', place, message, check)
}
