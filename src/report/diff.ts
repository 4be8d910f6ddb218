import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'
import { decode } from '../env/bytes.js'
import { escaped, printable } from './escape.js'
import type { Style } from './style.js'

/**
 * A change of one file as a unified diff; '' where nothing changes.
 * @param before a byte string, as `after`; null: no such file
 * @param mask gives a text as it may be shown, with as many lines; null shows everything
 */
export function unifiedDiff(
  file: string,
  before: string | null,
  after: string,
  mask: ((text: string) => string) | null,
  style: Style,
): string {
  if (before === after) return ''
  const from = before === null ? '/dev/null' : `a/${file}`
  const patch = structuredPatch(from, `b/${file}`, before ?? '', after, undefined, undefined, { context: 3 })
  // The texts are compared as they are: two secrets that differ are a change.
  const [old, now] = [before ?? '', after].map((text) => (mask?.(text) ?? text).split('\n')) as [
    string[],
    string[],
  ]
  for (const hunk of patch.hunks) {
    let [oldLine, nowLine] = [hunk.oldStart - 1, hunk.newStart - 1]
    hunk.lines = hunk.lines.map((line) => {
      const sign = line[0] as string
      if (sign === '\\') return line
      const shown = sign === '-' ? old[oldLine] : now[nowLine]
      if (sign !== '+') oldLine += 1
      if (sign !== '-') nowLine += 1
      return sign + decode(shown ?? '')
    })
  }
  const print = mask === null ? escaped : printable
  const lines = formatPatch(patch, FILE_HEADERS_ONLY).split('\n')
  const paint = (line: string): string => {
    if (/^(?:---|\+\+\+) /.test(line)) return style.bold(line)
    if (line.startsWith('@@')) return style.cyan(line)
    return line.startsWith('+') ? style.green(line) : line.startsWith('-') ? style.red(line) : line
  }
  return `${lines
    .map((line) => paint(printedLine(line, print)))
    .join('\n')
    .replace(/\n*$/, '')}\n`
}

/** A line made safe to print. Tabs and a CR before the newline are harmless, and `patch` needs them. */
function printedLine(line: string, print: (text: string) => string): string {
  const end = line.endsWith('\r') ? '\r' : ''
  const text = end === '' ? line : line.slice(0, -1)
  return text.split('\t').map(print).join('\t') + end
}
