/**
 * What Docker Compose reads from an env document: quotes, escapes and expansions applied.
 * Source: compose-go 2.9.1, `dotenv/parser.go` (`extractVarValue`, `expandEscapes`).
 */
import { encode } from './bytes.js'
import type { EnvDocument, Quote, Refusal } from './document.js'
import { rawValue } from './document.js'
import {
  type Expansion,
  type ExpansionError,
  expand,
  type Lookup,
  MAX_EXPANDED,
  type Reference,
  references,
  tooLong,
} from './expand.js'

/** A file as Compose reads it. */
export interface EnvReading {
  /** Name → value (a byte string), the last of several statements winning, earlier files included. What the shell says is not applied. */
  readonly values: ReadonlyMap<string, string>
  /** Every reason for which Compose would refuse the file; empty if it reads it. */
  readonly refusals: readonly EnvRefusal[]
}

/** `parse`: nothing after it can be read. `expansion`: a malformed `${…}`. `required`: gone if the shell provides the variable. */
export interface EnvRefusal extends Refusal {
  readonly kind: 'parse' | ExpansionError['kind']
}

/**
 * Reads a document as Compose does. Compose has two readers, which differ in what a `$` sees first:
 * - project: the shell, then the lines above
 * - container (a service with `env_file`): the whole project environment, so also the lines below
 * @param doc the document
 * @param environment what wins in every expansion, as byte strings: the shell's variables, or the project environment
 * @param earlier what was read from env files before this one (`--env-file` or `env_file` with several files)
 */
export function readEnv(
  doc: EnvDocument,
  environment: ReadonlyMap<string, string> = new Map(),
  earlier: ReadonlyMap<string, string> = new Map(),
): EnvReading {
  const shell: Lookup = (name) => environment.get(name)
  const reading = readOnce(doc, shell, earlier)
  if (reading.refusals.length > 0 || !mayRequire(doc.text)) return reading
  // Compose exports what it has read and reads the file again, to open the project (`setEnvWithDotEnv` in its
  // cmd/compose). No value can change by that, but `${A:?}` can fail: below `A=1` and above `A=`.
  const exported: Lookup = (name) => shell(name) ?? reading.values.get(name)
  return { values: reading.values, refusals: readOnce(doc, exported, earlier).refusals }
}

/** The references that count in a value, without their places: none in single quotes, and no `\\$` in double ones. */
export function referencesIn(raw: string, quote: Quote): Omit<Reference, 'start' | 'end'>[] {
  return quote === "'" ? [] : references(quote === '"' ? unescapeDouble(raw) : raw)
}

/** Returns false if a raw text surely stands for itself. An octal escape can be a `$`, too. */
export function mayExpand(raw: string): boolean {
  return raw.includes('$') || raw.includes('\\0')
}

/** Returns false if nothing in a text can be a `${A:?}`. */
export function mayRequire(raw: string): boolean {
  return raw.includes('?') && mayExpand(raw)
}

function readOnce(doc: EnvDocument, environment: Lookup, earlier: ReadonlyMap<string, string>): EnvReading {
  const values = new Map(earlier)
  const refusals: EnvRefusal[] = []
  const lookup: Lookup = (name) => environment(name) ?? values.get(name)
  const evaluateNext = evaluator()
  for (const statement of doc.statements) {
    if (statement.kind === 'inherit') {
      const inherited = lookup(statement.key)
      if (inherited !== undefined) values.set(statement.key, inherited)
      continue
    }
    const result = evaluateNext(rawValue(doc, statement), statement.quote, lookup)
    if (result.ok) {
      values.set(statement.key, result.value)
      continue
    }
    const { kind, reason, message } = result.error
    refusals.push({ kind, line: statement.line, reason, composeSays: message })
  }
  if (doc.refusal !== null) refusals.push({ ...doc.refusal, kind: 'parse' })
  return { values, refusals }
}

/**
 * The value that a raw text stands for, or why Compose refuses it.
 * @param raw what stands between the quotes, or the bare value
 */
export function evaluate(raw: string, quote: Quote, lookup: Lookup): Expansion {
  if (quote === "'") return { ok: true, value: raw.replace(/\\[\\']/g, unescapeSingle) }
  return expand(quote === '"' ? unescapeDouble(raw) : raw, lookup)
}

/** `evaluate` for the statements of one file, in order: what their expansions come to is bounded. */
export function evaluator(): typeof evaluate {
  let left = MAX_EXPANDED
  return (raw, quote, lookup) => {
    const result = evaluate(raw, quote, lookup)
    if (!result.ok || !mayExpand(raw)) return result
    left -= result.value.length
    return left < 0 ? tooLong() : result
  }
}

/** In single quotes only the quote itself can be escaped; a pair of backslashes is seen as a pair, and stays one. */
function unescapeSingle(sequence: string): string {
  return sequence === "\\'" ? "'" : sequence
}

const CONTROL: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // Not a literal dollar yet: `$$` is what the expansion afterwards turns into one.
  $: '$$',
}

function unescapeDouble(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.replace(/\\(?:[abfnrtv$"\\]|0\d{0,3})/g, (sequence) => {
    const letter = sequence[1] as string
    return letter === '0' ? octal(sequence.slice(2)) : (CONTROL[letter] as string)
  })
}

/** `\0ddd` with three octal digits up to 377 is that character; with anything else only the `0` goes. */
function octal(digits: string): string {
  return /^[0-3][0-7]{2}$/.test(digits)
    ? encode(String.fromCharCode(Number.parseInt(digits, 8)))
    : `\\${digits}`
}
