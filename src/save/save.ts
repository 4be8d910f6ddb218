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
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { toBuffer } from '../env/bytes.js'
import type { Problem } from '../problem.js'
import { cannotWrite, changed, locked } from './failure.js'
import { clearUp, lockOf, tidy } from './leftovers.js'
import { followLinks, linkOrNotSupported } from './link.js'
import { withLock } from './lock.js'

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
      if (after === null) return remove(target, file, before)
      return replace(target, file, before, after, shared ? SHARED_FILE_MODE : NEW_FILE_MODE)
    })
    return typeof outcome === 'string' ? locked(file, basename(lockOf(target)), outcome) : outcome.result
  } catch (error) {
    return cannotWrite(file, error as NodeJS.ErrnoException, after === null ? 'removed' : 'written')
  }
}

/** What forbids to put one text in another's place now, or makes it needless; null if nothing does. */
function standing(
  target: string,
  file: string,
  before: string | null,
  after: string | null,
): 'as-it-was' | Problem | null {
  const now = readOrNull(target)
  // Another run that planned the same has been faster.
  if (isText(now, after)) return 'as-it-was'
  return isText(now, before) ? null : changed(file)
}

function isText(bytes: Buffer | null, text: string | null): boolean {
  if (text === null || bytes === null) return text === bytes
  return bytes.equals(toBuffer(text))
}

function remove(target: string, file: string, before: string | null): 'written' | 'as-it-was' | Problem {
  const stands = standing(target, file, before, null)
  if (stands !== null) return stands
  rmSync(target)
  syncFolder(dirname(target))
  return 'written'
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
): 'written' | 'as-it-was' | Problem {
  const old = statSync(target, { throwIfNoEntry: false })
  if (old !== undefined) checkWritable(target, old)
  const draft = `${target}.${process.pid}.tmp`
  try {
    writeDraft(draft, after, old, newMode)
    // As late as can be: to write and flush a draft takes longest.
    const stands = standing(target, file, before, after)
    if (stands !== null) return stands
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
