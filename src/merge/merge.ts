/** Plans the merge of a product: from its texts to what each variable comes to, and the text that follows. */
import { type EnvDocument, parseEnv } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { evaluator, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { OWN_PORTS } from '../ports/own.js'
import { hasErrors, type Problem } from '../problem.js'
import { append } from './append.js'
import { type Assembly, assemble } from './assemble.js'
import type { Candidate } from './candidates.js'
import { conflict, forward, reserved, strayMark } from './complaints.js'
import { createFromExample } from './create.js'
import { entryOf } from './entries.js'
import { type Offer, offersOf } from './offers.js'
import { forwardReferences } from './order.js'
import { decideSections, type MergeOptions, type OwnKey, ownKeys, type SectionFate } from './ownership.js'
import type { ProductPlan } from './plan.js'
import { PROJECT, projectNameProblem } from './project-name.js'
import { prove } from './proof.js'
import { findSections, type Section } from './sections.js'
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
  const isStale = staleness(source, doc, winners)
  const fates = decideSections(sections, { features, templates, isStale }, options)
  const keepsAll = fates.every(({ fate }) => fate === 'keep')
  const reading = readEnv(doc, new Map(), source.earlier)
  append(
    problems,
    reading.refusals.map((refusal) => refusalProblem(file, refusal)),
  )
  append(
    problems,
    stray.map((mark) => strayMark(file, mark)),
  )
  append(problems, found)
  const own = ownKeys(doc, fates, templates)
  const chosen = choose(offers, winners, own)
  for (const candidate of [...chosen.values()].flat()) {
    append(problems, candidate.problems)
    reserved(candidate, source.allow, problems)
  }

  const assembly = assemble(doc, fates, chosen, winners)
  const proof = prove({ doc, reading, earlier: source.earlier, isNew: create }, assembly, source.env.file)
  const { after } = proof
  append(problems, proof.problems)
  for (const reference of forwardReferences(doc, assembly, source.earlier)) {
    const { key } = reference
    const isLost = reading.values.has(key) && reading.values.get(key) !== after(key)
    problems.push(forward(reference, isLost, file))
  }
  append(problems, badProjectName(doc, assembly, after, file))
  const unchanged = keepsAll ? [] : unchangedKeys(doc, reading.values, after)
  const kept = new Map([...unchanged, ...own])
  const merged = { doc, kept, winners, after, evaluateNext: evaluator() }
  const entries = [...offers.values()].flatMap(({ last }) => last.map((each) => entryOf(each, merged)))
  for (const entry of entries) if (entry.outcome === 'conflict') problems.push(conflict(entry))

  const empty = source.env.text === null && !create && assembly.text === ''
  return {
    product: source.name,
    instance: source.instance ?? null,
    offset: { value: source.offset.value, from: source.offset.from },
    file: source.env.file,
    before: source.env.text,
    after: empty || hasErrors(problems) ? source.env.text : assembly.text,
    createdFrom: create ? source.example.file : null,
    merged: [...templates].filter((name) => name !== OWN_PORTS),
    entries,
    sections: assembly.sections,
    dropped: keepsAll ? [] : droppedKeys(doc, assembly),
    orphaned: orphans(fates, features),
    problems,
  }
}

/** Whether a section of the tool's own, that of an overlay, states what is not to be stated any more. */
function staleness(source: ProductSource, doc: EnvDocument, winners: ReadonlyMap<string, Candidate>) {
  const generated = new Set(source.features.flatMap(({ name, template }) => (template?.isOwn ? name : [])))
  return ({ feature, start, end }: Section): boolean =>
    generated.has(feature) &&
    doc.statements.some((each) => start < each.start && each.start < end && !winners.has(each.key))
}

/** What each feature adds: of the keys that the product env does not state, those that count. */
function choose(
  offers: ReadonlyMap<string, Offer>,
  winners: ReadonlyMap<string, Candidate>,
  own: ReadonlyMap<string, OwnKey>,
): Map<string, readonly Candidate[]> {
  const chosen = new Map<string, readonly Candidate[]>()
  for (const [feature, { all }] of offers) {
    const isChosen = ({ key, origin }: Candidate) => !own.has(key) && winners.get(key)?.origin === origin
    chosen.set(feature, all.filter(isChosen))
  }
  return chosen
}

function badProjectName(doc: EnvDocument, { expected }: Assembly, after: Lookup, file: string): Problem[] {
  const name = after(PROJECT)
  if (name === undefined) return []
  const isName = ({ key }: { key: string }) => key === PROJECT
  const added = expected.findLast(isName)
  const line = (added ?? doc.statements.findLast(isName))?.line
  return line === undefined ? [] : projectNameProblem(name, { file: added?.origin?.file ?? file, line })
}

/** The features of untouched sections that stay, though the product does not have them any more. */
function orphans(fates: readonly SectionFate[], features: ReadonlySet<string>): string[] {
  const kept = fates.filter(({ section, fate }) => fate === 'keep' && section.untouched)
  return [...new Set(kept.map(({ section }) => section.feature))].filter((name) => !features.has(name))
}

/** What the old text states and the new one, of which a section is rewritten or dropped, does not. */
function droppedKeys({ statements }: EnvDocument, { expected }: Assembly): string[] {
  const stays = new Set(expected.map(({ key }) => key))
  return [...new Set(statements.map(({ key }) => key))].filter((key) => !stays.has(key))
}

/** What a rewritten section says just as before is kept, too. */
function unchangedKeys(
  { statements }: EnvDocument,
  before: ReadonlyMap<string, string>,
  after: Lookup,
): Map<string, OwnKey> {
  const same = new Map<string, OwnKey>()
  for (const { key, line } of statements) {
    const value = after(key)
    if (value !== undefined && value === before.get(key))
      same.set(key, { line, untouched: true, statement: null })
  }
  return same
}
