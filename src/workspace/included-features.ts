/** The features that a product's Compose files include. */
import { relative, resolve } from 'node:path'
import { decode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { expand, type Lookup, references } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { type Place, type Problem, problem } from '../problem.js'
import { composeFiles, textLookup } from './compose-files.js'
import type { NamedFeature } from './layout.js'
import { readFile, type Workspace } from './workspace.js'

export interface ProductIncludes {
  readonly paths: readonly {
    /** The feature in whose folder it is; null for another file, or if the path has an unknown variable. */
    readonly feature: string | null
    readonly isKnown: boolean
    /** Without variables expanded. */
    readonly written: string
    readonly place: { readonly file: string; readonly line: number }
  }[]
  /** The Compose files, each overriding those before it. */
  readonly files: readonly string[]
  /** The project directory, where the paths start: relative to the workspace, or absolute. */
  readonly directory: string
  readonly problems: readonly Problem[]
}

/** Returns the features that a product includes, in order; null if it includes none. */
export function includedFeatures({ paths }: ProductIncludes): NamedFeature[] | null {
  const features = paths.flatMap(({ feature, place }) => (feature === null ? [] : { feature, place }))
  return features.length > 0 || paths.some(({ isKnown }) => !isKnown) ? features : null
}

/** Looks up variables of a product env, a byte string; Compose files need it so rarely that it is read only on demand. */
export function lookupIn(env: string): Lookup {
  let values: ReadonlyMap<string, string> | undefined
  return (name) => {
    if (!env.includes(name)) return undefined
    values ??= readEnv(parseEnv(env)).values
    return values.get(name)
  }
}

/** Reads the `include:` of the product's Compose files. @param env the product env, a byte string, for variables in the paths */
export async function productIncludes(
  workspace: Workspace,
  product: string,
  env: string,
): Promise<ProductIncludes> {
  const bytesOf = lookupIn(env)
  const { files, directory, problems: found } = composeFiles(workspace, product, bytesOf)
  const problems = [...found]
  const paths: ProductIncludes['paths'][number][] = []
  for (const file of files) {
    const { text, problems: unread } = readFile(workspace, file)
    problems.push(...unread)
    if (!text?.includes('include')) continue
    const { includePaths } = await import('../compose/include.js')
    const includes = includePaths(decode(text), file)
    problems.push(...includes.problems)
    for (const entry of includes.entries) {
      const place = { file, line: entry.span.line }
      for (const written of entry.paths) {
        const path = expanded(written, textLookup(bytesOf), place)
        const isKnown = typeof path === 'string'
        if (!isKnown) problems.push(path)
        const { root, layout } = workspace
        const feature = isKnown ? layout.featureAt(relative(root, resolve(root, directory, path))) : null
        paths.push({ feature, isKnown, written, place })
      }
    }
  }
  return { paths, files, directory, problems }
}

export interface PlainText {
  readonly file: string
  /** Without comments. */
  readonly text: string
}

export function withoutComments(workspace: Workspace, files: readonly string[]): PlainText[] {
  return files.map((file) => {
    return { file, text: (readFile(workspace, file).text ?? '').replace(/(?:^|\s)#.*$/gm, '') }
  })
}

/** Returns true if a Compose file is in a folder or names it, in an `extends:` for example. */
export function nameFolder(files: readonly PlainText[], folder: string): boolean {
  return files.some(({ file, text }) => file.startsWith(`${folder}/`) || text.includes(`${folder}/`))
}

/** Expands the variables of a path; returns a problem if one is not set. */
function expanded(path: string, lookup: Lookup, place: Place): string | Problem {
  const unknown = references(path).find(({ name, operator }) => operator === '' && lookup(name) === undefined)
  const result = expand(path, lookup)
  if (unknown === undefined && result.ok) return result.value
  const what = unknown === undefined ? 'The path cannot be expanded' : `${unknown.name} is not set`
  const next = 'Set it in the product env, or list the features in product.yaml (features:).'
  return problem('unread-include', place, `${what}, so the included feature is not known`, next)
}
