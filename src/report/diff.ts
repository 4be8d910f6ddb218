/** Changes of files as unified diffs; '' if nothing changes. */
import { basename } from 'node:path'
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'
import { decode } from '../env/bytes.js'
import type { FileChange } from '../file-change.js'
import type { MergedProduct } from '../tasks/merge.js'
import { escaped, printable } from './escape.js'
import { maskCommitted, maskEnv } from './mask.js'
import type { Style } from './style.js'

/** Gives a text as it may be shown, with as many lines; null shows everything. */
type Mask = ((text: string) => string) | null

export function mergeDiff({ plan, files }: MergedProduct, reveal: boolean, style: Style): string {
  return files
    .map((change) => {
      const { file } = change
      // The section of an overlay consists of the product's own lines.
      const owner = plan.instance === null && basename(file) === '.env' ? 'both' : 'product'
      const isYaml = /\.ya?ml$/.test(file)
      const mask = (text: string) => (isYaml ? maskCommitted(file, text) : maskEnv(text, owner, plan.isPort))
      return unifiedDiff(change, reveal ? null : mask, style)
    })
    .join('')
}

/** A new file has only text of the tool's own, so it is not masked. */
export function fileDiffs(changes: readonly FileChange[], style: Style): string {
  return changes
    .map((change) => {
      const isNew = change.before === null
      return unifiedDiff(change, (text) => (isNew ? text : maskCommitted(change.file, text)), style)
    })
    .join('')
}

function unifiedDiff({ file, before, after: changed }: FileChange, mask: Mask, style: Style): string {
  const after = changed ?? ''
  if (before === changed) return ''
  const from = before === null ? '/dev/null' : `a/${file}`
  const patch = structuredPatch(from, `b/${file}`, before ?? '', after, undefined, undefined, { context: 3 })
  // Compared unmasked: two secrets that differ are a change.
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

/** Keeps tabs and a CR before the newline, which `patch` needs. */
function printedLine(line: string, print: (text: string) => string): string {
  const end = line.endsWith('\r') ? '\r' : ''
  const text = end === '' ? line : line.slice(0, -1)
  return text.split('\t').map(print).join('\t') + end
}
