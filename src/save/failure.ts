/** The problems of files that are not written. */
import { constants } from 'node:os'
import { type Problem, problem } from '../problem.js'

/** Refuses a write that the file system might allow. */
export class Refusal extends Error {
  constructor(
    why: string,
    readonly next: string,
  ) {
    super(why)
  }
}

export function changed(file: string): Problem {
  const message = 'This file changed while this run was planning, so it is not written'
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
    next: 'Run as its owner and as a member of its group (ls -l shows both), or change its group (chgrp).',
  },
}

export function cannotWrite(file: string, error: unknown, what = 'This file cannot be written'): Problem {
  if (error instanceof Refusal) {
    return problem('cannot-write', { file }, `${what}: ${error.message}`, error.next)
  }
  const { code, errno, message } = error as NodeJS.ErrnoException
  // An error without a code is a bug of ours.
  if (code === undefined) throw error
  // libuv has no name for a used-up quota before Node 24.
  const known = errno === -constants.errno.EDQUOT ? 'EDQUOT' : code
  const { why, next } = REASONS[known] ?? {
    why: message,
    next: 'Check the folder and the disk, then run the same command again.',
  }
  return problem('cannot-write', { file }, `${what}: ${why} (${known})`, next)
}
