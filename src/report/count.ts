import { printable } from './escape.js'
import type { Style } from './style.js'

/** `1 collision`, `2 collisions` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** The counts of a summary. Where something was not read, a 0 would promise too much, and is left out. */
export function counts(
  found: readonly (readonly [number: number, noun: string])[],
  unread: readonly string[],
): string {
  const known = found.filter(([number]) => number > 0 || unread.length === 0)
  return known.map(([number, noun]) => count(number, noun)).join(', ')
}

/** What a summary does not count, a file a line. @param width of the words in front */
export function unreadLines(unread: readonly string[], width: number, style: Style): string[] {
  return unread.map((file) => `  ${style.dim('not read'.padEnd(width))}${printable(file)}`)
}
