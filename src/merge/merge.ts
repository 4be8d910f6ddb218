/** Plans the merge of a product: from its texts to what each variable comes to, and the text that follows. */
import { type EnvDocument, parseEnv } from '../env/document.js'
import { evaluator, readEnv } from '../env/read.js'
import { OWN_PORTS } from '../ports/own.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { append } from './append.js'
import { assemble } from './assemble.js'
import { type Candidate, candidatesOf } from './candidates.js'
import { createFromExample } from './create.js'
import { entriesOf, lastOfEach } from './entries.js'
import { decideSections, type MergeOptions, type OwnKey, ownKeys, type SectionFate } from './ownership.js'
import type { Entry, ProductPlan } from './plan.js'
import { prove } from './proof.js'
import { refusalProblem } from './refusal.js'
import { reservedReason } from './reserved.js'
import { findSections, type StrayMark } from './sections.js'
import type { ProductSource } from './source.js'

/**
 * Plans a merge. Pure: the same source and options give the same plan.
 * @returns the plan; with an error among its problems, `after` equals `before` and nothing may be written
 */
export function planMerge(source: ProductSource, options: MergeOptions = {}): ProductPlan {
  const problems: Problem[] = []
  const create = source.env.text === null && source.example.text !== null
  const text = source.env.text ?? createFromExample(source.example.text ?? '', source.name)
  const file = create ? source.example.file : source.env.file
  const doc = parseEnv(text)
  const reading = readEnv(doc, new Map(), source.earlier)
  append(
    problems,
    reading.refusals.map((refusal) => refusalProblem(file, refusal)),
  )
  const { sections, stray } = findSections(doc)
  append(
    problems,
    stray.map((mark) => strayMark(source.env.file, mark)),
  )

  const candidates = allCandidates(source, problems)
  const features = new Set(source.features.map(({ name }) => name))
  const templates = new Set(candidates.keys())
  const fates = decideSections(sections, { features, templates }, options)
  const winners = firstToState(candidates)
  const own = ownKeys(doc, fates, winners)
  const chosen = new Map(
    [...candidates].map(([feature, all]) => [
      feature,
      all.filter(({ key }) => !own.has(key) && winners.get(key)?.feature === feature),
    ]),
  )
  for (const candidate of [...chosen.values()].flat()) {
    append(problems, [...candidate.problems, ...reserved(candidate, source.allow)])
  }

  const assembly = assemble(doc, fates, chosen)
  const proof = prove({ doc, reading, earlier: source.earlier }, assembly, source.env.file)
  append(problems, proof.problems)
  const unchanged = unchangedKeys(doc, winners, reading.values, proof.values)
  const kept = new Map([...unchanged, ...own])
  const evaluateNext = evaluator()
  const entries = [...candidates.values()].flatMap((all) =>
    entriesOf(all, kept, winners, proof.values, evaluateNext),
  )
  append(problems, entries.filter(({ outcome }) => outcome === 'conflict').map(conflict))

  const empty = source.env.text === null && !create && assembly.text === ''
  return {
    product: source.name,
    instance: source.instance ?? null,
    offset: source.offset,
    file: source.env.file,
    before: source.env.text,
    after: empty || hasErrors(problems) ? source.env.text : assembly.text,
    createdFrom: create ? source.example.file : null,
    merged: [...templates].filter((name) => name !== OWN_PORTS),
    entries,
    sections: assembly.sections,
    orphaned: orphans(fates, features),
    problems,
  }
}

/** The features of untouched sections that stay, though the product does not have them any more. */
function orphans(fates: readonly SectionFate[], features: ReadonlySet<string>): string[] {
  const kept = fates.filter(({ section, fate }) => fate === 'keep' && section.untouched)
  return [...new Set(kept.map(({ section }) => section.feature))].filter((name) => !features.has(name))
}

/** The candidates of every feature that has a template, in the product's order. */
function allCandidates(source: ProductSource, problems: Problem[]): Map<string, Candidate[]> {
  const candidates = new Map<string, Candidate[]>()
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
    append(problems, duplicates(all))
    candidates.set(name, all)
  }
  return candidates
}

/** For each key the candidate that counts: of the first feature to state it, its last statement, as Compose reads it. */
function firstToState(candidates: ReadonlyMap<string, readonly Candidate[]>): Map<string, Candidate> {
  const winners = new Map<string, Candidate>()
  for (const candidate of [...candidates.values()].flat()) {
    const winner = winners.get(candidate.key)
    if (winner === undefined || winner.feature === candidate.feature) winners.set(candidate.key, candidate)
  }
  return winners
}

/** What a rewritten section says just as before is kept, too. */
function unchangedKeys(
  { statements }: EnvDocument,
  asked: ReadonlyMap<string, unknown>,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Map<string, OwnKey> {
  const same = statements.filter(
    ({ key }) => asked.has(key) && after.has(key) && after.get(key) === before.get(key),
  )
  return new Map(same.map(({ key, line }) => [key, { line, untouched: true }]))
}

function strayMark(file: string, { feature, line }: StrayMark): Problem {
  const message = `this mark of the section ${feature} has no counterpart; the text around it counts as the product's own`
  return problem(
    'broken-section',
    { file, line },
    message,
    'Delete the mark, or leave it: nothing depends on it.',
  )
}

/** One problem a key, at its first statement, however often it is stated. */
function duplicates(all: readonly Candidate[]): Problem[] {
  const last = lastOfEach(all)
  const first = new Map<string, Candidate>()
  for (const candidate of all) if (!first.has(candidate.key)) first.set(candidate.key, candidate)
  return [...first.values()]
    .filter((candidate) => last.get(candidate.key) !== candidate)
    .map(({ key, file, line }) => {
      const winner = last.get(key) as Candidate
      const message = `${key} is stated again, the last time in line ${winner.line}, which counts`
      return problem('duplicate-key', { file, line }, message, 'Keep one of the lines.')
    })
}

function reserved({ key, feature, file, line }: Candidate, allow: readonly string[]): Problem[] {
  const reason = reservedReason(key)
  if (reason === null || allow.includes(key)) return []
  if (feature === OWN_PORTS) {
    const next = 'Give the port a variable of another name in "ports:".'
    return [problem('reserved-variable', { file, line }, `${key} ${reason}; it can be no port`, next)]
  }
  const next = `Remove it from the template, or add "allow: [${key}]" to product.yaml if feature ${feature} may do that.`
  return [problem('reserved-variable', { file, line }, `${key} ${reason}; a feature may not set it`, next)]
}

function conflict({ key, feature, file, line, first }: Entry): Problem {
  if (first?.feature === OWN_PORTS) {
    const message = `${key} of feature ${feature} differs from what "ports:" gives (${first.file}:${first.line}), which wins`
    const next = `Set ${key} in the product env, or take it out of "ports:" to have the feature's.`
    return problem('conflict', { file, line }, message, next)
  }
  const winner = `${first?.feature} (${first?.file}:${first?.line})`
  const message = `${key} of feature ${feature} differs from what ${winner} states first, which wins`
  const next = `Set ${key} in the product env, or put ${feature} before ${first?.feature} in "features:" of product.yaml.`
  return problem('conflict', { file, line }, message, next)
}
