/** Which Compose files `docker compose` in a product's folder reads, and where their paths start. */
import { dirname, join } from 'node:path'
import { resolvePath } from '../compose/path.js'
import { decode } from '../env/bytes.js'
import type { Problem } from '../problem.js'
import { isFile } from './files.js'
import { COMPOSE_OVERRIDES } from './layout.js'
import { onlyFile, readFile, type Workspace } from './workspace.js'

/** Compose files by name; all names are relative to the workspace, or absolute. */
export interface ComposeFiles {
  /** Each overrides those before it. None where there is no Compose file. */
  readonly files: readonly string[]
  /** The project directory, at which relative paths in all of them start and whose name the project gets: the folder of the first. */
  readonly directory: string
  /** Which files of COMPOSE_FILE are not there, or cannot be read; from 1. */
  readonly unread: readonly number[]
}

/**
 * The files that Compose finds in the product's folder: those of COMPOSE_FILE where the product env sets it.
 * @param lookup what the product env says of a variable: byte strings
 */
export function composeFiles(
  workspace: Workspace,
  product: string,
  lookup: (name: string) => string | undefined,
  problems: Problem[],
): ComposeFiles {
  const { folder, composeFiles } = workspace.layout.product(product)
  const stated = lookup('COMPOSE_FILE')
  if (stated !== undefined && stated !== '') {
    const separator = lookup('COMPOSE_PATH_SEPARATOR') ?? ':'
    const files = stated.split(separator).map((file) => resolvePath(folder, decode(file)))
    const isRead = files.map((file) => readFile(workspace, file, []).text !== null)
    return {
      files: files.filter((_, index) => isRead[index]),
      directory: dirname(files[0] as string),
      unread: isRead.flatMap((read, index) => (read ? [] : index + 1)),
    }
  }
  const { file, text } = onlyFile(workspace, composeFiles, problems)
  if (text === null) return { files: [], directory: folder, unread: [] }
  const override = COMPOSE_OVERRIDES.find((name) => isFile(join(workspace.root, folder, name)))
  const files = override === undefined ? [file] : [file, join(folder, override)]
  return { files, directory: folder, unread: [] }
}
