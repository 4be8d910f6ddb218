/**
 * Saves a file whole or not at all: the bytes go to a draft in the same folder, which is flushed and renamed, as in npm's
 * write-file-atomic. A file that has changed since it was read is left alone.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchownSync,
  fsyncSync,
  lstatSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { toBuffer } from '../env/bytes.js'
import type { FileChange } from '../file-change.js'
import type { Problem } from '../problem.js'
import { followLinks, strayLink } from '../workspace/link.js'
import { checkReplaceable, giveToOwnerOfFolder, keepAccess } from './access.js'
import { putAtFreeName, readAtMost, syncFolder } from './disk.js'
import { makeReady, openDraft, removeDraft, removeDrafts } from './draft.js'
import { cannotWrite, changed, Refusal } from './failure.js'

/** A change to be written; the file must still be as it was `before`. */
export interface Save extends FileChange {
  /** Absolute. */
  readonly path: string
  /** A new file gets the mode of the umask; otherwise, only its owner may read it. */
  readonly shared?: true | undefined
}

type Outcome = 'written' | 'as-it-was' | Problem

/** It may contain secrets. */
const NEW_FILE_MODE = 0o600
const SHARED_FILE_MODE = 0o666

/** Another run has removed the draft, or created the file. */
const OVERTAKEN: readonly unknown[] = ['ENOENT', 'EEXIST']
const TRIES = 100

/** Writes or removes a file. @returns the problem that stopped it, with the old file unchanged; null if it is done */
export function save(file: Save): Problem | null {
  const outcome = trySave(file)
  return typeof outcome === 'string' ? null : outcome
}

/** Like `save`, but returns whether this run has changed the file. */
export function trySave(file: Save): Outcome {
  if (file.before === file.after) {
    tidy(file.path)
    return 'as-it-was'
  }
  try {
    const target = targetOf(file.path)
    // After a run that was killed between link and unlink, the file has two names.
    if (file.after !== null) removeDrafts(target)
    for (let tries = 1; ; tries++) {
      try {
        return file.after === null ? remove(target, file) : replace(target, file, file.after)
      } catch (error) {
        if (!OVERTAKEN.includes((error as NodeJS.ErrnoException).code) || tries === TRIES) throw error
      }
    }
  } catch (error) {
    return cannotWrite(file.file, error, file.after === null ? 'This file cannot be removed' : undefined)
  }
}

/** Returns what would stop a write, as far as it is known without writing. */
export function writeBlocker({ path, file, before, after }: Save): Problem | null {
  if (before === after) return null
  try {
    const target = targetOf(path)
    const old = lstatSync(target, { throwIfNoEntry: false })
    if (old !== undefined) checkReplaceable(target, old)
    accessSync(dirname(target), constants.W_OK)
    return null
  } catch (error) {
    return cannotWrite(file, error)
  }
}

/** The run that wrote the file may have been killed just after that. Best effort. */
function tidy(path: string): void {
  try {
    removeDrafts(targetOf(path))
  } catch {}
}

function targetOf(path: string): string {
  const target = followLinks(path)
  const stray = strayLink(path)
  if (stray !== null) throw new Refusal(stray.why, stray.next)
  return target
}

function remove(target: string, file: Save): Outcome {
  const reason = skipReason(target, file)
  if (reason !== null) return reason
  unlinkSync(target)
  syncFolder(dirname(target))
  return 'written'
}

function replace(target: string, file: Save, text: string): Outcome {
  const old = lstatSync(target, { throwIfNoEntry: false })
  const early = skipReason(target, file)
  if (early !== null) return early
  if (old !== undefined) checkReplaceable(target, old)
  const draft = openDraft(target, old === undefined && file.shared ? SHARED_FILE_MODE : NEW_FILE_MODE)
  try {
    writeDraft(draft.descriptor, text, target, old)
    // Before the comparison: of two runs that both compare, one has removed the other's draft.
    makeReady(draft, target)
    const late = skipReason(target, file)
    if (late !== null) return late
    if (old === undefined) putAtFreeName(draft.path, target)
    else renameSync(draft.path, target)
  } finally {
    closeSync(draft.descriptor)
    removeDraft(draft.path)
  }
  syncFolder(dirname(target))
  return 'written'
}

function writeDraft(descriptor: number, text: string, target: string, old: Stats | undefined): void {
  const bytes = toBuffer(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
  if (old !== undefined) keepAccess(descriptor, target, old)
  else giveToOwnerOfFolder(target, (uid, gid) => fchownSync(descriptor, uid, gid))
  fsyncSync(descriptor)
}

/** Returns why nothing is written; null if the file is as it was read. */
function skipReason(target: string, { file, before, after }: Save): 'as-it-was' | Problem | null {
  const now = readAtMost(target, Math.max(before?.length ?? 0, after?.length ?? 0))
  // Another run with the same plan was faster.
  if (now === after) return 'as-it-was'
  return now === before ? null : changed(file)
}
