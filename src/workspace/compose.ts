/** The Compose project of a product, read with the values of its env files. */
import { basename, resolve } from 'node:path'
import type { ReadText } from '../compose/load.js'
import { type ComposeProject, readProject } from '../compose/project.js'
import { decode } from '../env/bytes.js'
import { composeProjectName, PROJECT } from '../merge/project-name.js'
import { type Place, type Problem, problem } from '../problem.js'
import { composeFiles, missingFiles, textLookup } from './compose-files.js'
import type { FeatureStack } from './layout.js'
import { remembered } from './remembered.js'
import { readFile, type Workspace } from './workspace.js'

interface ProductCompose {
  /** Null if the product has no Compose file. */
  readonly compose: ComposeProject | null
  /** Those of features that have Compose projects of their own. */
  readonly stacks: readonly (FeatureStack & { readonly compose: ComposeProject })[]
  /** The project directory: relative to the workspace, or absolute. */
  readonly directory: string
  readonly projectName: string
  /** Without those of `compose`. */
  readonly problems: readonly Problem[]
}

/** Reads a product's Compose files like `docker compose` in its folder. @param place where COMPOSE_FILE is set */
export function loadCompose(
  workspace: Workspace,
  product: string,
  values: ReadonlyMap<string, string>,
  place: Place = { file: workspace.layout.product(product).env },
): ProductCompose {
  const found = composeFiles(workspace, product, (name) => values.get(name))
  const { files, directory } = found
  const compose = files.length === 0 ? null : readComposeProject(workspace, files, values, directory)
  const problems = [...found.problems, ...missingFiles(found, place), ...namelessProject(compose, values)]
  const stacks = workspace.stacks.get(product) ?? []
  return {
    compose,
    stacks: stacks.map((stack) => ({
      ...stack,
      compose: readComposeProject(workspace, [stack.file], values),
    })),
    directory,
    projectName: nameOf(values, compose?.name?.text, fallbackName(workspace, product, directory)),
    problems,
  }
}

function namelessProject(compose: ComposeProject | null, values: ReadonlyMap<string, string>): Problem[] {
  const { raw = '', text = '', span } = compose?.name ?? {}
  if (
    span === undefined ||
    raw === '' ||
    (values.get(PROJECT) ?? '') !== '' ||
    composeProjectName(text) !== ''
  )
    return []
  const { file, line, column } = span
  const message = '`name:` is empty, so the project has no name and Docker Compose refuses to run'
  const next = 'Use letters or digits, or set the variable that it refers to.'
  return [problem('compose-refused', { file, line, column }, message, next)]
}

function fallbackName({ root, layout }: Workspace, product: string, directory: string): string {
  return layout.product(product).project ?? basename(resolve(root, directory))
}

/** COMPOSE_PROJECT_NAME, else the `name:` of the Compose files, else the fallback. */
export function nameOf(
  values: ReadonlyMap<string, string>,
  name: string | undefined,
  fallback: string,
): string {
  const set = decode(values.get(PROJECT) ?? '')
  // Compose refuses any other, which may be a misplaced secret, so it is not shown.
  const isName = set !== '' && composeProjectName(set) === set
  return isName ? set : composeProjectName(name || fallback)
}

/** Returns the profiles of COMPOSE_PROFILES. */
export function profilesOf(values: ReadonlyMap<string, string>): string[] {
  return decode(values.get('COMPOSE_PROFILES') ?? '').split(',')
}

/** Reads Compose files, each overriding those before it. @param directory the project directory; defaults to the folder of the first file */
export function readComposeProject(
  workspace: Workspace,
  files: readonly string[],
  values: ReadonlyMap<string, string>,
  directory?: string,
): ComposeProject {
  const lookup = textLookup((name) => values.get(name))
  return readProject(files, readerOf(workspace), lookup, directory, workspace.parsed)
}

const READERS = new WeakMap<Workspace['texts'], ReadText>()

/** Returns a reader that decodes each file once for all products. */
function readerOf(workspace: Workspace): ReadText {
  const { layout, texts } = workspace
  const read: ReadText = (path: string) => {
    const { text, problems } = readFile(workspace, path)
    if (text !== null) return decode(text)
    if (problems[0] !== undefined) return { why: problems[0].message.replace(/^This file /, '') }
    // A product env that does not exist yet is not missing: the variables have its content.
    const product = layout.productAt(path)
    const isEnv =
      product !== null && workspace.products.includes(product) && path === layout.product(product).env
    return isEnv ? '' : null
  }
  const reader = READERS.get(texts) ?? remembered(read)
  READERS.set(texts, reader)
  return reader
}

/** Returns Compose's name of a product's project or, with an overlay's values, of an instance's. */
export function projectName(
  workspace: Workspace,
  product: string,
  values: ReadonlyMap<string, string>,
): { readonly name: string; readonly problems: readonly Problem[] } {
  const { files, directory, problems } = composeFiles(workspace, product, (name) => values.get(name))
  const texts = files.map((file) => readFile(workspace, file))
  // Few products set a name, and the whole model is slow to build.
  if (texts.some(({ text }) => /\bname\b/.test(text ?? ''))) {
    const { projectName: name, problems } = loadCompose(workspace, product, values)
    return { name, problems }
  }
  const name = nameOf(values, undefined, fallbackName(workspace, product, directory))
  return { name, problems: [...problems, ...texts.flatMap(({ problems }) => problems)] }
}
