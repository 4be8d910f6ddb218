/**
 * What a merge changes of what was there, in either reading: Compose's own, from top to bottom, and that of a container
 * with `env_file`, which expands each value against the whole file (docs/env-format.md).
 */
import type { EnvDocument } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { evaluator, mayExpand, referencesIn } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import { type Assembly, type Expected, ownStatement } from './assemble.js'
import { OUR_FAULT } from './problems.js'
import type { OldEnv } from './proof.js'

/** Reports the keys that would read differently. */
export function changedKeys(old: OldEnv, { expected }: Assembly, after: Lookup, file: string): Problem[] {
  if (old.isNew) return []
  const before = old.reading.values
  const own = old.doc.statements.map((statement) => ownStatement(old.doc, statement))
  const was = containerValue(own, (name) => before.get(name))
  const is = containerValue(expected, after)
  const changed = new Map<string, Expected>()
  for (const statement of expected) {
    const { key, kind, origin } = statement
    // What a template adds is new, and no change; where both state a key, the template's word is meant to change it.
    if (origin !== null && !before.has(key)) continue
    const now = is(key)
    const isRefused = now === undefined && after(key) !== undefined
    if (before.get(key) === after(key) && (isRefused || was(key) === now)) continue
    // A name alone repeats the statement above it.
    if (kind === 'assign' || !changed.has(key)) changed.set(key, statement)
  }
  const context = { old: old.doc, before, after, expected, file }
  return [...changed.values()].flatMap((statement) => complaint(statement, context) ?? [])
}

/** What a container reads for a key: the last statement counts, and without a reference both readers agree. */
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

/** Why a statement reads differently, as a problem; null where another one says so. */
function complaint({ key, kind, origin, raw, quote, line }: Expected, context: Context): Problem | null {
  const { old, before, after, expected, file } = context
  const used = kind === 'inherit' ? [{ name: key, operator: '' }] : referencesIn(raw, quote)
  const place = { file: origin?.file ?? file, line }
  const dropped = used.find(({ name }) => before.has(name) && after(name) === undefined)?.name
  if (dropped !== undefined) {
    const repeats = `${key} repeats a value from above, which would be gone`
    const message = kind === 'inherit' ? repeats : `${key} refers to ${dropped}, which would be gone`
    const next = `Set ${dropped} in the product env, or change ${key}.`
    return problem('dropped-in-use', place, message, next)
  }
  // What a template gives may change: that is what a section is rewritten for.
  if (origin !== null) return null
  const added = used.filter(({ name }) => !before.has(name) && after(name) !== undefined)
  if (before.get(key) === after(key) && added.length > 0) {
    const name = added.find(({ operator }) => operator !== '')?.name
    // A plain reference to what is set further down has a warning of its own (order.ts).
    if (name === undefined) return null
    const feature = expected.find((each) => each.key === name)?.origin?.feature
    const message = `${key} depends on ${name}, which feature ${feature} would set: a container with env_file would read another ${key}, while Compose reads it as before`
    const next = `Write out the value of ${key}, or set ${name} above it; then merge again.`
    return problem('container-changes', place, message, next)
  }
  const follows = `Check that ${key} is still what you want.`
  if (used.length > 0) {
    // Also where the variable itself reads as before: two sections made one may bring it above the line.
    const message = `${key} refers to a variable that changes or moves, and reads differently from now on`
    return problem('value-follows', place, message, follows)
  }
  if (old.statements.findLast((each) => each.key === key)?.line === line)
    return problem('proof-failed', place, `${key} would read differently`, OUR_FAULT)
  const message = `${key} was stated again in a section that does not state it any more, so this line counts from now on`
  return problem('value-follows', place, message, follows)
}
