/** What runs that were killed have left beside a file: locks, and drafts. */
import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { followLinks } from './link.js'
import { isAlive, isLeftBehind, withLock } from './lock.js'

/** Clears up where nothing is to be written: the run that wrote it may have been killed just after its rename. */
export function tidy(path: string): void {
  try {
    const target = followLinks(path)
    if (workFiles(target).some(({ isLeft }) => isLeft) || isLeftBehind(lockOf(target))) {
      withLock(lockOf(target), () => clearUp(target))
    }
  } catch {
    // A folder that cannot be tidied is not what the user came for.
  }
}

/** The lock of a file. */
export const lockOf = (target: string): string => `${target}.lock`

/** Removes what runs that were killed have left. Only for who holds the lock: to all others, a draft may be in the making. */
export function clearUp(target: string): void {
  for (const { name, isDraft, isLeft } of workFiles(target)) {
    // A draft goes even if a process of its number is alive: numbers are used again, in containers at every start.
    if (isDraft || isLeft) rmSync(join(dirname(target), name), { force: true })
  }
}

interface WorkFile {
  readonly name: string
  readonly isDraft: boolean
  /** Its process is no more. */
  readonly isLeft: boolean
}

/** The drafts beside a file, and the locks moved aside. */
function workFiles(target: string): WorkFile[] {
  const prefix = `${basename(target)}.`
  return readdirSync(dirname(target)).flatMap((name): WorkFile[] => {
    if (!name.startsWith(prefix)) return []
    const pids = /^(?:lock\.(\d+)|(\d+)\.tmp)$/.exec(name.slice(prefix.length))
    if (pids === null) return []
    const pid = Number(pids[1] ?? pids[2])
    return [{ name, isDraft: pids[2] !== undefined, isLeft: pid === process.pid || !isAlive(pid) }]
  })
}
