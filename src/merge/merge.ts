/** Plans the merge of a product: from its texts to what each variable comes to, and the text that follows. */
import { type EnvDocument, parseEnv } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { evaluator, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { OWN_PORTS } from '../ports/own.js'
import { hasErrors, type Problem } from '../problem.js'
import { type Assembly, assemble } from './assemble.js'
import type { Candidate } from './candidates.js'
import { entryOf } from './entries.js'
import { type Offer, offersOf } from './offers.js'
import { forwardReferences } from './order.js'
import { decideSections, type MergeOptions, type OwnKey, ownKeys, type SectionFate } from './ownership.js'
import { textFromExample } from './placeholder.js'
import type { ProductPlan } from './plan.js'
import { conflict, forward, reserved, strayMark } from './problems.js'
import { PROJECT, projectNameProblem } from './project-name.js'
import { prove } from './proof.js'
import { findSections, type Section } from './sections.js'
import type { ProductSource } from './source.js'

/**
 * Plans a merge. Pure: the same source and options give the same plan.
 * @returns the plan; with an error among its problems, `after` equals `before` and nothing may be written
 */
export function planMerge(source: ProductSource, options: MergeOptions = {}): ProductPlan {
  const { env, example, earlier } = source
  const isNew = env.text === null && example.text !== null
  const file = isNew ? example.file : env.file
  const doc = parseEnv(env.text ?? textFromExample(example.text ?? '', source.name))
  const reading = readEnv(doc, new Map(), earlier)
  const { sections, stray } = findSections(doc)
  const { offers, winners, problems: offered } = offersOf(source)
  const features = new Set(source.features.map(({ name }) => name))
  const templates = new Set(offers.keys())
  const isStale = staleness(source, doc, winners)
  const fates = decideSections(sections, { features, templates, isStale }, options)
  const own = ownKeys(doc, fates, templates)
  const chosen = choose(offers, winners, own)
  const assembly = assemble(doc, fates, chosen, winners)
  const proof = prove({ doc, reading, earlier, isNew }, assembly, env.file)
  const after = (key: string) => proof.values.get(key)

  const keepsAll = fates.every(({ fate }) => fate === 'keep')
  const unchanged = keepsAll ? [] : unchangedKeys(doc, reading.values, after)
  const merged = { doc, kept: new Map([...unchanged, ...own]), winners, after, evaluateNext: evaluator() }
  const entries = [...offers.values()].flatMap(({ last }) => last.map((each) => entryOf(each, merged)))
  const isLost = (key: string) => reading.values.has(key) && reading.values.get(key) !== after(key)
  const problems = [
    ...reading.refusals.map((refusal) => refusalProblem(file, refusal)),
    ...stray.map((mark) => strayMark(file, mark)),
    ...offered,
    ...[...chosen.values()].flat().flatMap((each) => [...each.problems, ...reserved(each, source.allow)]),
    ...proof.problems,
    ...forwardReferences(assembly.expected, earlier).map((each) => forward(each, isLost(each.key), file)),
    ...badProjectName(assembly, after, file),
    ...entries.filter(({ outcome }) => outcome === 'conflict').map(conflict),
  ]
  const isEmpty = env.text === null && !isNew && assembly.text === ''
  const stays = isEmpty || hasErrors(problems)
  return {
    product: source.name,
    instance: source.instance ?? null,
    offset: { value: source.offset.value, from: source.offset.from },
    file: env.file,
    before: env.text,
    after: stays ? env.text : assembly.text,
    ...(stays ? readingOf(isNew ? parseEnv('') : doc, earlier) : { doc: proof.doc, values: proof.values }),
    createdFrom: isNew ? example.file : null,
    merged: [...templates].filter((name) => name !== OWN_PORTS),
    entries,
    sections: assembly.sections,
    dropped: keepsAll ? [] : droppedKeys(doc, assembly),
    orphaned: orphans(fates, features),
    problems,
  }
}

function readingOf(doc: EnvDocument, earlier: ProductSource['earlier']) {
  return { doc, values: readEnv(doc, new Map(), earlier).values }
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

function badProjectName({ expected }: Assembly, after: Lookup, file: string): Problem[] {
  const name = after(PROJECT)
  const set = expected.findLast(({ key }) => key === PROJECT)
  if (name === undefined || set === undefined) return []
  return projectNameProblem(name, { file: set.origin?.file ?? file, line: set.line })
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
