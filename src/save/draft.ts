/**
 * The draft of a file, next to it. Instead of a lock, a run removes all other drafts, compares the file with what was read,
 * and renames its own draft, which fails if another run has removed it. Nobody waits for a killed run.
 */
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Draft {
  readonly path: string
  readonly descriptor: number
}

/** Git ignores it wherever it ignores `.env.*`. With the `~`, it is not the name of an overlay. */
const MARK = '.~product-env-'

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

/** Removes all drafts of a file except one's own: those of killed runs, and of runs that then start over. */
export function removeDrafts(target: string, own?: Draft): void {
  const prefix = basename(target) + MARK
  for (const name of readdirSync(dirname(target))) {
    const path = join(dirname(target), name)
    if (!name.startsWith(prefix) || path === own?.path) continue
    if (isDraft(path, name.slice(prefix.length))) removeDraft(path)
  }
}

/** Best effort: failures are ignored. */
export function removeDraft(path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}

function isDraft(path: string, ending: string): boolean {
  const found = /^[a-z0-9]+(?:-(\d+))?$/.exec(ending)
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === null || !stats?.isFile()) return false
  // A run that was killed before it named its draft has written nothing to it.
  return found[1] === undefined ? stats.size === 0n : found[1] === `${stats.ino}`
}
