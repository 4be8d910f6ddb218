/** Saves several files, all of them or none: where one cannot be written, those before it are put back. */
import { fchownSync, mkdirSync, rmdirSync } from 'node:fs'
import { type Problem, problem } from '../problem.js'
import { giveToOwnerOfFolder } from './access.js'
import { inFolder } from './disk.js'
import { cannotWrite } from './failure.js'
import { type Save, save, trySave, writeBlocker } from './save.js'

/**
 * Writes the files in order.
 * @returns none when all are written; else the problem that stopped it, and what stands in the way of the files
 *   behind it, with every file as it was, but for those that somebody has changed since, which are named
 */
export function saveAll(files: readonly Save[]): Problem[] {
  const done: Save[] = []
  for (const [index, file] of files.entries()) {
    const outcome = trySave(file)
    if (outcome === 'written') done.push(file)
    if (typeof outcome === 'string') continue
    const later = files.slice(index + 1).flatMap((each) => writeBlocker(each) ?? [])
    return [outcome, ...later, ...undo(done)]
  }
  return []
}

/**
 * Makes a folder and writes the files.
 * @param folder absolute, and how people see it; it must not be there yet
 */
export function saveInNewFolder(
  folder: { readonly path: string; readonly file: string },
  files: readonly Save[],
): Problem[] {
  try {
    mkdirSync(folder.path)
    giveToOwnerOfFolder(folder.path, (uid, gid) =>
      inFolder(folder.path, (made) => fchownSync(made, uid, gid)),
    )
  } catch (error) {
    return [noFolder(folder.file, error as NodeJS.ErrnoException)]
  }
  const failed = saveAll(files)
  if (failed.length > 0) removeIfEmpty(folder.path)
  return failed
}

/** @returns what could not be put back */
function undo(done: readonly Save[]): Problem[] {
  return done.flatMap((file) => save({ ...file, before: file.after, after: file.before }) ?? [])
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // Somebody has put something into it.
  }
}

function noFolder(file: string, error: NodeJS.ErrnoException): Problem {
  if (error.code !== 'EEXIST') return cannotWrite(file, error, 'made')
  return problem('feature-exists', { file }, 'it has just been made by somebody else', 'Run feature list.')
}
