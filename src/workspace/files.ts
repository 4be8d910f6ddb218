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

export interface FileText {
  /** A byte string; null if the file does not exist or cannot be read. */
  readonly text: string | null
  readonly problem: Problem | null
}

/** Reads a file; synchronous, which is several times faster for hundreds of small files. @param file as shown to people */
export function readText(path: string, file: string): FileText {
  try {
    // To open a missing file throws, which takes ten times longer.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return { text: null, problem: null }
    return { text: fromBuffer(readRegularFile(path)), problem: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { text: null, problem: null }
    return { text: null, problem: unreadable('file', file, error as NodeJS.ErrnoException) }
  }
}

export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Reads the entries of a folder, by code point. @param folder as shown to people */
export function entriesIn(path: string, folder: string): { entries: Dirent[]; problem: Problem | null } {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return { entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)), problem: null }
  } catch (error) {
    return { entries: [], problem: unreadable('folder', folder, error as NodeJS.ErrnoException) }
  }
}

/** Returns the names of the folders in a folder, links to one included. */
export function foldersIn(path: string, folder: string): { names: string[]; problem: Problem | null } {
  const { entries, problem } = entriesIn(path, folder)
  const isOne = (entry: Dirent): boolean =>
    entry.isDirectory() || (!entry.isFile() && isFolder(join(path, entry.name)))
  return { names: entries.filter(isOne).map(({ name }) => name), problem }
}

/** Refuses pipes, which may block forever, and devices, which may be endless. */
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
  // An error without a code is a bug of ours.
  if (code === undefined) throw error
  const next = `Check the ${what} and its permissions (ls -l).`
  return problem('unreadable-file', { file }, `This ${what} cannot be read: ${REASONS[code] ?? code}`, next)
}
