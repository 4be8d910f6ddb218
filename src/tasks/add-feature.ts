/** Adds a feature to a product: edits its product.yaml and the `include:` of its Compose file, and verifies the result. */
import { join, relative, resolve, sep } from 'node:path'
import type { FileChange } from '../file-change.js'
import { planMerge } from '../merge/merge.js'
import type { ProductSource, TextSource } from '../merge/source.js'
import { isFeatureSection } from '../ports/own.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { loadCompose } from '../workspace/compose.js'
import { nameFolder, productIncludes, withoutComments } from '../workspace/included-features.js'
import { loadProduct } from '../workspace/product.js'
import { firstFile, readFile, type Workspace, withTexts } from '../workspace/workspace.js'
import { withListItem } from '../workspace/yaml-edit.js'

/** A file that is created, or that gets one more item in a list. */
export interface Edit extends FileChange {
  /** Null for a new file. */
  readonly added: AddedItem | null
}

interface AddedItem {
  readonly key: 'features' | 'include'
  readonly item: string
  /** The items before it in a new list; null if the list exists. */
  readonly earlier: readonly string[] | null
}

/** The result of adding a feature; with an error, the edits must not be written. */
export interface AddedFeature {
  readonly edits: readonly Edit[]
  /** The path that the user must add to `include:`; null if there is none. */
  readonly toInclude: string | null
  readonly problems: readonly Problem[]
}

/** Returns the workspace with a feature and files that are not written yet. */
export function withFiles(workspace: Workspace, feature: string, files: readonly FileChange[]): Workspace {
  return {
    ...withTexts(workspace, files),
    features: [...new Set([...workspace.features, feature])].sort(),
    templates: new Map(),
  }
}

/**
 * Plans the edits that give a product a feature.
 * @param workspace with the feature in it
 * @param variable the port variable of a new feature
 */
export async function addFeature(
  workspace: Workspace,
  product: string,
  feature: string,
  variable?: string,
): Promise<AddedFeature> {
  const { source, settings, settingsFile, problems: found } = await loadProduct(workspace, product)
  if (hasErrors(found)) return { edits: [], toInclude: null, problems: found }
  const listed = settings.features
  const all = source.features
    .map(({ name }) => name)
    .filter((name) => isFeatureSection(name) && name !== feature)
  const item: AddedItem = { key: 'features', item: feature, earlier: listed === undefined ? all : null }
  const { path, isIncluded, ...include } = await includeEdit(workspace, source, feature)
  // Without `features:`, the features are those that are included.
  const isListed = listed === undefined ? isIncluded : listed.includes(feature)
  const list = isListed ? NO_EDIT : listEdit(readFile(workspace, settingsFile), item)
  const edits = [list, include].flatMap(({ edit }) => edit ?? [])
  const problems = [...found, ...list.problems, ...include.problems]
  const wrong = hasErrors(problems) ? [] : await verifyEdits(workspace, product, feature, variable, edits)
  return { edits, toInclude: include.edit === null ? path : null, problems: [...problems, ...wrong] }
}

interface Edited {
  readonly edit: Edit | null
  readonly problems: readonly Problem[]
}

const NO_EDIT: Edited = { edit: null, problems: [] }

/**
 * Plans the edit that includes the feature's Compose file in the product's.
 * @returns with the path to include, null if it is included already; without an edit, the user must add the path
 */
async function includeEdit(
  workspace: Workspace,
  { name, env, example }: ProductSource,
  feature: string,
): Promise<Edited & { readonly path: string | null; readonly isIncluded: boolean }> {
  const includes = await productIncludes(workspace, name, env.text ?? example.text ?? '')
  const { paths, files, directory, problems } = includes
  const { root, layout } = workspace
  const isIncluded = paths.some((each) => each.feature === feature)
  const { composeFiles, folder } = layout.feature(feature)
  const { file: target, text } = firstFile(workspace, composeFiles)
  if (isIncluded || text === null || nameFolder(withoutComments(workspace, files), folder))
    return { edit: null, path: null, isIncluded, problems }
  const path = relative(resolve(root, directory), join(root, target)).split(sep).join('/')
  const place = (paths.find((each) => each.feature !== null) ?? paths[0])?.place
  const file = place?.file ?? files[0]
  const none = { edit: null, path, isIncluded }
  if (file === undefined || hasErrors(problems)) return { ...none, problems }
  if (layout.productAt(file) === name) {
    const item: AddedItem = { key: 'include', item: path, earlier: place === undefined ? [] : null }
    const { edit, problems: refused } = listEdit(readFile(workspace, file), item)
    return { ...none, edit, problems: [...problems, ...refused] }
  }
  // COMPOSE_FILE may name a file that other products use, too.
  const message = `This file is not in the folder of product ${name}, so it is not edited`
  const next = `Add "${path}" to include: by hand.`
  return { ...none, problems: [...problems, problem('cannot-edit', { file }, message, next)] }
}

function listEdit({ file, text }: TextSource, added: AddedItem): Edited {
  const { key, item, earlier } = added
  const after = withListItem(text, key, item, earlier)
  if (after !== null) return { edit: { file, before: text, after, added }, problems: [] }
  const message = `An item cannot be added to ${key}: without rewriting the file`
  const refused = problem('cannot-edit', { file }, message, `Add "${item}" to ${key}: by hand.`)
  return { edit: null, problems: [refused] }
}

/** Reads the product as edited: it must have the feature, and no new error. */
async function verifyEdits(
  workspace: Workspace,
  product: string,
  feature: string,
  variable: string | undefined,
  edits: readonly Edit[],
): Promise<Problem[]> {
  if (edits.length === 0) return []
  const now = await problemsOf(workspace, product)
  const later = await problemsOf(withFiles(workspace, feature, edits), product)
  const known = new Set(now.problems.map(identity))
  const fresh = later.problems.filter((each) => each.severity === 'error' && !known.has(identity(each)))
  if (fresh.length === 0 && (variable === undefined || later.variables.has(variable))) return []
  const file = edits.at(-1)?.file ?? (workspace.layout.product(product).settings[0] as string)
  const why = fresh[0]?.message ?? `the product would not have ${variable}`
  const message = `Feature ${feature} cannot be added to ${product}: ${why}`
  const next =
    variable === undefined
      ? 'Solve that first, or add it by hand.'
      : 'Give the feature another name, or leave out --add-to and add it by hand.'
  return [problem('cannot-edit', { file }, message, next), ...fresh]
}

/** Leaves out the line, which an edit moves. */
function identity({ code, file, message }: Problem): string {
  return JSON.stringify([code, file, message])
}

async function problemsOf(workspace: Workspace, product: string) {
  const { source, problems } = await loadProduct(workspace, product)
  const plan = planMerge(source)
  const { values } = plan
  const { compose, problems: found } = loadCompose(workspace, product, values)
  return {
    problems: [...problems, ...plan.problems, ...found, ...(compose?.problems ?? [])],
    variables: new Set(values.keys()),
  }
}
