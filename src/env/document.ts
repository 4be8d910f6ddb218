/**
 * The lossless env document: a text, and the offsets of its statements and comments, at which edits are spliced in.
 * Statements are those of Docker Compose (compose-go 2.9.1, `dotenv/parser.go`):
 *
 *     file  := BOM? (space | newline | comment | statement)*     a comment starts where a statement could
 *     stmt  := ("export" blank+)? key ( ('=' | ':') blank* value | newline )
 *
 * One pass, no regular expression over the text: linear in its size.
 */
import { decode, runeAt } from './bytes.js'
import { inlineSpaceAt, skipInlineSpace, skipSpace, trimEnd } from './space.js'

/** '' is bare. */
export type Quote = '' | "'" | '"'

/** One `KEY=value`, or a `KEY` alone, which takes its value from the shell. Positions are byte offsets. */
export interface Statement {
  readonly key: string
  readonly kind: 'assign' | 'inherit'
  readonly quote: Quote
  /** From 1. */
  readonly line: number
  /** The start of `export` or of the key. */
  readonly start: number
  /** The raw value: between the quotes, or a bare one without blanks and comment. */
  readonly valueStart: number
  readonly valueEnd: number
  /** After the closing quote, or at the line end of a bare value. */
  readonly end: number
}

/** A comment, from its `#` to the end of its line. */
export interface Comment {
  readonly line: number
  readonly start: number
  readonly end: number
}

/** Why Compose refuses a file. */
export interface Refusal {
  /** The first line of the statement, from 1. */
  readonly line: number
  /** For people. */
  readonly reason: string
  /** Compose's own message; a line number in it is that of the last line of the statement. */
  readonly composeSays: string
}

/** A parsed env text. */
export interface EnvDocument {
  /** A byte string. */
  readonly text: string
  /** In order, up to the refusal. */
  readonly statements: readonly Statement[]
  readonly comments: readonly Comment[]
  /** Null if Compose can parse the text. */
  readonly refusal: Refusal | null
}

const BOM = '\xef\xbb\xbf'
const NEWLINE = 0x0a
const COLON = 0x3a
const EQUALS = 0x3d
const LETTER_OR_NUMBER = /^[\p{L}\p{N}]$/u

/** Parses an env text as Compose does. @param text a byte string */
export function parseEnv(text: string): EnvDocument {
  const statements: Statement[] = []
  const comments: Comment[] = []
  let line = 1
  // Each newline is searched for once, which keeps a long line full of statements linear.
  let newline = text.indexOf('\n')
  const lineAt = (offset: number): number => {
    while (newline !== -1 && newline < offset) {
      line += 1
      newline = text.indexOf('\n', newline + 1)
    }
    return line
  }

  let at = text.startsWith(BOM) ? BOM.length : 0
  for (;;) {
    at = skipSpace(text, at)
    if (at >= text.length) return { text, statements, comments, refusal: null }
    if (text[at] === '#') {
      const end = lineEnd(text, at)
      comments.push({ line: lineAt(at), start: at, end })
      at = end
      continue
    }
    const result = parseStatement(text, at, lineAt(at))
    if ('reason' in result) {
      const reason = reasonBehindQuote(text, statements.at(-1), at) ?? result.reason
      return { text, statements, comments, refusal: { ...result, reason } }
    }
    statements.push(result)
    at = result.end
  }
}

/** Returns the value as written, escapes and expansions not applied. */
export function rawValue(doc: EnvDocument, statement: Statement): string {
  return doc.text.slice(statement.valueStart, statement.valueEnd)
}

/** Returns the position of the next newline, or the text's end. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline
}

function parseStatement(text: string, start: number, line: number): Statement | Refusal {
  const keyStart = afterExport(text, start)
  if (keyStart >= text.length) {
    return { line, reason: '`export` without a name', composeSays: 'zero length string' }
  }
  const keyEnd = endOfKey(text, keyStart)
  const key = decode(text.slice(keyStart, trimEnd(text, keyStart, keyEnd)))
  const isEnd = keyEnd === text.length
  const sign = isEnd ? NEWLINE : text.charCodeAt(keyEnd)
  if (sign !== EQUALS && sign !== COLON && sign !== NEWLINE) {
    return unexpectedCharacter(text, keyStart, keyEnd, line)
  }
  const hasSpace = key.includes(' ')
  if (hasSpace && !isEnd) {
    // The name is not shown, as such a line may be part of a pasted key.
    const reason = 'the name of the variable contains a space (is a "=" missing?)'
    return { line, reason, composeSays: `line ${line}: key cannot contain a space` }
  }
  // Objects are written out, because spreading a common one makes a large file take seven times as long.
  if (sign === NEWLINE && !hasSpace) {
    return {
      key,
      kind: 'inherit',
      quote: '',
      line,
      start,
      valueStart: keyEnd,
      valueEnd: keyEnd,
      end: keyEnd,
    }
  }
  // At the end of the file, a name without a newline is for Compose the value of a variable without a name.
  return isEnd
    ? assignment(text, '', skipInlineSpace(text, keyStart), line, start)
    : assignment(text, key, skipInlineSpace(text, keyEnd + 1), line, start)
}

function assignment(
  text: string,
  key: string,
  valueStart: number,
  line: number,
  start: number,
): Statement | Refusal {
  const quote = text[valueStart]
  if (quote === '"' || quote === "'") {
    const close = closingQuote(text, valueStart, quote)
    if (close === -1) return unterminated(text, valueStart, quote, line)
    return {
      key,
      kind: 'assign',
      quote,
      line,
      start,
      valueStart: valueStart + 1,
      valueEnd: close,
      end: close + 1,
    }
  }
  const end = lineEnd(text, valueStart)
  const comment = text.slice(valueStart, end).indexOf(' #')
  const valueEnd = trimEnd(text, valueStart, comment === -1 ? end : valueStart + comment)
  return { key, kind: 'assign', quote: '', line, start, valueStart, valueEnd, end }
}

/** Skips `export` and the blanks after it. */
function afterExport(text: string, at: number): number {
  const next = text.charCodeAt(at + 6)
  // Go's \s: tab, newline, form feed, carriage return, space.
  const blank = next === 0x20 || next === 0x09 || next === 0x0a || next === 0x0c || next === 0x0d
  return blank && text.startsWith('export', at) ? skipInlineSpace(text, at + 6) : at
}

/** Skips characters of a key and blanks around it. */
function endOfKey(text: string, at: number): number {
  while (at < text.length) {
    const size = keyCharacterAt(text, at)
    if (size === 0) break
    at += size
  }
  return Math.min(at, text.length)
}

/** Returns the length in bytes of a character of a key or a blank; 0 for any other. */
function keyCharacterAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code < 0x80) {
    const word =
      (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
    if (word || code === 0x5f || code === 0x2e || code === 0x2d || code === 0x5b || code === 0x5d) return 1
    return inlineSpaceAt(text, at)
  }
  const space = inlineSpaceAt(text, at)
  if (space > 0) return space
  const { codePoint, size } = runeAt(text, at)
  return LETTER_OR_NUMBER.test(String.fromCodePoint(codePoint)) ? size : 0
}

/** Returns the position of the first quote behind `open` with an even number of `\` before it; -1 if none. */
function closingQuote(text: string, open: number, quote: '"' | "'"): number {
  for (let at = text.indexOf(quote, open + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    let backslashes = 0
    while (text[at - 1 - backslashes] === '\\' && at - 1 - backslashes > open) backslashes += 1
    if (backslashes % 2 === 0) return at
  }
  return -1
}

function unterminated(text: string, open: number, quote: string, line: number): Refusal {
  const lastLine = line + countNewlines(text, open)
  const head = decode(text.slice(open, lineEnd(text, open)))
  return {
    line,
    reason: `the quote ${quote} is never closed`,
    composeSays: `line ${lastLine}: unterminated quoted value ${head}`,
  }
}

function unexpectedCharacter(text: string, start: number, at: number, line: number): Refusal {
  const { codePoint } = runeAt(text, at)
  const character = JSON.stringify(String.fromCodePoint(codePoint))
  const head = JSON.stringify(decode(text.slice(start, lineEnd(text, start))))
  return {
    line,
    reason: `${character} is not allowed in the name of a variable`,
    composeSays: `line ${line}: unexpected character ${character} in variable name ${head}`,
  }
}

/** Returns the real fault of a line such as `A='it's late'`, where the statement before ended too soon. */
function reasonBehindQuote(text: string, before: Statement | undefined, at: number): string | null {
  if (before === undefined || before.quote === '' || text.slice(before.end, at).includes('\n')) return null
  return `text follows the closing quote of ${before.key}`
}

function countNewlines(text: string, from: number): number {
  let count = 0
  for (let nl = text.indexOf('\n', from); nl !== -1; nl = text.indexOf('\n', nl + 1)) count += 1
  return count
}
