/** File system functions of a save. */
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

/** Reads a file as a byte string. @returns null for no file; undefined if it is no regular file, or longer than `most` bytes */
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
 * Gives a draft a free name, by a hard link if the file system has them: a rename would replace a new file.
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

/** Makes a rename survive a power failure. Best effort: not every system can open a folder. */
export function syncFolder(folder: string): void {
  try {
    inFolder(folder, fsyncSync)
  } catch {}
}

/** Works on a folder by descriptor, so that nobody can replace it by another one or a link. */
export function inFolder(folder: string, work: (descriptor: number) => void): void {
  const descriptor = openSync(folder, READ_ONLY | (constants.O_DIRECTORY ?? 0))
  try {
    work(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
