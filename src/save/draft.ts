/**
 * The draft of a file, next to it. Instead of a lock, a run names its finished draft `-ready`, removes all others that are ready,
 * compares the file with what was read, and renames its draft, which fails if another run has removed it. Nobody waits for a killed run.
 */
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Draft {
  path: string
  readonly descriptor: number
}

/** Git ignores it wherever it ignores `.env.*`. With the `~`, it is not the name of an overlay. */
const MARK = '.~product-env-'
const READY = '-ready'

/** Creates an empty draft. Its name ends in its inode number, which no copied or committed file has. */
export function openDraft(target: string, mode: number): Draft {
  const unnumbered = `${target}${MARK}${Math.random().toString(36).slice(2)}`
  const descriptor = openSync(unnumbered, 'wx', mode)
  try {
    const path = `${unnumbered}-${fstatSync(descriptor, { bigint: true }).ino}`
    renameSync(unnumbered, path)
    return { path, descriptor }
  } catch (error) {
    closeSync(descriptor)
    removeDraft(unnumbered)
    throw error
  }
}

/** Removes all drafts of a file: those of killed runs, and of runs that then start over. */
export function removeDrafts(target: string): void {
  for (const path of draftsOf(target)) removeDraft(path)
}

/**
 * Names a draft ready once it is written and flushed, and removes the others that are. Drafts that are still being written are left
 * alone: on a slow disk, several runs would otherwise remove each other's forever.
 */
export function makeReady(draft: Draft, target: string): void {
  const path = draft.path + READY
  renameSync(draft.path, path)
  draft.path = path
  for (const other of draftsOf(target)) if (other.endsWith(READY) && other !== path) removeDraft(other)
}

/** Best effort: failures are ignored. */
export function removeDraft(path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}

function draftsOf(target: string): string[] {
  const prefix = basename(target) + MARK
  return readdirSync(dirname(target))
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(dirname(target), name))
    .filter(isDraft)
}

function isDraft(path: string): boolean {
  const found = /~product-env-[a-z0-9]+(?:-(\d+)(?:-ready)?)?$/.exec(path)
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === null || !stats?.isFile()) return false
  // A run that was killed before it named its draft has written nothing to it.
  return found[1] === undefined ? stats.size === 0n : found[1] === `${stats.ino}`
}
