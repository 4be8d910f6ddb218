/**
 * The draft of a file, beside it. There is no lock: a run removes all other drafts of the file, compares the file
 * with what was read, and renames its own draft, which fails if another run has removed it. So of several runs one
 * writes and the others look again, and a killed run leaves nothing that anybody waits for.
 */
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Draft {
  readonly path: string
  readonly descriptor: number
}

/** Git ignores it wherever it ignores `.env.*`, and the `~` keeps it from being the name of an overlay. */
const MARK = '.~product-env-'

/** Makes an empty draft. Its name ends in its own inode number, which no copied or committed file has. */
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

/** Removes all drafts of a file but one's own: those of killed runs, and of runs that have to look again. */
export function removeDrafts(target: string, own?: Draft): void {
  const prefix = basename(target) + MARK
  for (const name of readdirSync(dirname(target))) {
    const path = join(dirname(target), name)
    if (!name.startsWith(prefix) || path === own?.path) continue
    if (isDraft(path, name.slice(prefix.length))) removeDraft(path)
  }
}

/** Best effort: a draft that is gone or belongs to somebody else is in nobody's way. */
export function removeDraft(path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}

function isDraft(path: string, ending: string): boolean {
  const found = /^[a-z0-9]+(?:-(\d+))?$/.exec(ending)
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === null || !stats?.isFile()) return false
  // A run that was killed before it could number its draft has written nothing to it.
  return found[1] === undefined ? stats.size === 0n : found[1] === `${stats.ino}`
}
