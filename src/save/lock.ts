/**
 * A lock beside a file, held by one process at a time: a small file that says who holds it. It is held for
 * the milliseconds of a write only. A lock whose owner is dead is taken over at once, so that a killed run
 * never blocks the next one.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { linkOrNotSupported } from './link.js'

/** In milliseconds: how long to wait for another run, and between two looks. */
const PATIENCE = 10_000
const PAUSE = 10
/** In milliseconds: the age at which a lock counts as left behind whose owner cannot be looked up (another host, an empty lock). */
const STALE_AGE = 5_000

/**
 * Runs `work` while holding the lock.
 * @param path of the lock file
 * @returns what `work` returns; `busy` if another process held the lock for all of our patience, `foreign` if the file is no lock
 * @throws what the file system throws when the lock cannot be made, and what `work` throws
 */
export function withLock<T>(path: string, work: () => T): { readonly result: T } | 'busy' | 'foreign' {
  const deadline = Date.now() + PATIENCE
  while (!acquire(path)) {
    if (isForeign(readOrNull(path))) return 'foreign'
    if (Date.now() > deadline) return 'busy'
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
  }
  try {
    return { result: work() }
  } finally {
    rmSync(path, { force: true })
  }
}

/** Whether there is a lock whose owner is no more. */
export function isLeftBehind(path: string): boolean {
  const mark = readOrNull(path)
  return mark !== null && isStale(path, mark)
}

/** Whether a process of this machine is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Tries once. The lock is written under another name first, so that a run killed here leaves no lock that says nothing. */
function acquire(path: string): boolean {
  const found = readOrNull(path)
  if (found !== null) {
    if (isStale(path, found)) takeOver(path, found)
    return false
  }
  const draft = `${path}.${process.pid}`
  const mark = markOf(process.pid)
  try {
    writeFileSync(draft, mark, { mode: 0o600 })
    if (!linkOrNotSupported(draft, path)) writeFileSync(path, mark, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Who holds a lock: process, machine and, where the system tells, when the process started, since numbers are used again. */
function markOf(pid: number): string {
  return `${pid} ${hostname()} ${startOf(pid)}\n`
}

const MARK = /^\d+ \S+ \d*\n$/

/** Whether a file of that name says something else than a lock does. It is somebody's, and will not go away by itself. */
function isForeign(mark: string | null): boolean {
  return mark !== null && mark !== '' && !MARK.test(mark)
}

function isStale(path: string, mark: string): boolean {
  const [pid, host] = mark.split(' ')
  if (host === hostname() && /^\d+$/.test(pid as string)) {
    return !isAlive(Number(pid)) || markOf(Number(pid)) !== mark
  }
  if (isForeign(mark)) return false
  const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return modified !== undefined && Date.now() - modified > STALE_AGE
}

/**
 * Removes a stale lock. Of several runs that see it, each moves what it finds out of the way, and looks at what it
 * got: if that is not the stale lock but a fresh one, which a faster run has just made, it is put back.
 */
function takeOver(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (readOrNull(aside) === stale) rmSync(aside, { force: true })
  else renameSync(aside, path)
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    // A folder of that name is no lock of ours, and in the way all the same.
    if (code === 'EISDIR') return '.'
    throw error
  }
}

/** When a process started, in the kernel's ticks; '' where /proc does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may hold anything; the start is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
