import { linkSync } from 'node:fs'

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
