/** Why a file is not written, in words. */
import { type Problem, problem } from '../problem.js'

/** @param lock the name of the file in the way */
export function locked(file: string, lock: string, why: 'busy' | 'foreign'): Problem {
  if (why === 'busy') {
    const message = 'another run of product-env is writing this file'
    return problem('locked', { file }, message, `Wait for it to end; if none is running, delete ${lock}.`)
  }
  const message = `${lock} stands where the lock of a write belongs, and is something else`
  return problem('locked', { file }, message, 'Give it another name, or delete it if nobody needs it.')
}

export function changed(file: string): Problem {
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

export function cannotWrite(file: string, error: NodeJS.ErrnoException, what = 'written'): Problem {
  // Without a code it is a fault of ours, not the file system's.
  if (error.code === undefined) throw error
  const reason = REASONS[error.code]
  const detail = /read-only$|regular file$/.test(error.message)
    ? error.message
    : `${reason?.why ?? error.message}`
  const next = reason?.next ?? 'Check the folder and the disk, then run the same command again.'
  return problem('cannot-write', { file }, `cannot be ${what}: ${detail} (${error.code})`, next)
}
