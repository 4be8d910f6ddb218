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

/** Creates folders, the outer ones first, none of which may exist yet, and writes the files. */
export function saveInNewFolders(
  folders: readonly { readonly path: string; readonly file: string }[],
  files: readonly Save[],
): Problem[] {
  const made: string[] = []
  const failed = makeFolders(folders, made)
  if (failed.length === 0) failed.push(...saveAll(files))
  if (failed.length > 0) for (const path of made.reverse()) removeIfEmpty(path)
  return failed
}

/** @param made gets the path of each folder that is created */
function makeFolders(
  folders: readonly { readonly path: string; readonly file: string }[],
  made: string[],
): Problem[] {
  for (const { path, file } of folders) {
    try {
      mkdirSync(path)
      made.push(path)
      giveToOwnerOfFolder(path, (uid, gid) => inFolder(path, (folder) => fchownSync(folder, uid, gid)))
    } catch (error) {
      return [noFolder(file, error as NodeJS.ErrnoException)]
    }
  }
  return []
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
  const message = 'Somebody else has just created this folder'
  return problem('changed-meanwhile', { file }, message, 'Run the same command again.')
}
