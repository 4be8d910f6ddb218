/** Gives features to a product, or takes them from it: `features:` in product.yaml and the `include:` of its Compose files. */
import { encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import type { FileChange } from '../file-change.js'
import { findSections } from '../merge/sections.js'
import { isFeatureSection } from '../ports/own.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { productIncludes } from '../workspace/included-features.js'
import {
  badName,
  checkFeature,
  checkProduct,
  fixedWorkspace,
  isName,
  suggestion,
} from '../workspace/names.js'
import { loadProduct } from '../workspace/product.js'
import { readFile, type Workspace, withTexts } from '../workspace/workspace.js'
import { withListItem } from '../workspace/yaml-edit.js'
import { withoutListItem } from '../workspace/yaml-remove.js'
import { addFeature } from './add-feature.js'
import { savesOf } from './changes.js'

/** An item that is added to a list of a file, or removed from it. */
export interface ListEdit extends FileChange {
  readonly key: 'features' | 'include'
  readonly item: string
}

export interface FeatureEdits {
  /** In order; a file may be edited several times. */
  readonly edits: readonly ListEdit[]
  /** The same, each file once; empty if an error kept them from being written. */
  readonly files: readonly FileChange[]
  /** Paths that the user must add to `include:`. */
  readonly toInclude: readonly string[]
  /** Removed features that still have a section in the product env. */
  readonly sections: readonly string[]
  readonly problems: readonly Problem[]
}

export interface EditFeaturesTask {
  /** Plans only, and writes nothing. */
  readonly dryRun?: boolean
}

/** Gives features to a product. A feature that it has is left as it is. */
export async function addFeatures(
  workspace: Workspace,
  product: string,
  features: readonly string[],
  { dryRun = false }: EditFeaturesTask = {},
): Promise<FeatureEdits> {
  const unknown = features.map((feature) => checkFeature(workspace, feature))
  const problems = refusals(workspace, product, unknown)
  const edits: ListEdit[] = []
  const toInclude: string[] = []
  let later = workspace
  for (const feature of new Set(features)) {
    if (hasErrors(problems)) break
    const added = await addFeature(later, product, feature)
    problems.push(...added.problems)
    later = withTexts(later, added.edits)
    if (added.toInclude !== null) toInclude.push(added.toInclude)
    for (const { file, before, after, added: item } of added.edits)
      if (item !== null) edits.push({ file, before, after, key: item.key, item: item.item })
  }
  if (hasErrors(problems)) return nothing(problems)
  // Those of the first edit's result may be gone with the last.
  const { problems: left } = await loadProduct(later, product)
  return write(workspace, dryRun, { edits, toInclude, sections: [], problems: left })
}

/** Takes features from a product, including those whose folder is gone. The product env keeps their sections. */
export async function removeFeatures(
  workspace: Workspace,
  product: string,
  features: readonly string[],
  { dryRun = false }: EditFeaturesTask = {},
): Promise<FeatureEdits> {
  const problems = refusals(workspace, product, [])
  const edits: ListEdit[] = []
  let later = workspace
  for (const feature of new Set(features)) {
    if (hasErrors(problems)) break
    const removed = await removeFeature(later, product, feature)
    problems.push(...removed.problems)
    edits.push(...removed.edits)
    later = withTexts(later, removed.edits)
  }
  if (hasErrors(problems)) return nothing(problems)
  const { source, problems: left } = await loadProduct(later, product)
  const merged = findSections(parseEnv(source.env.text ?? '')).sections.map(({ feature }) => feature)
  const sections = features.filter((feature) => merged.includes(encode(feature)))
  return write(workspace, dryRun, { edits, toInclude: [], sections, problems: left })
}

function refusals(workspace: Workspace, product: string, features: readonly (Problem | null)[]): Problem[] {
  const useless = fixedWorkspace(workspace)
  if (useless !== null) return [useless]
  const unknown = [checkProduct(workspace, product), ...features].filter((each) => each !== null)
  return [...workspace.problems, ...unknown]
}

async function removeFeature(
  workspace: Workspace,
  product: string,
  feature: string,
): Promise<{ readonly edits: readonly ListEdit[]; readonly problems: readonly Problem[] }> {
  const { source, settings, settingsFile, problems: found } = await loadProduct(workspace, product)
  const broken = found.filter(({ code }) => code === 'bad-settings' || code === 'unreadable-file')
  if (hasErrors(broken)) return { edits: [], problems: broken }
  const { features: listed } = settings
  const includes = await productIncludes(workspace, product, source.env.text ?? source.example.text ?? '')
  if (hasErrors(includes.problems)) return { edits: [], problems: includes.problems }
  const included = includes.paths.filter((path) => path.feature === feature)
  const all = source.features.map(({ name }) => name).filter(isFeatureSection)
  const known = [
    ...new Set([...(listed ?? []), ...included.map(() => feature), ...all, ...workspace.features]),
  ]
  if (!known.includes(feature)) {
    if (!isName(feature)) return { edits: [], problems: [badName(feature, 'feature')] }
    const message = `Product ${product} has no feature ${feature}`
    return {
      edits: [],
      problems: [problem('no-feature', {}, message, suggestion(feature, known, 'features'))],
    }
  }
  const edits: ListEdit[] = []
  const problems: Problem[] = []
  let later = workspace
  const change = (file: string, key: ListEdit['key'], item: string, after: string | null) => {
    const { text: before } = readFile(later, file)
    if (after === null) {
      const message = `An item cannot be removed from ${key}: without rewriting the file`
      const next = `Remove "${item}" from ${key}: by hand.`
      problems.push(problem('cannot-edit', { file }, message, next))
    } else {
      edits.push({ file, before, after, key, item })
      later = withTexts(later, edits.slice(-1))
    }
  }
  const isInAll = listed === undefined && included.length === 0 && all.includes(feature)
  if (listed?.includes(feature)) {
    const { text } = readFile(workspace, settingsFile)
    const isItem = (value: unknown) => value === feature
    change(settingsFile, 'features', feature, withoutListItem(text ?? '', 'features', feature, isItem))
  } else if (isInAll) {
    const rest = all.filter((name) => name !== feature)
    const { text } = readFile(workspace, settingsFile)
    const last = rest.at(-1)
    const after = last === undefined ? null : withListItem(text, 'features', last, rest.slice(0, -1))
    change(settingsFile, 'features', feature, after)
  }
  for (const { written, place } of included) {
    const { text } = readFile(later, place.file)
    const isOwn = workspace.layout.productAt(place.file) === product
    const after = isOwn ? withoutListItem(text ?? '', 'include', feature, includesOnly(written)) : null
    change(place.file, 'include', written, after)
  }
  return { edits, problems }
}

/** Returns a test for an entry of `include:` that has this path, and no other. */
function includesOnly(written: string): (entry: unknown) => boolean {
  const path = encode(written)
  return (entry) => {
    const named = typeof entry === 'object' && entry !== null && 'path' in entry ? entry.path : entry
    return named === path || (Array.isArray(named) && named.length === 1 && named[0] === path)
  }
}

function nothing(problems: readonly Problem[]): FeatureEdits {
  return { edits: [], files: [], toInclude: [], sections: [], problems }
}

function write(workspace: Workspace, dryRun: boolean, planned: Omit<FeatureEdits, 'files'>): FeatureEdits {
  const changes = new Map<string, FileChange>()
  for (const { file, before, after } of planned.edits)
    changes.set(file, {
      file,
      before: changes.has(file) ? (changes.get(file)?.before ?? null) : before,
      after,
    })
  const files = [...changes.values()]
  const failed = dryRun ? [] : saveAll(savesOf(workspace, files, true))
  return failed.length > 0 ? nothing([...planned.problems, ...failed]) : { ...planned, files }
}
