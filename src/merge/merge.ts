/** Plans the merge of a product: from its texts to the value of each variable and the new text. */
import { type EnvDocument, parseEnv } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { evaluator, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { isFeatureSection } from '../ports/own.js'
import { hasErrors, type Problem } from '../problem.js'
import { type Assembly, assemble } from './assemble.js'
import { type Candidate, offersOf } from './candidates.js'
import { conflictProblem, entryOf } from './entries.js'
import { forwardReferences } from './forward-references.js'
import { readOffset } from './local-offset.js'
import { decideSections, type MergeOptions, type OwnKey, ownKeys } from './ownership.js'
import { textFromExample } from './placeholder.js'
import type { ProductPlan } from './plan.js'
import { PROJECT, projectNameProblem } from './project-name.js'
import { prove } from './proof.js'
import { reservedProblem } from './reserved.js'
import { findSections, type Section, strayMarkProblem } from './sections.js'
import type { ProductSource } from './source.js'

/**
 * Plans a merge. Pure: the same source and options give the same plan.
 * @returns the plan; with an error among its problems, `after` equals `before` and nothing may be written
 */
export function planMerge(source: ProductSource, options: MergeOptions = {}): ProductPlan {
  const { env, example, earlier, isCopy = false } = source
  const isNew = env.text === null && example.text !== null
  const file = isNew ? example.file : env.file
  const start = env.text ?? textFromExample(example.text ?? '', source.name)
  const read = readOffset(start, file, source.offset, options.offset)
  const { doc } = read
  const offset = isCopy ? source.offset : read.offset
  const reading = readEnv(doc, new Map(), earlier)
  const { sections, stray } = findSections(doc)
  const { offers, winners, problems: offered } = offersOf({ ...source, offset })
  const features = new Set(source.features.map(({ name }) => name))
  const templates = new Set(offers.keys())
  const isStale = staleness(source, doc, winners)
  const refresh = options.refresh || (options.offset !== undefined && !isCopy)
  const fates = decideSections(sections, { features, templates, isStale }, { ...options, refresh })
  const own = ownKeys(doc, fates, templates)
  const isChosen = ({ key, origin }: Candidate) => !own.has(key) && winners.get(key)?.origin === origin
  const chosen = new Map([...offers].map(([feature, { all }]) => [feature, all.filter(isChosen)]))
  const assembly = assemble(doc, fates, chosen, winners)
  const proof = prove({ doc, reading, earlier, isNew }, assembly, env.file)
  const after = (key: string) => proof.values.get(key)

  const before = (key: string) => reading.values.get(key)
  // Keys whose value a rewritten section does not change are kept, too.
  const same = doc.statements.filter(
    ({ key }) => !own.has(key) && after(key) !== undefined && after(key) === before(key),
  )
  const unchanged = same.map(({ key, line }): [string, OwnKey] => [
    key,
    { line, untouched: true, statement: null },
  ])
  const kept = new Map([...own, ...unchanged])
  const merged = { doc, kept, winners, after, evaluateNext: evaluator() }
  const entries = [...offers.values()].flatMap(({ last }) => last.map((each) => entryOf(each, merged)))
  const isLost = (key: string) => before(key) !== undefined && before(key) !== after(key)
  const problems = [
    ...reading.refusals.map((refusal) => refusalProblem(file, refusal)),
    ...(isCopy ? [] : read.problems),
    ...stray.map((mark) => strayMarkProblem(file, mark)),
    ...offered,
    ...[...chosen.values()].flat().flatMap((each) => [...each.problems, ...notAllowed(each, source.allow)]),
    ...proof.problems,
    ...forwardReferences(assembly.expected, earlier, file, isLost),
    ...badProjectName(assembly, after, file),
    ...entries.filter(({ outcome }) => outcome === 'conflict').map(conflictProblem),
  ]
  const orphans = fates.filter(
    ({ section, fate }) => fate === 'keep' && section.untouched && !features.has(section.feature),
  )
  const isEmpty = env.text === null && !isNew && assembly.text === ''
  const stays = isEmpty || hasErrors(problems)
  const old = isNew ? parseEnv('') : doc
  return {
    product: source.name,
    instance: source.instance ?? null,
    offset: { value: offset.value, from: offset.from },
    isPort: source.isPort,
    file: env.file,
    before: env.text,
    after: stays ? env.text : assembly.text,
    doc: stays ? old : proof.doc,
    values: stays ? readEnv(old, new Map(), earlier).values : proof.values,
    createdFrom: isNew ? example.file : null,
    merged: [...templates].filter((name) => isFeatureSection(name) && name !== source.name),
    entries,
    sections: assembly.sections,
    dropped: droppedKeys(doc, assembly),
    orphaned: [...new Set(orphans.map(({ section }) => section.feature))],
    problems,
  }
}

/** Returns a test for a section of an overlay that sets variables which the overlay no longer needs. */
function staleness(source: ProductSource, doc: EnvDocument, winners: ReadonlyMap<string, Candidate>) {
  const generated = new Set(source.features.flatMap(({ name, template }) => (template?.isOwn ? name : [])))
  return ({ feature, start, end }: Section): boolean =>
    generated.has(feature) &&
    doc.statements.some((each) => start < each.start && each.start < end && !winners.has(each.key))
}

function notAllowed({ key, origin, line }: Candidate, allow: readonly string[]): Problem[] {
  return allow.includes(key) ? [] : reservedProblem(key, origin.feature, { file: origin.file, line })
}

function badProjectName({ expected }: Assembly, after: Lookup, file: string): Problem[] {
  const name = after(PROJECT)
  const set = expected.findLast(({ key }) => key === PROJECT)
  if (name === undefined || set === undefined) return []
  return projectNameProblem(name, { file: set.origin?.file ?? file, line: set.line })
}

/** Keys of the old text that a rewritten or dropped section no longer sets. */
function droppedKeys({ statements }: EnvDocument, { expected }: Assembly): string[] {
  const stays = new Set(expected.map(({ key }) => key))
  return [...new Set(statements.map(({ key }) => key))].filter((key) => !stays.has(key))
}
