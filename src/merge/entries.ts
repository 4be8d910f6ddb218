/** The entries of a plan: what happens to each variable of each feature. */
import { type EnvDocument, rawValue } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import type { evaluate } from '../env/read.js'
import { OWN_PORTS } from '../ports/own.js'
import { type Problem, problem } from '../problem.js'
import { type Candidate, candidateValue } from './candidates.js'
import type { OwnKey } from './ownership.js'
import type { Entry, Outcome } from './plan.js'

interface Merged {
  /** The product env before the merge. */
  readonly doc: EnvDocument
  /** The keys that keep their value. */
  readonly kept: ReadonlyMap<string, OwnKey>
  readonly winners: ReadonlyMap<string, Candidate>
  /** Reads the product env after the merge. */
  readonly after: Lookup
  readonly evaluateNext: typeof evaluate
}

/** @param candidate the last statement of its key in its template */
export function entryOf(candidate: Candidate, merged: Merged): Entry {
  const { key, line, shift, origin, templateRaw } = candidate
  const { feature, file, placeholders } = origin
  const winner = merged.winners.get(key) as Candidate
  const kept = merged.kept.get(key) ?? null
  const first =
    winner.origin === origin
      ? null
      : { feature: winner.origin.feature, file: winner.origin.file, line: winner.line }
  const value = merged.after(key) ?? null
  const isUncontested = kept === null && first === null
  const given = isUncontested || isAsWritten(candidate, kept, merged) ? value : givenValue(candidate, merged)
  const equal = first !== null && (winner.origin.isDecision || given === givenValue(winner, merged))
  // A line that the tool wrote for the winner is not the product's own, so the conflict is reported every time.
  const isOwn = kept !== null && !(first !== null && kept.untouched)
  const outcome = outcomeOf(isOwn, first !== null, equal, shift !== null)
  return {
    key,
    feature,
    file,
    line,
    outcome,
    shift,
    ownPort: feature === OWN_PORTS,
    placeholders: [...placeholders.keys()].filter((placeholder) => templateRaw.includes(placeholder)),
    value,
    // Not evaluated again where it was read: `A=$A:b` would grow.
    given: outcome === 'kept' || outcome === 'conflict' ? given : value,
    kept: isOwn ? { line: kept.line, untouched: kept.untouched } : null,
    first,
  }
}

/** Returns true if the product env already has the very line that would be written. */
function isAsWritten({ raw, quote }: Candidate, kept: OwnKey | null, { doc }: Merged): boolean {
  const statement = kept?.untouched ? kept.statement : null
  return statement !== null && statement.quote === quote && rawValue(doc, statement) === raw
}

function outcomeOf(isOwn: boolean, beaten: boolean, equal: boolean, isPort: boolean): Outcome {
  if (isOwn) return 'kept'
  if (beaten) return equal ? 'same' : 'conflict'
  return isPort ? 'adjusted' : 'added'
}

function givenValue(candidate: Candidate, { after, evaluateNext }: Merged): string | null {
  if (candidate.kind === 'inherit') return null
  const result = candidateValue(candidate, after, evaluateNext)
  return result.ok ? result.value : null
}

export function conflictProblem({ key, feature, file, line, first }: Entry): Problem {
  const place = { file, line }
  const winner = `${first?.file}:${first?.line}`
  if (first?.feature === OWN_PORTS) {
    const message = `Feature ${feature} sets another ${key} than "ports:" (${winner}), which wins`
    const next = `Set ${key} in the product env, or remove it from "ports:" to use the feature's.`
    return problem('conflict', place, message, next)
  }
  const message = `Feature ${feature} sets another ${key} than ${first?.feature} (${winner}), which comes first and wins`
  const next = `Set ${key} in the product env, or put ${feature} before ${first?.feature} in the list of features.`
  return problem('conflict', place, message, next)
}
