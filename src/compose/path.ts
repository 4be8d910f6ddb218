import { isAbsolute, join, normalize } from 'node:path'

/** Whether one of Compose's remote loaders (git, OCI) would take the path. */
export function isRemote(path: string): boolean {
  return /^(oci|git|https?|ssh):\/\/|^git@|^github\.com\/|\.git(#.*)?$/.test(path)
}

/** A path in a Compose file, seen from where the caller stands. */
export function resolvePath(directory: string, path: string): string {
  return isAbsolute(path) ? normalize(path) : join(directory, path)
}
