/** Symbolic links: their targets, and which of them are not followed. */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'

export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

/** Returns the file behind all links, which may not exist yet. @throws the file system's error */
export function followLinks(path: string): string {
  if (!isLink(path)) return join(realpathSync(dirname(path)), basename(path))
  try {
    return realpathSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // ".." in a link is the parent of the folder that the link really is in.
    return followLinks(resolve(realpathSync(dirname(path)), readlinkSync(path)))
  }
}

/** Returns true for a link to a file outside the workspace and outside the link's own folder, which may be a link itself. */
export function leadsOut(root: string, path: string): boolean {
  try {
    if (!isLink(path)) return false
    const target = realpathSync(path)
    return ![root, dirname(path)].some((folder) => target.startsWith(join(realpathSync(folder), sep)))
  } catch {
    // Reading a broken link reports it.
    return false
  }
}

/** Returns why a link of an env file is not followed, and the next step; null if it is followed. */
export function strayLink(path: string): { readonly why: string; readonly next: string } | null {
  try {
    const target = isLink(path) && isEnvFileName(basename(path)) ? followLinks(path) : path
    if (target === path || isEnvFileName(basename(target))) return null
    const why = `it is a link to ${target}, whose name is not that of an env file`
    return { why, next: 'Link it to a file whose name starts with .env or ends in .env.' }
  } catch {
    return null
  }
}

/** Returns true for the name of an env file: `.env`, `.env.local`, `shop.env`. */
function isEnvFileName(name: string): boolean {
  return name.startsWith('.env') || name.endsWith('.env')
}
