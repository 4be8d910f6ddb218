/** Small parts of the reports for people. */
import { printable } from './escape.js'
import type { Style } from './style.js'

/** `1 collision`, `2 collisions` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** The counts of a summary, without a 0 that is not certain as some files were not read. */
export function counts(
  found: readonly (readonly [number: number, noun: string])[],
  unread: readonly string[],
): string {
  const known = found.filter(([number]) => number > 0 || unread.length === 0)
  return known.map(([number, noun]) => count(number, noun)).join(', ')
}

/** `  checked  12 ports`: a row of a summary. @param text printable */
export function row(title: string, text: string, style: Style, width = 9): string {
  return `  ${style.dim(title.padEnd(width))}${text}`
}

/** Lists the files that a summary does not count. */
export function unreadLines(unread: readonly string[], width: number, style: Style): string[] {
  return unread.map((file) => row('not read', printable(file), style, width))
}

/** Separates blocks of lines by empty lines. */
export function blocks(parts: readonly (readonly string[])[]): string[] {
  return parts.flatMap((part, index) => (index === 0 ? part : ['', ...part]))
}
