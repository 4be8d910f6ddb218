/**
 * `$` expansion as Docker Compose does it (compose-go 2.9.1, `template/template.go`), in env files and in
 * Compose files alike:
 *
 *     $$ → $     $NAME     ${NAME}     ${NAME:-default} ${NAME-default} ${NAME:+alternative} ${NAME+alternative}
 *     ${NAME:?message} ${NAME?message}     any other ${…} makes Compose refuse the text; any other $ is itself
 */

import { decode } from './bytes.js'

/** What a name stands for; undefined is unset, which is not the same as empty. */
export type Lookup = (name: string) => string | undefined

/** An expanded text, or why Compose refuses it. */
export type Expansion =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: ExpansionError }

/** `required`: `${X:?}` without an X, which a shell could still provide. `expansion`: no shell can help. */
export interface ExpansionError {
  readonly kind: 'required' | 'expansion'
  /** For people, without the text at fault, which may hold a secret. */
  readonly reason: string
  /** What Compose itself says. */
  readonly message: string
}

/** One `$NAME` or `${NAME…}` in a text. */
export interface Reference {
  readonly name: string
  readonly operator: '' | ':-' | '-' | ':+' | '+' | ':?' | '?'
  /** The default, alternative or message behind the operator, not expanded. */
  readonly operand: string
  /** Where it starts (its `$`) and ends in the text. */
  readonly start: number
  readonly end: number
}

/**
 * Compose recurses without a bound into `${A:-${B:-…}}`, at a cost that grows with the square of the depth;
 * a text nested deeper than this is refused, which keeps the cost linear in its size.
 */
const MAX_DEPTH = 100

/**
 * In characters: what the expansions of one file may come to, together. Thirty lines that each double the one
 * before (`B=$A$A`) would ask for more memory than there is, and kill Compose itself; no program can be
 * handed a variable of even a hundredth of this (Linux: 128 KiB).
 */
export const MAX_EXPANDED = 64 * 1024 * 1024

/** The refusal of an expansion that goes beyond. */
export function tooLong(): Expansion {
  const message = `the expanded values come to more than ${MAX_EXPANDED} characters`
  return { ok: false, error: { kind: 'expansion', reason: message, message } }
}

/**
 * Expands a text.
 * @param text a byte string
 * @param lookup the shell's variables first, then what stands earlier in the file
 */
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

/** Every reference in a text, those inside defaults and messages too, in order. Stops at a malformed one. */
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
  const reason = 'a "${" is not closed, or what is in it is no variable'
  return {
    ok: false,
    error: { kind: 'expansion', reason, message: `Invalid template: ${JSON.stringify(text)}` },
  }
}

/**
 * UTF-8 of the long s and of the Kelvin sign: Compose's pattern is one without regard to case, and so Go takes
 * them for an s and a K (`regexp/syntax`, `(?i)`).
 */
const FOLDED = ['\xc5\xbf', '\xe2\x84\xaa']

/** Where the name of a variable that starts at `at` ends; `at` itself if none does. */
function nameEnd(text: string, at: number): number {
  const start = at
  for (;;) {
    const code = text.charCodeAt(at)
    const letter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
    if (letter || (code >= 0x30 && code <= 0x39 && at > start)) at += 1
    else if (code === 0xc5 || code === 0xe2) {
      const folded = FOLDED.find((letter) => text.startsWith(letter, at))
      if (folded === undefined) return at
      at += folded.length
    } else return at
  }
}

const OPERATORS = [':-', ':+', ':?', '-', '+', '?'] as const

/** Splits a text into literal strings and references; null stands for a malformed `${`, after which nothing counts. */
function* tokens(text: string): Generator<string | Reference | null> {
  const lastBrace = lastBraceOfLine(text)
  let at = 0
  for (;;) {
    const dollar = text.indexOf('$', at)
    if (dollar === -1) break
    if (dollar > at) yield text.slice(at, dollar)
    const next = text[dollar + 1]
    if (next === '$') {
      yield '$'
      at = dollar + 2
    } else if (next === '{') {
      const reference = bracedAt(text, dollar, lastBrace)
      yield reference
      if (reference === null) return
      at = reference.end
    } else {
      at = nameEnd(text, dollar + 1)
      const name = decode(text.slice(dollar + 1, at))
      yield name === '' ? '$' : { name, operator: '', operand: '', start: dollar, end: at }
    }
  }
  if (at < text.length) yield text.slice(at)
}

function bracedAt(text: string, dollar: number, lastBrace: (at: number) => number): Reference | null {
  const end = nameEnd(text, dollar + 2)
  const name = decode(text.slice(dollar + 2, end))
  if (name === '') return null
  if (text[end] === '}') return { name, operator: '', operand: '', start: dollar, end: end + 1 }
  const operator = OPERATORS.find((operator) => text.startsWith(operator, end))
  if (operator === undefined) return null
  const from = end + operator.length
  const last = lastBrace(from)
  if (last < from) return null
  // Braces that never balance: Compose takes everything to the last one of the line.
  const balanced = balancingBrace(text, dollar, last)
  const close = balanced === -1 ? last : balanced
  return { name, operator, operand: text.slice(from, close), start: dollar, end: close + 1 }
}

/** The `}` that closes the `${` at `dollar`, no later than `last`; -1 if none. The character after a `{` never counts. */
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

/** For rising positions: the last `}` on the position's line, or -1. Each line is searched once, which keeps the scan linear. */
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
