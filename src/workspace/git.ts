/** Reads a git checkout from its files, without git (gitrepository-layout(5)). */
import { existsSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { decode } from '../env/bytes.js'
import { entriesIn, readText } from './files.js'

export interface Checkout {
  /** The top level of this worktree; all folders are absolute. */
  readonly top: string
  /** The name of a linked worktree; null in the main one. */
  readonly worktree: string | null
  /** The top level of the main worktree; null if there is none (a bare repository). */
  readonly main: string | null
  /** The folder that all worktrees share: `.git`. */
  readonly gitDir: string
  /** Null if no branch is checked out. */
  readonly branch: string | null
}

/** Returns null if the folder is in no checkout. */
export function readCheckout(folder: string): Checkout | null {
  const top = topLevel(folder)
  if (top === null) return null
  const dotGit = join(top, '.git')
  const link = /^gitdir: (.*)$/m.exec(textOf(dotGit))?.[1]
  const own = link === undefined ? dotGit : resolve(top, link)
  const branch = /^ref: refs\/heads\/(.*)$/m.exec(textOf(join(own, 'HEAD')))?.[1] ?? null
  if (basename(dirname(own)) !== 'worktrees') return { top, worktree: null, main: top, gitDir: own, branch }
  const gitDir = resolve(own, textOf(join(own, 'commondir')).trim() || '../..')
  return { top, worktree: basename(own), main: mainWorktree(gitDir), gitDir, branch }
}

/** Returns the folder that a repository has its name from: the top level, without one the bare repository's own. */
export function repositoryFolder({ top, main, worktree, gitDir }: Checkout): string {
  return main ?? (worktree === null ? top : gitDir.replace(/[\\/]?\.(?:git|bare)$/, ''))
}

/** The parent of `.git`, or the folder that a submodule's configuration names. */
function mainWorktree(gitDir: string): string | null {
  const config = textOf(join(gitDir, 'config'))
  if (/^\s*bare\s*=\s*true\s*$/m.test(config)) return null
  const worktree = /^\s*worktree\s*=\s*(.+?)\s*$/m.exec(config)?.[1]
  if (worktree !== undefined) return resolve(gitDir, worktree)
  return basename(gitDir) === '.git' ? dirname(gitDir) : null
}

/** Returns the same folder in the main worktree, whether or not it exists there; null in the main one itself. */
export function originalFolder(folder: string, checkout = readCheckout(folder)): string | null {
  if (checkout === null || checkout.worktree === null || checkout.main === null) return null
  return join(checkout.main, relative(checkout.top, folder))
}

/** Returns the top levels of the other worktrees of a repository, the main one first; absolute. */
export function otherWorktrees({ top, main, gitDir }: Checkout): string[] {
  const { entries } = entriesIn(join(gitDir, 'worktrees'), 'worktrees')
  const linked = entries.map(({ name }) => {
    const folder = join(gitDir, 'worktrees', name)
    return dirname(resolve(folder, textOf(join(folder, 'gitdir')).trim()))
  })
  return [...(main === null ? [] : [main]), ...linked].filter((each) => each !== top && existsSync(each))
}

function topLevel(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder
  return dirname(folder) === folder ? null : topLevel(dirname(folder))
}

function textOf(path: string): string {
  return decode(readText(path, path).text ?? '')
}
