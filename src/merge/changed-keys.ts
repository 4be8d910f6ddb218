/** What a merge changes of what was there: nothing, but where a section is rewritten or dropped. */
import type { EnvDocument } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { type EnvReading, referencesIn } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import type { Assembly, Expected } from './assemble.js'
import { OUR_FAULT } from './complaints.js'

/** Keys that would read differently: only a rewritten or dropped section that they refer to can be why. */
export function changedKeys(
  old: { doc: EnvDocument; reading: EnvReading },
  { leading, expected }: Assembly,
  after: Lookup,
  file: string,
): Problem[] {
  // Nothing that follows can reach what leads.
  if (leading > 0) return []
  const before = old.reading.values
  const changed = new Map<string, Expected>()
  for (const statement of expected) {
    const { key, origin } = statement
    // What a template adds is new, and no change; where both state a key, the template's word is meant to change it.
    const isNew = origin !== null && !before.has(key)
    if (isNew || before.get(key) === after(key)) continue
    if (origin !== null || (changed.get(key)?.origin ?? null) === null) changed.set(key, statement)
  }
  const problems: Problem[] = []
  for (const [key, { origin, raw, quote, line }] of changed) {
    const used = referencesIn(raw, quote).map(({ name }) => name)
    const dropped = used.find((name) => before.has(name) && after(name) === undefined)
    const place = { file: origin?.file ?? file, line }
    if (dropped !== undefined) {
      const message = `${key} refers to ${dropped}, which would be gone`
      const next = `Set ${dropped} in the product env, or change ${key}.`
      problems.push(problem('dropped-in-use', place, message, next))
    }
    // What a template gives may change: that is what a section is rewritten for.
    if (dropped !== undefined || origin !== null) continue
    if (used.length > 0) {
      // Also where the variable itself reads as before: two sections made one may bring it above the line.
      const message = `${key} refers to a variable that changes or moves, and reads differently from now on`
      problems.push(problem('value-follows', place, message, `Check that ${key} is still what you want.`))
    } else if (old.doc.statements.findLast((each) => each.key === key)?.line !== line) {
      // The last statement counted, and it goes with a section.
      const message = `${key} was stated again in a section that does not state it any more, so this line counts from now on`
      problems.push(problem('value-follows', place, message, `Check that ${key} is still what you want.`))
    } else {
      problems.push(problem('proof-failed', place, `${key} would read differently`, OUR_FAULT))
    }
  }
  return problems
}
