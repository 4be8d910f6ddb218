/** Keeps the access to a file: a write never gives it to more people. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, fchmodSync, fchownSync, fstatSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Refusal } from './failure.js'

/** Refuses to replace a file that a rename could replace, but should not. @throws Refusal, or the file system's error */
export function checkReplaceable(target: string, old: Stats): void {
  if (old.nlink > 1) {
    const next = 'Make it a file of its own: cp -p it to another name, then mv the copy over it.'
    throw new Refusal(`it has ${old.nlink} hard links, and a write would separate them`, next)
  }
  // The system would let root write to it.
  if ((old.mode & 0o200) === 0) throw new Refusal('it is read-only', 'Allow it: chmod u+w.')
  accessSync(target, constants.W_OK)
}

/** Gives a draft the owner, mode, access list and extended attributes of the file that it will replace. */
export function keepAccess(descriptor: number, target: string, old: Stats): void {
  const { uid, gid } = fstatSync(descriptor)
  if (uid !== old.uid || gid !== old.gid) fchownSync(descriptor, old.uid, old.gid)
  // Without group bits, an access list grants nothing (acl(5)).
  const mayHaveList = (old.mode & 0o070) !== 0 && process.platform === 'linux'
  if (mayHaveList && copyAttributes(target, descriptor)) return
  const onlyGroup = (old.mode >> 3) & ~old.mode & 0o7
  if (mayHaveList && onlyGroup !== 0) {
    const next = 'Install GNU coreutils, or let the group do no more than everybody (chmod g=o).'
    throw new Refusal('its access list (ACL) cannot be kept without the cp of GNU coreutils', next)
  }
  fchmodSync(descriptor, old.mode & 0o7777)
}

/** Node has no function for it. By descriptor: cp would create the draft's file anew. */
function copyAttributes(from: string, descriptor: number): boolean {
  const words = ['--attributes-only', '--preserve=mode,xattr', '--', from, '/proc/self/fd/3']
  return spawnSync('cp', words, { stdio: ['ignore', 'ignore', 'ignore', descriptor] }).status === 0
}

/** Gives a file that root creates to the owner of its folder. Best effort: some file systems have no owners. */
export function giveToOwnerOfFolder(path: string, give: (uid: number, gid: number) => void): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dirname(path))
  try {
    give(uid, gid)
  } catch {}
}
