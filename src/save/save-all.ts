/** Saves several files, all or none: if one cannot be written, those before it are restored. */
import { fchownSync, mkdirSync, rmdirSync } from 'node:fs'
import { type Problem, problem } from '../problem.js'
import { giveToOwnerOfFolder } from './access.js'
import { inFolder } from './disk.js'
import { cannotWrite } from './failure.js'
import { type Save, save, trySave, writeBlocker } from './save.js'

/** Writes the files in order. @returns the problem that stopped it, those of later files, and files that could not be restored */
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

/** Creates a folder, which must not exist yet, and writes the files. */
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

function undo(done: readonly Save[]): Problem[] {
  return done.flatMap((file) => save({ ...file, before: file.after, after: file.before }) ?? [])
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch {}
}

function noFolder(file: string, error: NodeJS.ErrnoException): Problem {
  if (error.code !== 'EEXIST') return cannotWrite(file, error, 'This folder cannot be created')
  return problem(
    'feature-exists',
    { file },
    'Somebody else has just created this folder',
    'Run feature list.',
  )
}
