/** Reading /proc, where a process may end at any moment and another user's may be closed: whatever fails reads as empty. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export function textOf(path: string): string {
  return orElse('', () => readFileSync(path, 'utf8'))
}

export function linkOf(path: string): string {
  return orElse('', () => readlinkSync(path))
}

export function entriesOf(folder: string): string[] {
  return orElse([], () => readdirSync(folder))
}

function orElse<T>(empty: T, read: () => T): T {
  try {
    return read()
  } catch {
    return empty
  }
}
