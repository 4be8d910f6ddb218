import { type EnvDocument, rawValue, type Statement } from './document.js'

/** What stands in place of a value that is not to be seen. */
export const MASK = '********'

/**
 * The text of a document with values masked, and the comments behind them, which may hold as much. Lines stay as many
 * as they were.
 * @param hide which statements' values are masked
 */
export function maskValues(doc: EnvDocument, hide: (statement: Statement) => boolean): string {
  let text = ''
  let at = 0
  for (const statement of doc.statements) {
    if (!hide(statement) || statement.valueStart === statement.valueEnd) continue
    const lines = rawValue(doc, statement).split('\n').length
    text += doc.text.slice(at, statement.valueStart) + Array(lines).fill(MASK).join('\n')
    const comment = statement.quote === '' && doc.text.slice(statement.valueEnd, statement.end).includes('#')
    at = comment ? statement.end : statement.valueEnd
  }
  return text + doc.text.slice(at)
}
