/** What the features would give a product, and which of them counts for each key. */
import { refusalProblem } from '../env/refusal.js'
import { type Problem, problem } from '../problem.js'
import { type Candidate, candidatesOf } from './candidates.js'
import type { ProductSource } from './source.js'

/** What a feature would give the product. */
export interface Offer {
  readonly all: readonly Candidate[]
  /** For each key its last statement, as Compose reads it, in the order of the first ones. */
  readonly last: readonly Candidate[]
}

/**
 * The candidates of every feature that has a template, in the product's order; and for each key the one that counts:
 * the last statement of the first feature to state it.
 */
export function offersOf(source: ProductSource) {
  const problems: Problem[] = []
  const offers = new Map<string, Offer>()
  const winners = new Map<string, Candidate>()
  for (const feature of source.features) {
    const { name, template } = feature
    if (template === null) continue
    const { refusal } = template.doc
    if (refusal !== null) problems.push(refusalProblem(template.file, { ...refusal, kind: 'parse' }))
    const all = candidatesOf(feature, template, source.name, source.offset)
    const last = new Map(all.map((candidate) => [candidate.key, candidate]))
    for (const [key, candidate] of last) if (!winners.has(key)) winners.set(key, candidate)
    for (const duplicate of duplicates(all, last)) problems.push(duplicate)
    offers.set(name, { all, last: [...last.values()] })
  }
  return { offers, winners, problems }
}

/** One problem a key, at its first statement, however often it is stated. */
function duplicates(all: readonly Candidate[], last: ReadonlyMap<string, Candidate>): Problem[] {
  const first = new Map<string, Candidate>()
  for (const candidate of all) if (!first.has(candidate.key)) first.set(candidate.key, candidate)
  return [...first.values()]
    .filter((candidate) => last.get(candidate.key) !== candidate)
    .map(({ key, origin: { file }, line }) => {
      const winner = last.get(key) as Candidate
      const message = `${key} is stated again, the last time in line ${winner.line}, which counts`
      return problem('duplicate-key', { file, line }, message, 'Keep one of the lines.')
    })
}
