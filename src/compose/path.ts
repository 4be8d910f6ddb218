import { isAbsolute, join, normalize } from 'node:path'

/** Returns true for a path of one of Compose's remote loaders (git, OCI). */
export function isRemote(path: string): boolean {
  return /^(oci|git|https?|ssh):\/\/|^git@|^github\.com\/|\.git(#.*)?$/.test(path)
}

/** Returns a path of a Compose file relative to the caller's folder, or absolute. */
export function resolvePath(directory: string, path: string): string {
  return isAbsolute(path) ? normalize(path) : join(directory, path)
}
