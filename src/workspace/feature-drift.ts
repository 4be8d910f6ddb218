/** Finds where `features:` in product.yaml and the features that the Compose files include differ. */
import { type Place, type Problem, problem } from '../problem.js'
import { composeFiles } from './compose-files.js'
import {
  lookupIn,
  nameFolder,
  type ProductIncludes,
  productIncludes,
  withoutComments,
} from './included-features.js'
import type { NamedFeature } from './layout.js'
import { firstFile, readFile, type Workspace } from './workspace.js'

/**
 * @param settingsFile the product.yaml that lists the features
 * @param env the product env, a byte string
 */
export async function featureDrift(
  workspace: Workspace,
  product: string,
  settingsFile: string,
  listed: readonly NamedFeature[],
  env: string,
): Promise<Problem[]> {
  const names = new Set(listed.map(({ feature }) => feature))
  const { files } = composeFiles(workspace, product, lookupIn(env))
  if (isPlainlyInStep(workspace, files, names)) return []
  const includes = await productIncludes(workspace, product, env)
  const unlisted = includes.paths.flatMap(({ feature, place }) => {
    if (feature === null || names.has(feature) || !workspace.features.includes(feature)) return []
    const message = `Product ${product} includes feature ${feature}, but ${settingsFile} does not list it, so it is not merged`
    return drift(place, message, product, feature)
  })
  if (!usesIncludes(workspace, includes)) return unlisted
  const used = new Set(includes.paths.map(({ feature }) => feature))
  const suspects = listed.filter(({ feature }) => !used.has(feature))
  const absent = suspects.filter(({ feature }) => !isUsed(workspace, includes, feature))
  const excluded = absent.map(({ feature, place }) => {
    const message = `Product ${product} lists feature ${feature}, but no Compose file of the product includes it, so it does not run`
    return drift(place, message, product, feature)
  })
  return [...unlisted, ...excluded]
}

/** Compares by the text: to load the parser of Compose files takes time in every merge. */
function isPlainlyInStep(
  workspace: Workspace,
  files: readonly string[],
  listed: ReadonlySet<string>,
): boolean {
  const plain = withoutComments(workspace, files)
  if (plain.some(({ text }) => /\$.*\.ya?ml/.test(text))) return false
  return workspace.features.every((feature) => {
    const { folder, composeFiles } = workspace.layout.feature(feature)
    if (nameFolder(plain, folder)) return listed.has(feature)
    return !listed.has(feature) || firstFile(workspace, composeFiles).text === null
  })
}

function drift(place: Place, message: string, product: string, feature: string): Problem {
  const next = `Run product add ${product} ${feature}, or product remove ${product} ${feature}.`
  return problem('feature-drift', place, message, next)
}

/** Returns false for a product that gets its services in another way, such as `extends:`, or with an unknown path. */
function usesIncludes(workspace: Workspace, { files, paths, problems }: ProductIncludes): boolean {
  if (problems.length > 0 || paths.some(({ isKnown }) => !isKnown)) return false
  const isEmptied = () =>
    files.some((file) => /^include: *(?:\[ *\] *)?(?:#.*)?\r?$/m.test(readFile(workspace, file).text ?? ''))
  return paths.length === 0 ? isEmptied() : paths.some(({ feature }) => feature !== null)
}

/** Returns true for a feature without a Compose file, or whose folder a Compose file of the product or of its features names. */
function isUsed(workspace: Workspace, { files, paths }: ProductIncludes, feature: string): boolean {
  const { folder, composeFiles } = workspace.layout.feature(feature)
  if (firstFile(workspace, composeFiles).text === null) return true
  if (nameFolder(withoutComments(workspace, files), folder)) return true
  const included = new Set(paths.flatMap((path) => path.feature ?? []))
  return [...included].some((other) => {
    const { text } = firstFile(workspace, workspace.layout.feature(other).composeFiles)
    return text?.includes(`../${feature}/`) ?? false
  })
}
