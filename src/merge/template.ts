/** Cuts a template into chunks, one a statement, each with the comments above it. */
import { type EnvDocument, lineEnd, type Statement } from '../env/document.js'
import { skipInlineSpace } from '../env/space.js'

/** A part of a template. Positions are byte offsets. */
export interface Chunk {
  readonly statement: Statement
  /** Where the comments and blank lines above the statement start. */
  readonly start: number
  /** The end of the statement's line, or the start of another statement on it. */
  readonly end: number
  /** Comments and blank lines after the last statement of the template; '' for every other. */
  readonly below: string
}

export function chunksOf(doc: EnvDocument): Chunk[] {
  const { text, statements } = doc
  let from = text.startsWith('\xef\xbb\xbf') ? 3 : 0
  return statements.map((statement, index) => {
    const start = from
    const end = endOfLine(doc, statement)
    from = Math.min(end + 1, text.length)
    // Two statements on one line (`A="1" B=2`): the second starts after the closing quote of the first.
    if (end === statement.end && text[end] !== '\n') from = end
    const last = index === statements.length - 1
    // The rest of a template that is refused is no comment.
    return { statement, start, end, below: last && doc.refusal === null ? text.slice(from) : '' }
  })
}

/** Returns the comments and blank lines above a chunk's statement. */
export function textAbove({ text }: EnvDocument, { statement, start }: Chunk): string {
  return text.slice(start, statement.start)
}

/** Returns the blanks and the comment behind a value. */
export function textBehind({ text }: EnvDocument, { statement, end }: Chunk): string {
  return text.slice(statement.quote === '' ? statement.valueEnd : statement.end, end)
}

/** The end of a statement's line if only blanks and a comment follow; otherwise, the end of the statement. */
function endOfLine({ text }: EnvDocument, { end }: Statement): number {
  const next = skipInlineSpace(text, end)
  return next >= text.length || text[next] === '\n' || text[next] === '#' ? lineEnd(text, next) : end
}
