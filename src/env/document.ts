/**
 * The lossless env document: a text and where its statements and comments stand in it. The text itself is
 * never changed or re-serialised; an edit is a splice at offsets that this document gives.
 *
 * What counts as a statement is what Docker Compose takes for one (compose-go 2.9.1, `dotenv/parser.go`):
 *
 *     file  := BOM? (space | newline | comment | statement)*     a comment starts where a statement could
 *     stmt  := ("export" blank+)? key ( ('=' | ':') blank* value | newline )
 *
 * One pass, no regular expression over the text: linear in its size.
 */
import { decode, runeAt } from './bytes.js'
import { inlineSpaceAt, skipInlineSpace, skipSpace, trimEnd } from './space.js'

/** How a value is written; '' is bare. */
export type Quote = '' | "'" | '"'

/** One `KEY=value`, or one `KEY` alone, which takes the value from the shell. All positions are byte offsets. */
export interface Statement {
  readonly key: string
  readonly kind: 'assign' | 'inherit'
  readonly quote: Quote
  /** 1-based line on which the statement starts. */
  readonly line: number
  /** Where `export` or the key starts. */
  readonly start: number
  /** The raw value: between the quotes, or without the blanks and the comment around a bare one. */
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

/** Why Compose refuses a file, and where. */
export interface Refusal {
  /** 1-based line of the statement at fault. */
  readonly line: number
  /** For people: what is wrong. */
  readonly reason: string
  /** What Compose itself says; its own line number, where it gives one, is that of the last line it looked at. */
  readonly composeSays: string
}

/** A parsed env text. */
export interface EnvDocument {
  /** The whole text as a byte string (see bytes.ts). */
  readonly text: string
  /** In order. Those before the refusal only, where there is one. */
  readonly statements: readonly Statement[]
  readonly comments: readonly Comment[]
  /** The first thing that Compose cannot parse, or null. */
  readonly refusal: Refusal | null
}

const BOM = '\xef\xbb\xbf'
const NEWLINE = 0x0a
const COLON = 0x3a
const EQUALS = 0x3d
const LETTER_OR_NUMBER = /^[\p{L}\p{N}]$/u

/**
 * Parses an env text as Compose does.
 * @param text the file as a byte string
 * @returns the document; a text that Compose cannot parse has a `refusal`, nothing throws
 */
export function parseEnv(text: string): EnvDocument {
  const statements: Statement[] = []
  const comments: Comment[] = []
  let line = 1
  // The next newline is looked for once: on one long line full of statements, each would search all of its rest.
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

/** The raw value of a statement, as it stands in the text (escapes and expansions not applied). */
export function rawValue(doc: EnvDocument, statement: Statement): string {
  return doc.text.slice(statement.valueStart, statement.valueEnd)
}

/** The position of the newline that ends the line of `at`, or the text's end. */
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
    // Without the name itself: such a line may be part of a pasted key.
    const reason = 'the name of the variable has a space in it (is a "=" missing?)'
    return { line, reason, composeSays: `line ${line}: key cannot contain a space` }
  }
  // Each object spelled out: spread from a common one, they made a large file take seven times as long.
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
  // At the end of the file, Compose takes a name without a newline for the *value* of a variable without
  // a name. A single word means the same as one with its newline: "from the shell".
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

/** Past `export` and the blanks after it; `at` itself where the statement does not start with that word. */
function afterExport(text: string, at: number): number {
  const next = text.charCodeAt(at + 6)
  // Go's \s: tab, newline, form feed, carriage return, space.
  const blank = next === 0x20 || next === 0x09 || next === 0x0a || next === 0x0c || next === 0x0d
  return blank && text.startsWith('export', at) ? skipInlineSpace(text, at + 6) : at
}

/** The first position from `at` on whose character can stand neither in a key nor as a blank around it. */
function endOfKey(text: string, at: number): number {
  while (at < text.length) {
    const size = keyCharacterAt(text, at)
    if (size === 0) break
    at += size
  }
  return Math.min(at, text.length)
}

/** Length in bytes of the character at `at`, if it may stand in a key or blanks around it; 0 if not. */
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

/** The position of the quote that closes the one at `open`: the first with an even number of `\` before it; -1 if none. */
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
    reason: `${character} cannot stand in the name of a variable`,
    composeSays: `line ${line}: unexpected character ${character} in variable name ${head}`,
  }
}

/** What is really wrong with a line such as `A='it's late'`: the statement before ended sooner than its author thought. */
function reasonBehindQuote(text: string, before: Statement | undefined, at: number): string | null {
  if (before === undefined || before.quote === '' || text.slice(before.end, at).includes('\n')) return null
  return `text follows the closing quote of ${before.key}`
}

function countNewlines(text: string, from: number): number {
  let count = 0
  for (let nl = text.indexOf('\n', from); nl !== -1; nl = text.indexOf('\n', nl + 1)) count += 1
  return count
}
