/** Which Compose files `docker compose` in a product's folder reads. */
import { dirname, join } from 'node:path'
import { resolvePath } from '../compose/path.js'
import { decode } from '../env/bytes.js'
import type { Problem } from '../problem.js'
import { isFile } from './files.js'
import { productFolder } from './layout.js'
import { readComposeFile, type Workspace } from './workspace.js'

/** Files that Compose reads on top of the one it finds. */
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/**
 * The files by name, relative to the workspace, each overriding those before it: those of COMPOSE_FILE where the
 * product env sets it. None where there is no Compose file.
 * @param lookup what the product env says of a variable: byte strings
 */
export function composeFiles(
  workspace: Workspace,
  product: string,
  lookup: (name: string) => string | undefined,
  problems: Problem[],
): string[] {
  const folder = productFolder(product)
  const stated = lookup('COMPOSE_FILE')
  if (stated !== undefined && stated !== '') {
    const separator = lookup('COMPOSE_PATH_SEPARATOR') ?? ':'
    return stated.split(separator).map((file) => resolvePath(folder, decode(file)))
  }
  const { file, text } = readComposeFile(workspace, folder, problems)
  if (text === null) return []
  const override = OVERRIDES.find((name) => isFile(join(workspace.root, folder, name)))
  return override === undefined ? [file] : [file, join(dirname(file), override)]
}
