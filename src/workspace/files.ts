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

/** A file's content as a byte string; null where there is no such file. */
export interface FileText {
  readonly text: string | null
  readonly problem: Problem | null
}

/**
 * Reads a file whole. Synchronous on purpose: for hundreds of small files that is several times faster than promises.
 * @param path absolute
 * @param file how people see it
 */
export function readText(path: string, file: string): FileText {
  try {
    return { text: fromBuffer(readRegularFile(path)), problem: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { text: null, problem: null }
    return { text: null, problem: unreadable(file, error as NodeJS.ErrnoException) }
  }
}

/** Whether there is a regular file at a path. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Whether there is a folder at a path (a link to one counts) that can be reached. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * The names in a folder, by code point.
 * @param folder how people see it
 */
export function namesIn(path: string, folder: string): { names: string[]; problem: Problem | null } {
  return namesOf(path, folder, () => true)
}

/** What is in a folder, by code point, or nothing if it cannot be looked into. */
export function entriesIn(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** The names of the folders in a folder (links to one count), by code point. */
export function foldersIn(path: string, folder: string): { names: string[]; problem: Problem | null } {
  // Most systems say with the name what it is, which spares asking for each of a thousand features.
  const isOne = (entry: Dirent): boolean =>
    entry.isDirectory() || (!entry.isFile() && isFolder(join(path, entry.name)))
  return namesOf(path, folder, isOne)
}

function namesOf(path: string, folder: string, wanted: (entry: Dirent) => boolean) {
  try {
    const entries = readdirSync(path, { withFileTypes: true }).filter(wanted)
    return { names: entries.map(({ name }) => name).sort(), problem: null }
  } catch (error) {
    return { names: [], problem: unreadable(folder, error as NodeJS.ErrnoException) }
  }
}

/** Refuses what is no regular file: a pipe would be waited for without end, and a device has no end. */
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
  EACCES: 'you have no permission',
  EINVAL: 'it is a device or a pipe, not a file',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links lead in a circle',
}

function unreadable(file: string, error: NodeJS.ErrnoException): Problem {
  const { code } = error
  // Without a code it is a fault of ours, not the file system's.
  if (code === undefined) throw error
  const next = 'Check what it is and that you may read it (ls -l).'
  return problem('unreadable-file', { file }, `cannot be read: ${REASONS[code] ?? code}`, next)
}
