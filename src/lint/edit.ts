/** Edits that lose nothing: splices into the file's own bytes. */
import { decode, encode } from '../env/bytes.js'
import { lineEnd, type Statement } from '../env/document.js'
import type { LintContext, Template } from './context.js'
import type { Edit } from './rule.js'

/** A stretch of a Compose file, in UTF-16 units of its decoded text, as the Compose reader gives it. */
interface Stretch {
  readonly file: string
  readonly start: number
  readonly end: number
}

/** The decoded text of a Compose file; null where decoding has lost a byte, so that positions in it mean nothing. */
export function composeText({ read }: LintContext, file: string): string | null {
  const bytes = read(file)
  if (bytes === null) return null
  const text = decode(bytes)
  return encode(text) === bytes ? text : null
}

/**
 * Splices into a Compose file.
 * @param text the file's decoded text
 * @param replacements for stretches of it, in order of their position
 */
export function composeEdits(text: string, replacements: readonly (readonly [Stretch, string])[]): Edit[] {
  const bytesOf = byteOffsets(text)
  return replacements.map(([{ file, start, end }, replacement]) => {
    return { file, start: bytesOf(start), end: bytesOf(end), text: encode(replacement) }
  })
}

/** UTF-16 offsets → byte offsets. Rising positions cost the text once, together. */
function byteOffsets(text: string): (offset: number) => number {
  let at = 0
  let bytes = 0
  return (offset) => {
    if (offset < at) {
      at = 0
      bytes = 0
    }
    bytes += Buffer.byteLength(text.slice(at, offset), 'utf8')
    at = offset
    return bytes
  }
}

/**
 * Takes `key: value` out of a block mapping, with its line, or out of a flow mapping, with its comma.
 * @param entry from the key's start to the value's end
 * @returns null where that is not so simple
 */
export function removeEntry(context: LintContext, entry: Stretch): Edit | null {
  const text = composeText(context, entry.file)
  if (text === null || text.slice(entry.start, entry.end).includes('\n')) return null
  const lineStart = text.lastIndexOf('\n', entry.start - 1) + 1
  const newline = text.indexOf('\n', entry.end)
  const lineEnd = newline === -1 ? text.length : newline + 1
  const before = text.slice(lineStart, entry.start)
  const after = text.slice(entry.end, lineEnd)
  const stretch = stretchOf()
  return stretch === null ? null : (composeEdits(text, [[{ file: entry.file, ...stretch }, '']])[0] ?? null)

  function stretchOf(): { start: number; end: number } | null {
    if (/^ *$/.test(before) && /^[ \t]*(?:#.*)?\r?\n?$/.test(after)) return { start: lineStart, end: lineEnd }
    const comma = /^[ \t]*,[ \t]*/.exec(after)?.[0]
    if (comma !== undefined) return { start: entry.start, end: entry.end + comma.length }
    const earlier = /,[ \t]*$/.exec(before)?.[0]
    if (earlier === undefined || !/^[ \t]*\}/.test(after)) return null
    return { start: entry.start - earlier.length, end: entry.end }
  }
}

/**
 * Adds a variable, below a comment, to a template.
 * @param before where a block of lines starts; missing for the end
 */
export function addVariable(
  { file, text }: Template,
  comment: string,
  key: string,
  value: string,
  before?: number,
): Edit {
  const old = text ?? ''
  const eol = old.includes('\r\n') ? '\r\n' : '\n'
  const at = before ?? old.length
  const gap =
    before !== undefined || old === '' || /\n\r?\n$/.test(old) ? '' : old.endsWith('\n') ? eol : eol + eol
  const added = `${gap}# ${comment}${eol}${key}=${value}${eol}${before === undefined ? '' : eol}`
  return { file, start: at, end: at, text: encode(added) }
}

/** The texts with some edits applied. @param edits none of which overlaps another */
export function applyEdits(
  read: (file: string) => string | null,
  edits: readonly Edit[],
): Map<string, string> {
  const byFile = new Map<string, Edit[]>()
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit])
  return new Map(
    [...byFile].map(([file, all]) => {
      const old = read(file) ?? ''
      let text = ''
      let at = 0
      // Stable: insertions at one position stay in the order in which they were made.
      for (const edit of all.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
        text += old.slice(at, edit.start) + edit.text
        at = edit.end
      }
      return [file, text + old.slice(at)]
    }),
  )
}

/** A stretch of whole lines, in bytes. */
export interface Block {
  readonly start: number
  readonly end: number
}

/** Finds the blocks of one template. */
export class Blocks {
  private readonly indexes = new Map<Statement, number>()
  /** By the line's end, which is where the next line starts. */
  private readonly commentLines = new Map<number, number>()

  constructor(private readonly template: Template) {
    const { text, statements, comments } = template.doc
    statements.forEach((statement, index) => {
      this.indexes.set(statement, index)
    })
    for (const { start, end } of comments) {
      const line = text.lastIndexOf('\n', start - 1) + 1
      if (text.slice(line, start).trim() === '') this.commentLines.set(end + 1, line)
    }
  }

  /** The lines of a statement and of the comments right above it; null if it shares a line with another one. */
  of(statement: Statement): Block | null {
    const { text, statements } = this.template.doc
    const index = this.indexes.get(statement) as number
    const end = Math.min(lineEnd(text, statement.end) + 1, text.length)
    const next = statements[index + 1]
    if (next !== undefined && next.start < end) return null
    let start = text.lastIndexOf('\n', statement.start - 1) + 1
    const previous = statements[index - 1]
    if (previous !== undefined && previous.end > start) return null
    // A byte order mark stays at the start of the file.
    const first = text.startsWith('\xef\xbb\xbf') ? 3 : 0
    if (text.slice(Math.max(start, first), statement.start).trim() !== '') return null
    for (let line = this.commentLines.get(start); line !== undefined; line = this.commentLines.get(start))
      start = line
    return { start: Math.max(start, first), end }
  }
}
