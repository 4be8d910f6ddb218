/**
 * Saves a file like an archivist: whole or not at all, whatever happens in between. The new bytes go to a
 * file in the same folder, are flushed to the disk, and take the old one's place by a rename. A link is
 * followed, mode and owner are kept, and a file that changed since it was read is left alone.
 * The steps are those of npm's write-file-atomic; comparing, locking and clearing up are added.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { toBuffer } from '../env/bytes.js'
import { type Problem, problem } from '../problem.js'
import { linkOrNotSupported } from './link.js'
import { isAlive, isLeftBehind, withLock } from './lock.js'

/** A write that is to be made. Both texts are byte strings. */
export interface Save {
  /** Absolute. */
  readonly path: string
  /** How people see it. */
  readonly file: string
  /** What was read, and must still be there; null: no such file. */
  readonly before: string | null
  /** Null: the file goes. */
  readonly after: string | null
  /** Whether a new file is for all whom the umask lets in, as what is committed is; without it only its owner may read it. */
  readonly shared?: true
}

/** Of a file that was not there; it may hold secrets. */
const NEW_FILE_MODE = 0o600
const SHARED_FILE_MODE = 0o666

/**
 * Writes the file, or removes it, unless it is as it shall be already.
 * @returns the problem that stopped it, with the old file as it was; null when it is done
 */
export function save(file: Save): Problem | null {
  const outcome = attempt(file)
  return typeof outcome === 'string' ? null : outcome
}

/** As `save`, but tells whether this very run has changed the file. */
export function attempt({ path, file, before, after, shared }: Save): 'written' | 'as-it-was' | Problem {
  if (before === after) {
    tidy(path)
    return 'as-it-was'
  }
  try {
    const target = followLinks(path)
    const outcome = withLock(lockOf(target), () => {
      clearUp(target)
      const now = readOrNull(target)
      // Another run that planned the same has been faster.
      if (isText(now, after)) return 'as-it-was'
      if (!isText(now, before)) return changed(file)
      if (after !== null)
        return replace(target, file, before, after, shared ? SHARED_FILE_MODE : NEW_FILE_MODE)
      rmSync(target)
      syncFolder(dirname(target))
      return 'written'
    })
    if (outcome !== null) return outcome.result
    const message = 'another run of product-env is writing this file'
    return problem(
      'locked',
      { file },
      message,
      `Wait for it to end; if none is running, ${basename(lockOf(target))} is in the way: delete it if nobody needs it.`,
    )
  } catch (error) {
    return cannotWrite(file, error as NodeJS.ErrnoException, after === null ? 'removed' : 'written')
  }
}

function isText(bytes: Buffer | null, text: string | null): boolean {
  if (text === null || bytes === null) return text === bytes
  return bytes.equals(toBuffer(text))
}

/**
 * What would keep the file from being written, as far as it shows without writing; null if nothing does.
 */
export function obstacle({ path, file, before, after }: Save): Problem | null {
  if (before === after) return null
  try {
    const target = followLinks(path)
    const old = statSync(target, { throwIfNoEntry: false })
    if (old !== undefined) checkWritable(target, old)
    accessSync(dirname(target), constants.W_OK)
    return null
  } catch (error) {
    return cannotWrite(file, error as NodeJS.ErrnoException)
  }
}

function replace(
  target: string,
  file: string,
  before: string | null,
  after: string,
  newMode: number,
): 'written' | Problem {
  const old = statSync(target, { throwIfNoEntry: false })
  if (old !== undefined) checkWritable(target, old)
  const draft = `${target}.${process.pid}.tmp`
  try {
    writeDraft(draft, after, old, newMode)
    // Once more, as late as can be: to write and flush a draft takes longest.
    if (!isText(readOrNull(target), before)) return changed(file)
    // A link, unlike a rename, does not replace a file that somebody has made in the meantime.
    if (old !== undefined || !linkOrNotSupported(draft, target)) renameSync(draft, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return changed(file)
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(target))
  return 'written'
}

function writeDraft(draft: string, text: string, old: Stats | undefined, newMode: number): void {
  const descriptor = openSync(draft, 'wx', old === undefined ? newMode : NEW_FILE_MODE)
  try {
    const bytes = toBuffer(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    if (old !== undefined) {
      if (old.uid !== process.getuid?.() || old.gid !== process.getgid?.())
        fchownSync(descriptor, old.uid, old.gid)
      fchmodSync(descriptor, old.mode & 0o7777)
    }
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function readOrNull(target: string): Buffer | null {
  try {
    return readFileSync(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A rename would replace a read-only file; who made it so meant something by it. */
function checkWritable(target: string, old: Stats): void {
  if (!old.isFile()) throw Object.assign(new Error('it is no regular file'), { code: 'EINVAL' })
  const owned = process.getuid?.() === old.uid || process.getuid?.() === 0
  if (owned && (old.mode & 0o200) === 0) throw Object.assign(new Error('it is read-only'), { code: 'EACCES' })
  accessSync(target, constants.W_OK)
}

/** The file that a path stands for, behind all links, also where the last link points to nothing yet. */
function followLinks(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  if (!link) return join(realpathSync(dirname(path)), basename(path))
  try {
    return realpathSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // The folder's own name first: ".." in a link is the parent of the folder that the link really lies in.
    return followLinks(resolve(realpathSync(dirname(path)), readlinkSync(path)))
  }
}

/** Clears up where nothing is to be written: the run that wrote it may have been killed just after its rename. */
function tidy(path: string): void {
  try {
    const target = followLinks(path)
    if (workFiles(target).some(({ isLeft }) => isLeft) || isLeftBehind(lockOf(target))) {
      withLock(lockOf(target), () => clearUp(target))
    }
  } catch {
    // A folder that cannot be tidied is not what the user came for.
  }
}

const lockOf = (target: string): string => `${target}.lock`

/** Removes what runs that were killed have left. Only for who holds the lock: to all others, a draft may be in the making. */
function clearUp(target: string): void {
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

/** Makes the rename last through a power cut; not every system can open a folder. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // The file itself is safe; only its place in the folder may come later.
  }
}

function changed(file: string): Problem {
  const message = 'it changed while this run was planning, so it is left as it is now'
  return problem('changed-meanwhile', { file }, message, 'Run the same command again.')
}

const REASONS: Readonly<Record<string, { why: string; next: string }>> = {
  ENOSPC: { why: 'no space is left on the disk', next: 'Free some space, then run the same command again.' },
  EDQUOT: { why: 'your disk quota is used up', next: 'Free some space, then run the same command again.' },
  EROFS: {
    why: 'the file system is read-only',
    next: 'Mount it writable, or work on a copy of the workspace.',
  },
  EACCES: {
    why: 'no permission',
    next: 'Make the file and its folder writable (chmod u+w), or run as their owner.',
  },
  EPERM: {
    why: 'its owner, group or mode could not be kept',
    next: 'Run as its owner, who is in its group as well (ls -l tells both), or change its group (chgrp).',
  },
}

function cannotWrite(file: string, error: NodeJS.ErrnoException, what = 'written'): Problem {
  // Without a code it is a fault of ours, not the file system's.
  if (error.code === undefined) throw error
  const reason = REASONS[error.code]
  const detail = /read-only$|regular file$/.test(error.message)
    ? error.message
    : `${reason?.why ?? error.message}`
  const next = reason?.next ?? 'Check the folder and the disk, then run the same command again.'
  return problem('cannot-write', { file }, `cannot be ${what}: ${detail} (${error.code})`, next)
}
