/** What the features would give a product, and which of them counts for each key. */
import { addReferences } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { type Problem, problem } from '../problem.js'
import { append } from './append.js'
import { type Candidate, candidatesOf } from './candidates.js'
import type { ProductSource } from './source.js'

/** What a feature would give the product. */
export interface Offer {
  readonly all: readonly Candidate[]
  /** For each key its last statement, as Compose reads it, in the order of the first ones. */
  readonly last: readonly Candidate[]
  /** It states no key that an earlier feature states, and none twice. */
  readonly isFirst: boolean
}

/**
 * The candidates of every feature that has a template, in the product's order; and for each key the one that counts:
 * the last statement of the first feature to state it.
 */
export function offersOf(source: ProductSource, problems: Problem[]) {
  const offers = new Map<string, Offer>()
  const winners = new Map<string, Candidate>()
  for (const feature of source.features) {
    const { name, template } = feature
    if (template === null) {
      const next = `Add features/${name}/.env.example, or take the feature out of the product.`
      problems.push(
        problem('no-template', { file: `features/${name}` }, `feature ${name} has no .env.example`, next),
      )
      continue
    }
    const { refusal } = template.doc
    if (refusal !== null) problems.push(refusalProblem(template.file, { ...refusal, kind: 'parse' }))
    const all = candidatesOf(feature, template, source.name, source.offset)
    let isFirst = true
    for (const candidate of all) {
      const winner = winners.get(candidate.key)
      if (winner !== undefined) isFirst = false
      if (winner === undefined || winner.origin === candidate.origin) winners.set(candidate.key, candidate)
    }
    if (!isFirst) append(problems, duplicates(all))
    offers.set(name, { all, last: isFirst ? all : [...lastOfEach(all).values()], isFirst })
  }
  return { offers, winners }
}

/** The names whose values count in a merge: those that templates state, and those that their values refer to. */
export function askedBy(
  offers: ReadonlyMap<string, Offer>,
  winners: ReadonlyMap<string, Candidate>,
): (name: string) => boolean {
  const referred = new Set<string>()
  for (const { all } of offers.values()) {
    for (const { templateRaw, statement, raw, quote } of all) {
      addReferences(referred, templateRaw, statement.quote)
      addReferences(referred, raw, quote)
    }
  }
  return (name) => winners.has(name) || referred.has(name)
}

/** For each key its last statement, in the order of the first ones. */
function lastOfEach(all: readonly Candidate[]): Map<string, Candidate> {
  const last = new Map<string, Candidate>()
  for (const candidate of all) last.set(candidate.key, candidate)
  return last
}

/** One problem a key, at its first statement, however often it is stated. */
function duplicates(all: readonly Candidate[]): Problem[] {
  const last = lastOfEach(all)
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
