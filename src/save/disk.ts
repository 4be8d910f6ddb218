/** What the save asks of the file system beyond Node's own functions. */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs'
import { fromBuffer } from '../env/bytes.js'

const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Reads a regular file as a byte string.
 * @returns null if there is none; undefined if it is something else, or longer than `most` bytes
 */
export function readAtMost(path: string, most: number): string | null | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, READ_ONLY)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const stats = fstatSync(descriptor)
    return stats.isFile() && stats.size <= most ? fromBuffer(readFileSync(descriptor)) : undefined
  } finally {
    closeSync(descriptor)
  }
}

const NO_HARD_LINKS: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/**
 * Gives a draft a name that is still free: by a link, since a rename would replace a file made in the meantime.
 * The draft keeps its own name, if the file system has hard links.
 * @throws with the code EEXIST if the name is taken
 */
export function putAtFreeName(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!NO_HARD_LINKS.includes((error as NodeJS.ErrnoException).code)) throw error
    renameSync(from, to)
  }
}

/** Makes a rename last through a power cut; not every system can open a folder. */
export function syncFolder(folder: string): void {
  try {
    inFolder(folder, fsyncSync)
  } catch {
    // The file itself is safe; only its place in the folder may come later.
  }
}

/** Does something with a folder by descriptor, so that nobody can put another one or a link in its place. */
export function inFolder(folder: string, work: (descriptor: number) => void): void {
  const descriptor = openSync(folder, READ_ONLY | (constants.O_DIRECTORY ?? 0))
  try {
    work(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
