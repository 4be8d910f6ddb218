/**
 * Cuts a template into chunks, one a statement, so that a merge can add some of its variables and leave the
 * others: the text above a variable, back to the one before it, comes with it, and what follows the last
 * variable comes with that one.
 */
import { type EnvDocument, lineEnd, type Statement } from '../env/document.js'
import { skipInlineSpace } from '../env/space.js'

/** A part of a template. Positions are byte offsets into it, as most of its texts are never asked for. */
export interface Chunk {
  readonly statement: Statement
  /** Where the comments and blank lines above the statement start. */
  readonly start: number
  /** Where the line of the statement's end ends, or where another statement follows on it. */
  readonly end: number
  /** Comments and blank lines after the last statement of the template; '' for every other. */
  readonly below: string
}

/** The chunks of a template, in order. */
export function chunksOf(doc: EnvDocument): Chunk[] {
  const { text, statements } = doc
  let from = text.startsWith('\xef\xbb\xbf') ? 3 : 0
  return statements.map((statement, index) => {
    const start = from
    const end = endOfLine(doc, statement)
    from = Math.min(end + 1, text.length)
    // Two statements on one line (`A="1" B=2`): the second starts where the first one's quote closes.
    if (end === statement.end && text[end] !== '\n') from = end
    const last = index === statements.length - 1
    // Of a template that is refused, the rest is no comment: it is what nobody can read.
    return { statement, start, end, below: last && doc.refusal === null ? text.slice(from) : '' }
  })
}

/** Comments and blank lines above a chunk's statement. */
export function textAbove({ text }: EnvDocument, { statement, start }: Chunk): string {
  return text.slice(start, statement.start)
}

/** From the end of the value (and its closing quote) to the end of its line: blanks, a comment. */
export function textBehind({ text }: EnvDocument, { statement, end }: Chunk): string {
  return text.slice(statement.quote === '' ? statement.valueEnd : statement.end, end)
}

/** Where a statement's line ends, if nothing but blanks and a comment follows it there; else where the statement ends. */
function endOfLine({ text }: EnvDocument, { end }: Statement): number {
  const next = skipInlineSpace(text, end)
  return next >= text.length || text[next] === '\n' || text[next] === '#' ? lineEnd(text, next) : end
}
