/** Plans the merge of a product: from its texts to what each variable comes to, and the text that follows. */
import { type EnvDocument, parseEnv } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { addReferences, evaluator, readEnv, readOnly } from '../env/read.js'
import { OWN_PORTS } from '../ports/own.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { append } from './append.js'
import { assemble } from './assemble.js'
import { type Candidate, candidatesOf } from './candidates.js'
import { createFromExample } from './create.js'
import { entryOf } from './entries.js'
import { decideSections, type MergeOptions, type OwnKey, ownKeys, type SectionFate } from './ownership.js'
import type { Entry, ProductPlan } from './plan.js'
import { prove } from './proof.js'
import { refusalProblem } from './refusal.js'
import { reservedReason } from './reserved.js'
import { findSections, type Section, type StrayMark } from './sections.js'
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
  const { sections, stray } = findSections(doc)
  const found: Problem[] = []
  const { offers, winners } = offersOf(source, found)
  const features = new Set(source.features.map(({ name }) => name))
  const templates = new Set(offers.keys())
  const generated = new Set(source.features.flatMap(({ name, template }) => (template?.isOwn ? name : [])))
  const isStale = ({ feature, start, end }: Section): boolean =>
    generated.has(feature) &&
    doc.statements.some((each) => start < each.start && each.start < end && !winners.has(each.key))
  const fates = decideSections(sections, { features, templates, isStale }, options)
  const keepsAll = fates.every(({ fate }) => fate === 'keep')
  // Where every line stays, nobody asks what those come to that no template knows.
  const reading =
    keepsAll && doc.statements.length > winners.size
      ? readOnly(doc, source.earlier, askedBy(offers, winners))
      : readEnv(doc, new Map(), source.earlier)
  append(
    problems,
    reading.refusals.map((refusal) => refusalProblem(file, refusal)),
  )
  append(
    problems,
    stray.map((mark) => strayMark(source.env.file, mark)),
  )
  append(problems, found)
  const own = ownKeys(doc, fates, winners)
  const chosen = new Map<string, readonly Candidate[]>()
  for (const [feature, { all, isFirst }] of offers) {
    const wins = ({ key, origin }: Candidate): boolean => isFirst || winners.get(key)?.origin === origin
    chosen.set(
      feature,
      all.filter((candidate) => !own.has(candidate.key) && wins(candidate)),
    )
  }
  for (const candidates of chosen.values()) {
    for (const candidate of candidates) {
      append(problems, candidate.problems)
      reserved(candidate, source.allow, problems)
    }
  }

  const assembly = assemble(doc, fates, chosen, winners)
  const proof = prove({ doc, reading, earlier: source.earlier }, assembly, source.env.file)
  const { after } = proof
  append(problems, proof.problems)
  const unchanged = keepsAll ? [] : unchangedKeys(doc, winners, reading.values, after)
  const merged = { kept: new Map([...unchanged, ...own]), winners, after, evaluateNext: evaluator() }
  const entries: Entry[] = []
  for (const { last } of offers.values())
    for (const candidate of last) entries.push(entryOf(candidate, merged))
  for (const entry of entries) if (entry.outcome === 'conflict') problems.push(conflict(entry))

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

/** What a feature would give the product. */
interface Offer {
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
function offersOf(source: ProductSource, problems: Problem[]) {
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
function askedBy(
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

/** What a rewritten section says just as before is kept, too. */
function unchangedKeys(
  { statements }: EnvDocument,
  asked: ReadonlyMap<string, unknown>,
  before: ReadonlyMap<string, string>,
  after: Lookup,
): Map<string, OwnKey> {
  const same = new Map<string, OwnKey>()
  for (const { key, line } of statements) {
    if (!asked.has(key)) continue
    const value = after(key)
    if (value !== undefined && value === before.get(key)) same.set(key, { line, untouched: true })
  }
  return same
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
    .map(({ key, origin: { file }, line }) => {
      const winner = last.get(key) as Candidate
      const message = `${key} is stated again, the last time in line ${winner.line}, which counts`
      return problem('duplicate-key', { file, line }, message, 'Keep one of the lines.')
    })
}

function reserved({ key, origin, line }: Candidate, allow: readonly string[], problems: Problem[]): void {
  const reason = reservedReason(key)
  if (reason === null || allow.includes(key)) return
  const { feature, file } = origin
  if (feature === OWN_PORTS) {
    const next = 'Give the port a variable of another name in "ports:".'
    problems.push(problem('reserved-variable', { file, line }, `${key} ${reason}; it can be no port`, next))
    return
  }
  const next = `Remove it from the template, or add "allow: [${key}]" to product.yaml if feature ${feature} may do that.`
  problems.push(
    problem('reserved-variable', { file, line }, `${key} ${reason}; a feature may not set it`, next),
  )
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
