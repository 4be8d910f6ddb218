/** Edits that lose nothing: splices into the bytes of a file. */
import { groupBy } from '../claims/group.js'
import type { Span } from '../compose/node.js'
import { decode, encode } from '../env/bytes.js'
import { lineEnd, type Statement } from '../env/document.js'
import type { LintContext, Template } from './context.js'
import type { Edit } from './rule.js'

type Stretch = Pick<Span, 'file' | 'start' | 'end'>

/** Returns the decoded text of a Compose file; null if decoding lost a byte, as positions in it are then wrong. */
export function composeText({ read }: LintContext, file: string): string | null {
  const bytes = read(file)
  const text = bytes === null ? null : decode(bytes)
  return text !== null && encode(text) === bytes ? text : null
}

/** Replaces stretches of a Compose file, given in order. @param text the decoded text */
export function composeEdits(text: string, replacements: readonly (readonly [Stretch, string])[]): Edit[] {
  // Positions are UTF-16, edits are bytes. Counting on from the last position keeps the cost linear.
  let at = 0
  let bytes = 0
  const bytesOf = (position: number): number => {
    bytes += Buffer.byteLength(text.slice(at, position), 'utf8')
    at = position
    return bytes
  }
  return replacements.map(([{ file, start, end }, replacement]) => {
    return { file, start: bytesOf(start), end: bytesOf(end), text: encode(replacement) }
  })
}

/**
 * Removes `key: value` with its line from a block mapping, or with its comma from a flow mapping.
 * @param entry from the start of the key to the end of the value
 * @returns null if it is not that simple
 */
export function removeEntry(context: LintContext, { file, start, end }: Stretch): Edit | null {
  const text = composeText(context, file)
  if (text === null || text.slice(start, end).includes('\n')) return null
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', end)
  const lineEnd = newline === -1 ? text.length : newline + 1
  const before = text.slice(lineStart, start)
  const after = text.slice(end, lineEnd)
  const remove = (from: number, to: number) =>
    composeEdits(text, [[{ file, start: from, end: to }, '']])[0] ?? null
  if (/^ *$/.test(before) && /^[ \t]*(?:#.*)?\r?\n?$/.test(after)) return remove(lineStart, lineEnd)
  const comma = /^[ \t]*,[ \t]*/.exec(after)?.[0]
  if (comma !== undefined) return remove(start, end + comma.length)
  const earlier = /,[ \t]*$/.exec(before)?.[0]
  return earlier === undefined || !/^[ \t]*\}/.test(after) ? null : remove(start - earlier.length, end)
}

/** Adds a variable, below a comment, to a template. @param before the start of a line; by default the end */
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
  const isEnd = before === undefined
  const gap = !isEnd || old === '' || /\n\r?\n$/.test(old) ? '' : old.endsWith('\n') ? eol : eol + eol
  const added = `${gap}# ${comment}${eol}${key}=${value}${eol}${isEnd ? '' : eol}`
  return { file, start: at, end: at, text: encode(added) }
}

/** Returns the changed texts. @param edits that do not overlap; insertions at one place keep their order */
export function applyEdits(
  read: (file: string) => string | null,
  edits: readonly Edit[],
): Map<string, string> {
  const texts = [...groupBy(edits, ({ file }) => file)].map(([file, all]) => {
    const old = read(file) ?? ''
    let text = ''
    let at = 0
    for (const edit of all.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      text += old.slice(at, edit.start) + edit.text
      at = edit.end
    }
    return [file, text + old.slice(at)] as const
  })
  return new Map(texts)
}

/** Whole lines, in bytes. */
interface Block {
  readonly start: number
  readonly end: number
}

/** Finds the lines of the statements of one template. */
export class Blocks {
  private readonly indexes = new Map<Statement, number>()
  /** The start of each line that is a comment, by the start of the next line. */
  private readonly commentLines = new Map<number, number>()

  constructor(private readonly template: Template) {
    const { text, statements, comments } = template.doc
    for (const [index, statement] of statements.entries()) this.indexes.set(statement, index)
    for (const { start, end } of comments) {
      const line = text.lastIndexOf('\n', start - 1) + 1
      if (text.slice(line, start).trim() === '') this.commentLines.set(end + 1, line)
    }
  }

  /** Returns the lines of a statement and of the comments directly above it; null if it shares a line with another one. */
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
