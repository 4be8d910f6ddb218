/** Where a product's Compose files are. Apart from their reader, which a plain merge never loads. */
import { basename, dirname, join } from 'node:path'
import { resolvePath } from '../compose/path.js'
import { decode } from '../env/bytes.js'
import type { Lookup } from '../env/expand.js'
import { type Place, type Problem, problem } from '../problem.js'
import { COMPOSE_FILES, COMPOSE_OVERRIDES } from './layout.js'
import { onlyFile, readFile, type Workspace } from './workspace.js'

/** The Compose files of a product; paths are relative to the workspace, or absolute. */
interface ComposeFiles {
  /** Each overrides those before it. Empty if there is no Compose file. */
  readonly files: readonly string[]
  /** The project directory: the folder of the first file. */
  readonly directory: string
  /** Positions in COMPOSE_FILE, from 1, of files that cannot be read. */
  readonly unread: readonly number[]
  readonly problems: readonly Problem[]
}

/** Finds the product's Compose files, or those of COMPOSE_FILE. @param lookup reads the product env: byte strings */
export function composeFiles(workspace: Workspace, product: string, lookup: Lookup): ComposeFiles {
  const { folder, composeFiles } = workspace.layout.product(product)
  const listed = lookup('COMPOSE_FILE')
  if (listed !== undefined && listed !== '') {
    const separator = lookup('COMPOSE_PATH_SEPARATOR') ?? ':'
    const files = listed.split(separator).map((file) => resolvePath(folder, decode(file)))
    const isRead = files.map((file) => readFile(workspace, file).text !== null)
    return {
      files: files.filter((_, index) => isRead[index]),
      directory: dirname(files[0] as string),
      unread: isRead.flatMap((read, index) => (read ? [] : index + 1)),
      problems: [],
    }
  }
  const { file, text, problems } = onlyFile(workspace, composeFiles)
  if (text === null) return { files: [], directory: folder, unread: [], problems }
  const directory = dirname(file)
  // Compose reads no override of a file that it is given with `-f`.
  const overrides = COMPOSE_FILES.includes(basename(file)) ? COMPOSE_OVERRIDES : []
  const override = overrides
    .map((name) => join(directory, name))
    .find((name) => {
      const { text, problems } = readFile(workspace, name)
      return text !== null || problems.length > 0
    })
  return { files: override === undefined ? [file] : [file, override], directory, unread: [], problems }
}

/** Returns a problem for each file of COMPOSE_FILE that cannot be read, without the path: it is the product's own value. */
export function missingFiles({ unread }: Pick<ComposeFiles, 'unread'>, place: Place): Problem[] {
  return unread.map((number) => {
    const message = `File ${number} of COMPOSE_FILE does not exist or cannot be read`
    return problem('compose-missing', place, message, 'Correct the path.')
  })
}

export function textLookup(bytesOf: Lookup): Lookup {
  return (name) => {
    const value = bytesOf(name)
    return value === undefined ? undefined : decode(value)
  }
}
