/** Gives a product one more feature: the edits of its `product.yaml` and of the `include:` of its Compose file, and their proof. */

import { join, relative, resolve, sep } from 'node:path'
import { planMerge } from '../merge/merge.js'
import type { ProductSource, TextSource } from '../merge/source.js'
import { OWN_PORTS } from '../ports/own.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { loadCompose } from '../workspace/compose.js'
import { productIncludes } from '../workspace/included-features.js'
import { loadProduct } from '../workspace/product.js'
import { readFile, type Workspace, withTexts } from '../workspace/workspace.js'
import { withListItem } from '../workspace/yaml-edit.js'

/** A change of a file. Both texts are byte strings. */
export interface Edit {
  /** Relative to the workspace. */
  readonly file: string
  /** Null: no such file. */
  readonly before: string | null
  readonly after: string
  /** For people: what has become of the file. */
  readonly done: string
}

/** A workspace as it will be: with a feature more, and with files that are not written yet. Nothing of it is remembered by the other. */
export function withFiles(workspace: Workspace, feature: string, files: readonly Edit[]): Workspace {
  return {
    ...withTexts(workspace, files),
    features: [...new Set([...workspace.features, feature])].sort(),
    templates: new Map(),
  }
}

/**
 * The edits that give a product a feature.
 * @param workspace with the feature in it already
 * @param variable the feature's port variable
 * @param problems gets what is in the way; with an error among them the edits are not to be written
 * @returns the edits, and the path that is left to be added to `include:` by hand; null for none
 */
export async function addFeature(
  workspace: Workspace,
  product: string,
  feature: string,
  variable: string,
  problems: Problem[],
): Promise<{ edits: readonly Edit[]; toInclude: string | null }> {
  const loaded = await loadProduct(workspace, product)
  problems.push(...loaded.problems)
  if (hasErrors(loaded.problems)) return { edits: [], toInclude: null }
  const edits: Edit[] = []
  const listed = loaded.settings.features
  if (listed === undefined || !listed.includes(feature)) {
    const names = loaded.source.features.map(({ name }) => name)
    const current = listed ?? names.filter((name) => name !== OWN_PORTS && name !== feature)
    const source = readFile(workspace, loaded.settingsFile)
    const done =
      listed === undefined ? `features: stated, ${feature} the last of them` : `features: ${feature} added`
    const edit = listEdit(source, 'features', feature, listed === undefined ? current : null, done, problems)
    if (edit !== null) edits.push(edit)
  }
  const { edit, path } = await includeEdit(workspace, loaded.source, feature, problems)
  if (edit !== null) edits.push(edit)
  if (!hasErrors(problems)) problems.push(...(await disproof(workspace, product, feature, variable, edits)))
  return { edits, toInclude: edit === null ? path : null }
}

/**
 * The edit by which the product's Compose files include the feature's, and the path that it adds. Null for the path:
 * they include it already. Null for the edit alone: they include nothing, so it is not known where the user wants it.
 */
async function includeEdit(
  workspace: Workspace,
  { name, env, example }: ProductSource,
  feature: string,
  problems: Problem[],
): Promise<{ edit: Edit | null; path: string | null }> {
  const text = env.text ?? example.text ?? ''
  const includes = await productIncludes(workspace, name, text)
  const { paths, directory } = includes
  problems.push(...includes.problems)
  if (paths.some((each) => each.feature === feature)) return { edit: null, path: null }
  const { root, layout } = workspace
  const wanted = join(root, layout.feature(feature).newComposeFile)
  const path = relative(resolve(root, directory), wanted).split(sep).join('/')
  const { file } = (paths.find((each) => each.feature !== null) ?? paths[0])?.place ?? {}
  if (file === undefined || hasErrors(problems)) return { edit: null, path }
  if (layout.productAt(file) === name) {
    const source = readFile(workspace, file)
    return { edit: listEdit(source, 'include', path, null, `include: ${path} added`, problems), path }
  }
  // COMPOSE_FILE may name a file that other products have as well.
  const next = `Add "${path}" to include: by hand.`
  problems.push(problem('cannot-edit', { file }, `it is not in the folder of product ${name}`, next))
  return { edit: null, path }
}

function listEdit(
  { file, text }: TextSource,
  key: string,
  item: string,
  earlier: readonly string[] | null,
  done: string,
  problems: Problem[],
): Edit | null {
  const after = withListItem(text, key, item, earlier)
  if (after !== null) return { file, before: text, after, done }
  const message = `An item cannot be added to ${key}: without rewriting the file`
  problems.push(problem('cannot-edit', { file }, message, `Add "${item}" to ${key}: by hand.`))
  return null
}

/** Reads the product as it will be: whether it has the feature, and whether Compose would still read all that it reads now. */
async function disproof(
  workspace: Workspace,
  product: string,
  feature: string,
  variable: string,
  edits: readonly Edit[],
): Promise<Problem[]> {
  const now = await problemsOf(workspace, product)
  const later = await problemsOf(withFiles(workspace, feature, edits), product)
  const known = new Set(now.problems.map(identity))
  const fresh = later.problems.filter((each) => each.severity === 'error' && !known.has(identity(each)))
  if (fresh.length === 0 && later.variables.has(variable)) return []
  const file = edits.at(-1)?.file ?? (workspace.layout.product(product).settings[0] as string)
  const why = fresh[0]?.message ?? `the product would not get ${variable}`
  const next = 'Give the feature another name, or leave out --add-to and add it by hand.'
  return [
    problem('cannot-edit', { file }, `${feature} cannot be added to ${product}: ${why}`, next),
    ...fresh,
  ]
}

/** Lines move by an edit, so they do not count. */
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
