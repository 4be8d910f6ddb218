/** The features that a product's Compose files take in. */
import { relative, resolve } from 'node:path'
import { decode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { expand, references } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { type Place, type Problem, problem } from '../problem.js'
import { composeFiles } from './compose-files.js'
import { readFile, type Workspace } from './workspace.js'

/** A feature, and where it is said that the product has it. */
export interface NamedFeature {
  readonly feature: string
  readonly place: Place
}

/** A path that a product's Compose files include. */
interface IncludedPath {
  /** The feature in whose folder it is; null for another file, and where a variable in the path is not known yet. */
  readonly feature: string | null
  readonly isKnown: boolean
  readonly place: { readonly file: string; readonly line: number }
}

/**
 * The features that the product's Compose files include, in order; null if they include none.
 * @param env the product env as it is, a byte string: what variables in the paths stand for
 */
export async function includedFeatures(
  workspace: Workspace,
  product: string,
  env: string,
  problems: Problem[],
): Promise<NamedFeature[] | null> {
  const { paths } = await productIncludes(workspace, product, env, problems)
  const features = paths.flatMap(({ feature, place }) => (feature === null ? [] : { feature, place }))
  return features.length > 0 || paths.some(({ isKnown }) => !isKnown) ? features : null
}

/**
 * What the product's Compose files include, in order, and where the paths start: relative to the workspace, or absolute.
 * @param env as for `includedFeatures`
 */
export async function productIncludes(
  workspace: Workspace,
  product: string,
  env: string,
  problems: Problem[],
): Promise<{ paths: readonly IncludedPath[]; directory: string }> {
  let values: ReadonlyMap<string, string> | undefined
  // Reading a large product env for a name that is hardly ever in it would not pay.
  const bytesOf = (name: string): string | undefined => {
    if (!env.includes(name)) return undefined
    values ??= readEnv(parseEnv(env)).values
    return values.get(name)
  }
  const { files, directory } = composeFiles(workspace, product, bytesOf, problems)
  const paths: IncludedPath[] = []
  for (const file of files) {
    const { text } = readFile(workspace, file, problems)
    if (!text?.includes('include')) continue
    const { includePaths } = await import('../compose/include.js')
    const includes = includePaths(decode(text), file)
    problems.push(...includes.problems)
    for (const entry of includes.entries) {
      const place = { file, line: entry.span.line }
      for (const written of entry.paths) {
        const path = expanded(written, bytesOf, place, problems)
        const feature = path === null ? null : featureAt(workspace, directory, path)
        paths.push({ feature, isKnown: path !== null, place })
      }
    }
  }
  return { paths, directory }
}

/** The feature in whose folder a path leads; null for none. */
function featureAt({ root, layout }: Workspace, directory: string, path: string): string | null {
  return layout.featureAt(relative(root, resolve(root, directory, path)))
}

/** A path with its variables expanded; null, with a problem, where one of them is not known yet. */
function expanded(
  path: string,
  bytesOf: (name: string) => string | undefined,
  place: Place,
  problems: Problem[],
): string | null {
  const lookup = (name: string): string | undefined => {
    const value = bytesOf(name)
    return value === undefined ? undefined : decode(value)
  }
  const unknown = references(path).find(({ name, operator }) => operator === '' && lookup(name) === undefined)
  const result = expand(path, lookup)
  if (unknown === undefined && result.ok) return result.value
  const what = unknown === undefined ? 'this path cannot be expanded' : `${unknown.name} is not set`
  const next = 'Set it in the product env, or list the features in product.yaml (features:).'
  problems.push(
    problem('unread-include', place, `${what}, so which feature is included here is not known`, next),
  )
  return null
}
