/** Creates a product: its folder with product.yaml, a Compose file that includes the features', and a template. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { encode } from '../env/bytes.js'
import type { FileChange } from '../file-change.js'
import { composeProjectName } from '../merge/project-name.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveInNewFolders } from '../save/save-all.js'
import { badName, checkFeature, fixedWorkspace, isName } from '../workspace/names.js'
import { firstFile, type Workspace } from '../workspace/workspace.js'
import { yamlText } from '../workspace/yaml-edit.js'
import { savesOf } from './changes.js'

export interface NewProductTask {
  readonly features?: readonly string[] | undefined
  /** Plans only, and writes nothing. */
  readonly dryRun?: boolean
}

export interface NewProduct {
  /** All new; empty if an error kept the product from being created. */
  readonly files: readonly FileChange[]
  readonly problems: readonly Problem[]
}

export async function newProduct(
  workspace: Workspace,
  name: string,
  { features: named = [], dryRun = false }: NewProductTask = {},
): Promise<NewProduct> {
  const features = [...new Set(named)]
  const problems = [...workspace.problems, ...refusals(workspace, name, features)]
  if (hasErrors(problems)) return { files: [], problems }
  const { folder, settings, newComposeFile, newTemplate } = workspace.layout.product(name)
  const files = [
    newFile(settings[0] as string, settingsText(name, features)),
    newFile(newComposeFile, composeText(name, includesOf(workspace, folder, features))),
    newFile(newTemplate, templateText(name)),
  ]
  const failed = dryRun
    ? []
    : saveInNewFolders(missingFolders(workspace, folder), savesOf(workspace, files, true))
  return failed.length > 0 ? { files: [], problems: [...problems, ...failed] } : { files, problems }
}

function newFile(file: string, text: string): FileChange {
  return { file, before: null, after: encode(text) }
}

function refusals(workspace: Workspace, name: string, features: readonly string[]): Problem[] {
  const useless = fixedWorkspace(workspace)
  if (useless !== null) return [useless]
  const problems = [
    nameProblem(workspace, name),
    ...features.map((feature) => checkFeature(workspace, feature)),
  ]
  return problems.filter((each) => each !== null)
}

function nameProblem({ root, layout, products }: Workspace, name: string): Problem | null {
  if (!isName(name)) return badName(name, 'product')
  const { folder } = layout.product(name)
  if (existsSync(join(root, folder))) {
    const next = products.includes(name)
      ? `Choose another name, or run: product add ${name} FEATURE`
      : 'Choose another name.'
    return problem('product-exists', { file: folder }, `${folder} already exists`, next)
  }
  const project = composeProjectName(name)
  const like = products.find((other) => composeProjectName(other) === project)
  if (like === undefined) return null
  const message = `Product ${like} has the same Compose project name as ${name}, ${project}`
  return problem('product-exists', { file: layout.product(like).folder }, message, 'Choose another name.')
}

/** The Compose files of the features that have one, relative to the product. */
function includesOf(workspace: Workspace, folder: string, features: readonly string[]): string[] {
  return features.flatMap((feature) => {
    const { file, text } = firstFile(workspace, workspace.layout.feature(feature).composeFiles)
    return text === null ? [] : posix.relative(folder, file)
  })
}

function missingFolders({ root }: Workspace, folder: string): { path: string; file: string }[] {
  const segments = folder.split('/')
  const folders = segments.map((_, index) => segments.slice(0, index + 1).join('/'))
  return folders.map((file) => ({ path: join(root, file), file })).filter(({ path }) => !existsSync(path))
}

function settingsText(name: string, features: readonly string[]): string {
  return `# The features of ${name}. The first one to define a variable wins.
features: [${features.map(yamlText).join(', ')}]
`
}

function composeText(name: string, includes: readonly string[]): string {
  const items = includes.map((path) => `\n  - ${yamlText(path)}`).join('')
  return `# The services of the features; \`product add ${name} FEATURE\` adds more.
include:${items === '' ? ' []' : items}

# The product's own services
services: {}
`
}

function templateText(name: string): string {
  return `# The variables of ${name} itself; the features have theirs. \`product env --merge ${name}\` creates .env from this file.
# Put secrets into .env, which git ignores, and only their names here.

# APP_SECRET=
`
}
