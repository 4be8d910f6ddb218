/** Gives a product one more feature: the edits of its `product.yaml` and of the `include:` of its Compose file, and their proof. */

import { decode, encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { planMerge } from '../merge/merge.js'
import type { TextSource } from '../merge/source.js'
import { OWN_PORTS } from '../ports/own.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { withListItem } from '../scaffold/yaml-list.js'
import { loadCompose } from './compose.js'
import { featureFolder, productFile, productFolder } from './layout.js'
import { loadProduct } from './product.js'
import { readComposeFile, readFile, type Workspace } from './workspace.js'

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
  const texts = files.map(({ file, after }) => [file, { text: after, problem: null }] as const)
  return {
    ...workspace,
    features: [...new Set([...workspace.features, feature])].sort(),
    texts: new Map([...workspace.texts, ...texts]),
    templates: new Map(),
  }
}

/**
 * The edits that give a product a feature.
 * @param workspace with the feature in it already
 * @param variable the feature's port variable
 * @param problems gets what is in the way; with an error among them the edits are not to be written
 * @returns the edits, and whether the product's Compose file takes the feature's in once they are written
 */
export async function addFeature(
  workspace: Workspace,
  product: string,
  feature: string,
  variable: string,
  problems: Problem[],
): Promise<{ edits: readonly Edit[]; included: boolean }> {
  const loaded = await loadProduct(workspace, product)
  problems.push(...loaded.problems)
  if (hasErrors(loaded.problems)) return { edits: [], included: false }
  const edits: Edit[] = []
  const listed = loaded.settings.features
  if (listed === undefined || !listed.includes(feature)) {
    const names = loaded.source.features.map(({ name }) => name)
    const current = listed ?? names.filter((name) => name !== OWN_PORTS && name !== feature)
    const source = readFile(workspace, loaded.settingsFile, problems)
    const done =
      listed === undefined ? `features: stated, ${feature} the last of them` : `features: ${feature} added`
    const edit = listEdit(source, 'features', feature, listed === undefined ? current : null, done, problems)
    if (edit !== null) edits.push(edit)
  }
  const compose = readComposeFile(workspace, productFolder(product), problems)
  const path = `../../${featureFolder(feature)}/compose.yaml`
  const included = await includes(compose, feature, problems)
  if (included === 'others' && !hasErrors(problems)) {
    const edit = listEdit(compose, 'include', path, null, `include: ${path} added`, problems)
    if (edit !== null) edits.push(edit)
  }
  if (!hasErrors(problems)) problems.push(...(await disproof(workspace, product, feature, variable, edits)))
  return { edits, included: included !== 'none' }
}

/** Whether a Compose file takes others in, and this feature's among them. */
async function includes(
  { file, text }: TextSource,
  feature: string,
  problems: Problem[],
): Promise<'none' | 'others' | 'feature'> {
  if (text === null) return 'none'
  const { includePaths } = await import('../compose/include.js')
  const found = includePaths(decode(text), file)
  problems.push(...found.problems)
  const paths = found.entries.flatMap((entry) => entry.paths)
  if (paths.some((path) => path.includes(`/${featureFolder(feature)}/`))) return 'feature'
  return paths.length > 0 ? 'others' : 'none'
}

function listEdit(
  { file, text }: TextSource,
  key: string,
  item: string,
  earlier: readonly string[] | null,
  done: string,
  problems: Problem[],
): Edit | null {
  const before = text === null ? null : decode(text)
  // Bytes that are no UTF-8 would not survive the way through a text.
  const isText = before === null || encode(before) === text
  const after = isText ? withListItem(before ?? '', key, item, earlier) : null
  if (after !== null) return { file, before: text, after: encode(after), done }
  const message = isText ? `its ${key}: cannot be added to without rewriting the file` : 'it is not UTF-8'
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
  const file = edits.at(-1)?.file ?? productFile(product, 'product.yaml')
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
  const { values } = readEnv(parseEnv(plan.after ?? ''))
  const found: Problem[] = []
  const { compose } = loadCompose(workspace, product, values, found)
  return {
    problems: [...problems, ...plan.problems, ...found, ...(compose?.problems ?? [])],
    variables: new Set(values.keys()),
  }
}
