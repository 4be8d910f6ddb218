/** The lines that belong to a statement of a template. */
import { lineEnd, type Statement } from '../env/document.js'
import type { Template } from './context.js'

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
