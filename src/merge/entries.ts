/** What became of each variable of a feature: the entries of a plan. */
import { type EnvDocument, rawValue } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import type { evaluate } from '../env/read.js'
import { OWN_PORTS } from '../ports/own.js'
import { type Candidate, candidateValue } from './candidates.js'
import type { OwnKey } from './ownership.js'
import type { Entry, Outcome } from './plan.js'

/** What the entries of all features depend on. */
export interface Merged {
  /** The product env as it was. */
  readonly doc: EnvDocument
  /** The keys that the product env goes on stating, or states as before. */
  readonly kept: ReadonlyMap<string, OwnKey>
  /** For each key the candidate that counts. */
  readonly winners: ReadonlyMap<string, Candidate>
  /** What Compose reads after the merge. */
  readonly after: Lookup
  readonly evaluateNext: typeof evaluate
}

/** What becomes of a variable. @param candidate the last statement of its key in its feature's template */
export function entryOf(candidate: Candidate, merged: Merged): Entry {
  const { key, line, shift, origin } = candidate
  const { feature, file } = origin
  const winner = merged.winners.get(key) as Candidate
  const kept = merged.kept.get(key) ?? null
  const first =
    winner.origin === origin
      ? null
      : { feature: winner.origin.feature, file: winner.origin.file, line: winner.line }
  const stands = kept === null && first === null
  const value = merged.after(key) ?? null
  const given = stands ? null : isAsWritten(candidate, kept, merged) ? value : givenValue(candidate, merged)
  const equal = first !== null && given === givenValue(winner, merged)
  // A line that the tool wrote for the winner is not the product's own word: whoever it beats is told so every time.
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
    placeholders: usedPlaceholders(candidate),
    value,
    // What stands is what was read where it stands; read once more at the end, "$A:b" under the name A would grow.
    given: outcome === 'kept' || outcome === 'conflict' ? given : value,
    kept: isOwn ? { line: kept.line, untouched: kept.untouched } : null,
    first,
  }
}

/** Whether the line that stands is the very one that would be written: what it comes to depends on what is above it. */
function isAsWritten({ raw, quote }: Candidate, kept: OwnKey | null, { doc }: Merged): boolean {
  const statement = kept?.untouched ? kept.statement : null
  return statement !== null && statement.quote === quote && rawValue(doc, statement) === raw
}

const NONE: readonly string[] = []

function usedPlaceholders({ templateRaw, origin }: Candidate): readonly string[] {
  if (!templateRaw.includes('__')) return NONE
  return [...origin.placeholders.keys()].filter((placeholder) => templateRaw.includes(placeholder))
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
