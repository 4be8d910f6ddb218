import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { fromBuffer } from '../env/bytes.js'
import { type Problem, problem } from '../problem.js'

/** A file's content as a byte string; null if the file does not exist or cannot be read. */
export interface FileText {
  readonly text: string | null
  readonly problem: Problem | null
}

/**
 * Reads a whole file. Synchronous: for hundreds of small files, that is several times faster than promises.
 * @param path absolute
 * @param file as shown to people
 */
export function readText(path: string, file: string): FileText {
  try {
    return { text: fromBuffer(readRegularFile(path)), problem: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { text: null, problem: null }
    return { text: null, problem: unreadable('file', file, error as NodeJS.ErrnoException) }
  }
}

/** Returns true for a regular file. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Returns true for a folder, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Returns the names in a folder, by code point. @param folder as shown to people */
export function namesIn(path: string, folder: string): { names: string[]; problem: Problem | null } {
  return namesOf(path, folder, () => true)
}

/** Returns the entries of a folder, by code point; none if it cannot be read. */
export function entriesIn(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** Returns the names of the folders in a folder, links included, by code point. */
export function foldersIn(path: string, folder: string): { names: string[]; problem: Problem | null } {
  // Most systems give the type with the name, which saves a call for each of a thousand features.
  const isOne = (entry: Dirent): boolean =>
    entry.isDirectory() || (!entry.isFile() && isFolder(join(path, entry.name)))
  return namesOf(path, folder, isOne)
}

function namesOf(path: string, folder: string, wanted: (entry: Dirent) => boolean) {
  try {
    const entries = readdirSync(path, { withFileTypes: true }).filter(wanted)
    return { names: entries.map(({ name }) => name).sort(), problem: null }
  } catch (error) {
    return { names: [], problem: unreadable('folder', folder, error as NodeJS.ErrnoException) }
  }
}

/** Refuses pipes, which may block forever, and devices, which may have no end. */
function readRegularFile(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() && !stats.isDirectory()) {
      throw Object.assign(new Error(), { code: 'EINVAL' })
    }
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EINVAL: 'it is a device or a pipe, not a file',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links form a circle',
}

function unreadable(what: 'file' | 'folder', file: string, error: NodeJS.ErrnoException): Problem {
  const { code } = error
  // Without a code, it is a bug of ours.
  if (code === undefined) throw error
  const next = `Check the ${what} and its permissions (ls -l).`
  return problem('unreadable-file', { file }, `This ${what} cannot be read: ${REASONS[code] ?? code}`, next)
}
