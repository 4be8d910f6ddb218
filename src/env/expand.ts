/**
 * `$` expansion of Docker Compose (compose-go 2.9.1, `template/template.go`), in env files and Compose files:
 *
 *     $$ → $     $NAME     ${NAME}     ${NAME:-default} ${NAME-default} ${NAME:+alternative} ${NAME+alternative}
 *     ${NAME:?message} ${NAME?message}     any other ${…} makes Compose refuse the text; any other $ is itself
 */

/** Returns a variable's value; undefined if it is unset, '' if it is empty. */
export type Lookup = (name: string) => string | undefined

export type Expansion =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: ExpansionError }

export interface ExpansionError {
  /** `required`: `${X:?}` without an X, which the shell could still provide. */
  readonly kind: 'required' | 'expansion'
  /** For people, without the text, which may hold a secret. */
  readonly reason: string
  /** Compose's own message. */
  readonly message: string
}

/** One `$NAME` or `${NAME…}` in a text. */
export interface Reference {
  readonly name: string
  readonly operator: '' | ':-' | '-' | ':+' | '+' | ':?' | '?'
  /** The default, alternative or message behind the operator, not expanded. */
  readonly operand: string
  /** From its `$`. */
  readonly start: number
  readonly end: number
}

/** Of `${A:-${B:-…}}`. Compose has no limit, and takes quadratic time. */
const MAX_DEPTH = 100

/**
 * In characters, for all expansions of one file. Thirty lines that double the one before (`B=$A$A`) take all memory;
 * Linux passes no variable over 128 KiB to a program.
 */
export const MAX_EXPANDED = 64 * 1024 * 1024

export function tooLong(): Expansion {
  const message = `the expanded values come to more than ${MAX_EXPANDED} characters`
  return { ok: false, error: { kind: 'expansion', reason: message, message } }
}

/** Expands a byte string. @param lookup the shell's variables before those of earlier lines */
export function expand(text: string, lookup: Lookup, depth = 0): Expansion {
  if (!text.includes('$')) return { ok: true, value: text }
  if (depth > MAX_DEPTH) return malformed(text)
  let value = ''
  for (const token of tokens(text)) {
    if (typeof token === 'string') {
      value += token
      continue
    }
    if (token === null) return malformed(text)
    const result = resolve(token, lookup, depth)
    if (!result.ok) return result
    value += result.value
    if (value.length > MAX_EXPANDED) return tooLong()
  }
  return { ok: true, value }
}

/** Returns every reference in a text, those inside operands too, in order, up to a malformed one. */
export function references(text: string, depth = 0): Reference[] {
  if (!text.includes('$') || depth > MAX_DEPTH) return []
  const found: Reference[] = []
  for (const token of tokens(text)) {
    if (token === null) break
    if (typeof token === 'string') continue
    found.push(token)
    for (const inner of references(token.operand, depth + 1)) found.push(inner)
  }
  return found
}

function resolve(reference: Reference, lookup: Lookup, depth: number): Expansion {
  const { name, operator } = reference
  const found = lookup(name)
  if (operator === '') return { ok: true, value: found ?? '' }
  const operand = expand(reference.operand, lookup, depth + 1)
  if (!operand.ok) return operand
  const present = operator.startsWith(':') ? found !== undefined && found !== '' : found !== undefined
  if (operator.endsWith('+')) return { ok: true, value: present ? operand.value : (found ?? '') }
  if (present) return { ok: true, value: found as string }
  if (operator.endsWith('-')) return operand
  const reason = `it requires ${name}, which is not set${operator === ':?' ? ' or empty' : ''}`
  const detail = operand.value === '' ? '' : `: ${operand.value}`
  const message = `required variable ${name} is missing a value${detail}`
  return { ok: false, error: { kind: 'required', reason, message } }
}

function malformed(text: string): Expansion {
  const reason = 'a "${" is not closed, or does not contain a variable'
  return {
    ok: false,
    error: { kind: 'expansion', reason, message: `Invalid template: ${JSON.stringify(text)}` },
  }
}

/** Skips the name of a variable. */
function nameEnd(text: string, start: number): number {
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
    const letter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
    if (!letter && (at === start || !(code >= 0x30 && code <= 0x39))) return at
    at += 1
  }
}

const OPERATORS = [':-', ':+', ':?', '-', '+', '?'] as const

/** Splits a text into literals and references; null, the last one, is a malformed `${`. */
function tokens(text: string): (string | Reference | null)[] {
  const found: (string | Reference | null)[] = []
  const lastBrace = lastBraceOfLine(text)
  let at = 0
  for (let dollar = text.indexOf('$'); dollar !== -1; dollar = text.indexOf('$', at)) {
    if (dollar > at) found.push(text.slice(at, dollar))
    const next = text[dollar + 1]
    if (next === '$') {
      found.push('$')
      at = dollar + 2
    } else if (next === '{') {
      const reference = bracedAt(text, dollar, lastBrace)
      found.push(reference)
      if (reference === null) return found
      at = reference.end
    } else {
      at = nameEnd(text, dollar + 1)
      const name = text.slice(dollar + 1, at)
      found.push(name === '' ? '$' : { name, operator: '', operand: '', start: dollar, end: at })
    }
  }
  if (at < text.length) found.push(text.slice(at))
  return found
}

/** A part of a value: text as written, or what one reference became. */
interface Piece {
  readonly value: string
  readonly reference?: Reference
}

/** Splits a value, so that a part of the expanded text can be traced to its variables. What cannot be expanded is empty. */
export function piecesOf(text: string, lookup: Lookup): Piece[] {
  const pieces: Piece[] = []
  let literal = ''
  let at = 0
  for (const token of tokens(text)) {
    if (typeof token === 'string') literal += token
    else if (token === null) literal = text.slice(at)
    else {
      if (literal !== '') pieces.push({ value: literal })
      literal = ''
      at = token.end
      const result = resolve(token, lookup, 0)
      pieces.push({ value: result.ok ? result.value : '', reference: token })
    }
  }
  if (literal !== '') pieces.push({ value: literal })
  return pieces
}

function bracedAt(text: string, dollar: number, lastBrace: (at: number) => number): Reference | null {
  const end = nameEnd(text, dollar + 2)
  const name = text.slice(dollar + 2, end)
  if (name === '') return null
  if (text[end] === '}') return { name, operator: '', operand: '', start: dollar, end: end + 1 }
  const operator = OPERATORS.find((operator) => text.startsWith(operator, end))
  if (operator === undefined) return null
  const from = end + operator.length
  const last = lastBrace(from)
  if (last < from) return null
  // Compose takes everything up to the last brace of the line if they never balance.
  const balanced = balancingBrace(text, dollar, last)
  const close = balanced === -1 ? last : balanced
  return { name, operator, operand: text.slice(from, close), start: dollar, end: close + 1 }
}

/** Returns the `}` that closes the `${` at `dollar`, up to `last`; -1 if none. The character after a `{` never counts. */
function balancingBrace(text: string, dollar: number, last: number): number {
  let open = 0
  for (let at = dollar; at <= last; at++) {
    if (text[at] === '}') {
      open -= 1
      if (open === 0) return at
    } else if (text[at] === '{') {
      open += 1
      at += 1
    }
  }
  return -1
}

/** Returns the last `}` of a position's line, or -1; for rising positions, so that each line is searched once. */
function lastBraceOfLine(text: string): (at: number) => number {
  let end = -1
  let brace = -1
  return (at) => {
    if (at > end) {
      const newline = text.indexOf('\n', at)
      end = newline === -1 ? text.length : newline
      brace = text.slice(at, end).lastIndexOf('}')
      if (brace !== -1) brace += at
    }
    return brace
  }
}
