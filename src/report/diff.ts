import { createTwoFilesPatch } from 'diff'
import { printable } from './escape.js'

/** A change of one file as a unified diff; '' where nothing changes. @param before decoded text; null: no such file */
export function unifiedDiff(file: string, before: string | null, after: string): string {
  if (before === after) return ''
  const from = before === null ? '/dev/null' : `a/${file}`
  const patch = createTwoFilesPatch(from, `b/${file}`, before ?? '', after, undefined, undefined, {
    context: 3,
  })
  // The first line is a rule of equals signs, which git and patch do not print.
  return `${patch.split('\n').slice(1).map(printableLine).join('\n').replace(/\n*$/, '')}\n`
}

/** A line made safe to print. Tabs and a CR before the newline are harmless, and `patch` needs them. */
function printableLine(line: string): string {
  const end = line.endsWith('\r') ? '\r' : ''
  const text = end === '' ? line : line.slice(0, -1)
  return text.split('\t').map(printable).join('\t') + end
}
