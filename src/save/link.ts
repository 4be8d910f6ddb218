/** Links of both kinds. */
import { linkSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * Gives a file a second name, which unlike a rename replaces nothing.
 * @returns false on file systems without hard links
 * @throws with the code EEXIST where the name is taken
 */
export function linkOrNotSupported(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false
    throw error
  }
}

/** The file that a path stands for, behind all links, also where the last link points to nothing yet. */
export function followLinks(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  if (!link) return join(realpathSync(dirname(path)), basename(path))
  try {
    return realpathSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // The folder's own name first: ".." in a link is the parent of the folder that the link really lies in.
    return followLinks(resolve(realpathSync(dirname(path)), readlinkSync(path)))
  }
}
