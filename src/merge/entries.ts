/** What became of each variable of a feature: the entries of a plan. */
import type { evaluate } from '../env/read.js'
import { OWN_PORTS } from '../ports/own.js'
import { type Candidate, candidateValue } from './candidates.js'
import type { OwnKey } from './ownership.js'
import type { Entry, Outcome } from './plan.js'

/**
 * What becomes of the variables of one feature.
 * @param keptKeys the keys that the product env goes on stating, or states as before
 * @param winners for each key the candidate that counts
 * @param values what Compose reads after the merge
 */
export function entriesOf(
  all: readonly Candidate[],
  keptKeys: ReadonlyMap<string, OwnKey>,
  winners: ReadonlyMap<string, Candidate>,
  values: ReadonlyMap<string, string>,
  evaluateNext: typeof evaluate,
): Entry[] {
  const last = lastOfEach(all)
  return [...last.values()].map((candidate): Entry => {
    const { key, feature, file, line, shift } = candidate
    const winner = winners.get(key) as Candidate
    const kept = keptKeys.get(key) ?? null
    const placeholders = usedPlaceholders(candidate)
    const first =
      winner.feature === feature ? null : { feature: winner.feature, file: winner.file, line: winner.line }
    const stands = kept === null && first === null
    const given = stands ? null : givenValue(candidate, values, evaluateNext)
    const equal = first !== null && given === givenValue(winner, values, evaluateNext)
    const outcome = outcomeOf(kept, first !== null, equal, shift !== null)
    const value = values.get(key) ?? null
    return {
      key,
      feature,
      file,
      line,
      outcome,
      shift,
      ownPort: feature === OWN_PORTS,
      placeholders,
      value,
      // What stands is what was read where it stands; read once more at the end, "$A:b" under the name A would grow.
      given: outcome === 'kept' || outcome === 'conflict' ? given : value,
      kept,
      first,
    }
  })
}

/** For each key its last statement, in the order of the first ones. */
export function lastOfEach(all: readonly Candidate[]): Map<string, Candidate> {
  const last = new Map<string, Candidate>()
  for (const candidate of all) last.set(candidate.key, candidate)
  return last
}

function usedPlaceholders({ templateRaw, placeholders }: Candidate): string[] {
  return [...placeholders.keys()].filter((placeholder) => templateRaw.includes(placeholder))
}

function outcomeOf(kept: OwnKey | null, beaten: boolean, equal: boolean, isPort: boolean): Outcome {
  if (kept !== null) return 'kept'
  if (beaten) return equal ? 'same' : 'conflict'
  return isPort ? 'adjusted' : 'added'
}

function givenValue(
  candidate: Candidate,
  values: ReadonlyMap<string, string>,
  evaluateNext: typeof evaluate,
): string | null {
  if (candidate.kind === 'inherit') return null
  const result = candidateValue(candidate, (name) => values.get(name), evaluateNext)
  return result.ok ? result.value : null
}
