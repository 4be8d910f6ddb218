/** The Compose project of a product, read with the values that its env files give. */

import { basename, resolve } from 'node:path'
import { type ComposeProject, readProject } from '../compose/project.js'
import { decode } from '../env/bytes.js'
import { composeProjectName, PROJECT } from '../merge/project-name.js'
import { type Place, type Problem, problem } from '../problem.js'
import { composeFiles } from './compose-files.js'
import { readFile, type Workspace } from './workspace.js'

/** A product as Compose sees it. */
export interface ProductCompose {
  /** Null where there is no Compose file. */
  readonly compose: ComposeProject | null
  /** The project directory: relative to the workspace, or absolute. */
  readonly directory: string
  /** What Compose calls the project. */
  readonly projectName: string
}

/**
 * Reads a product's Compose files as `docker compose` in its folder would.
 * @param values what the env files say: byte strings
 * @param place where they state COMPOSE_FILE
 */
export function loadCompose(
  workspace: Workspace,
  product: string,
  values: ReadonlyMap<string, string>,
  problems: Problem[],
  place: Place = { file: workspace.layout.product(product).env },
): ProductCompose {
  const { files, directory, unread } = composeFiles(workspace, product, (name) => values.get(name), problems)
  for (const number of unread) {
    // Without the path, which is a value of the product's own.
    const message = `COMPOSE_FILE names a file that is not there, or cannot be read: number ${number} of its list`
    problems.push(problem('compose-missing', place, message, 'Correct the path.'))
  }
  const compose = files.length === 0 ? null : readComposeProject(workspace, files, values, directory)
  const projectName = nameOf(workspace, values, compose?.name?.text, directory)
  const { raw = '', text = '', span } = compose?.name ?? {}
  if (
    span !== undefined &&
    raw !== '' &&
    (values.get(PROJECT) ?? '') === '' &&
    composeProjectName(text) === ''
  ) {
    const { file, line, column } = span
    const message = '`name:` comes to nothing, so the project has no name and Docker Compose refuses to run'
    const next = 'Use letters or digits, or set the variable that it refers to.'
    problems.push(problem('compose-refused', { file, line, column }, message, next))
  }
  return { compose, directory, projectName }
}

/** COMPOSE_PROJECT_NAME, else the `name:` of the Compose files, else the project directory's. */
function nameOf(
  { root }: Workspace,
  values: ReadonlyMap<string, string>,
  name: string | undefined,
  directory: string,
): string {
  const stated = decode(values.get(PROJECT) ?? '')
  // Compose refuses any other, which may be a value that belongs elsewhere, and is not to be shown.
  const isName = stated !== '' && composeProjectName(stated) === stated
  return isName ? stated : composeProjectName(name || basename(resolve(root, directory)))
}

/**
 * Reads Compose files of the workspace.
 * @param files relative to the workspace, each overriding those before it
 * @param values what their variables stand for: byte strings
 * @param directory the project directory; without it, the folder of the first file
 */
export function readComposeProject(
  workspace: Workspace,
  files: readonly string[],
  values: ReadonlyMap<string, string>,
  directory?: string,
): ComposeProject {
  const { layout, parsed } = workspace
  const readText = (path: string) => {
    const found: Problem[] = []
    const { text } = readFile(workspace, path, found)
    if (text !== null) return decode(text)
    if (found[0] !== undefined) return { why: found[0].message }
    // A product env that is to be made yet is no missing file: what it will say is in `values`.
    const product = layout.productAt(path)
    const isEnv =
      product !== null && workspace.products.includes(product) && path === layout.product(product).env
    return isEnv ? '' : null
  }
  const lookup = (name: string): string | undefined => {
    const value = values.get(name)
    return value === undefined ? undefined : decode(value)
  }
  return readProject(files, readText, lookup, directory, parsed)
}

/** What Compose calls a product's project, or with an overlay's values the instance's. */
export function projectName(
  workspace: Workspace,
  product: string,
  values: ReadonlyMap<string, string>,
  problems: Problem[],
): string {
  const { files, directory } = composeFiles(workspace, product, (name) => values.get(name), problems)
  // Reading the whole project only for a name that is hardly ever there would not pay.
  const mayHaveName = files.some((file) => /\bname\b/.test(readFile(workspace, file, problems).text ?? ''))
  return mayHaveName
    ? loadCompose(workspace, product, values, problems).projectName
    : nameOf(workspace, values, undefined, directory)
}
