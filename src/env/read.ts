/** The values that Docker Compose reads from an env document (compose-go 2.9.1, `dotenv/parser.go`). */
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
  /** Name → value (a byte string), earlier files included; the shell's values are not applied. */
  readonly values: ReadonlyMap<string, string>
  /** Empty if Compose reads the file. */
  readonly refusals: readonly EnvRefusal[]
}

export interface EnvRefusal extends Refusal {
  /** After `parse`, nothing can be read. */
  readonly kind: 'parse' | ExpansionError['kind']
}

/**
 * Reads a document as Compose does.
 * @param environment byte strings that win in every expansion: the shell's variables for the project, or the whole
 * project environment for a service with `env_file`
 * @param earlier the values of env files before this one
 */
export function readEnv(
  doc: EnvDocument,
  environment: ReadonlyMap<string, string> = new Map(),
  earlier: ReadonlyMap<string, string> = new Map(),
): EnvReading {
  const shell: Lookup = (name) => environment.get(name)
  const reading = readOnce(doc, shell, earlier)
  if (reading.refusals.length > 0 || !(doc.text.includes('?') && mayExpand(doc.text))) return reading
  // Compose exports the values and reads the file again (`setEnvWithDotEnv` in its cmd/compose). No value changes,
  // but `${A:?}` can fail: below `A=1` and above `A=`.
  const exported: Lookup = (name) => shell(name) ?? reading.values.get(name)
  return { values: reading.values, refusals: readOnce(doc, exported, earlier).refusals }
}

/** Returns the references that count in a value, without places: none in single quotes, no `\\$` in double ones. */
export function referencesIn(raw: string, quote: Quote): Omit<Reference, 'start' | 'end'>[] {
  return quote === "'" ? [] : references(quote === '"' ? unescapeDouble(raw) : raw)
}

/** Returns false if a raw text has no expansion. An octal escape can be a `$`, too. */
export function mayExpand(raw: string): boolean {
  return raw.includes('$') || raw.includes('\\0')
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

/** Returns the value of a raw text. */
export function evaluate(raw: string, quote: Quote, lookup: Lookup): Expansion {
  if (quote === "'") return { ok: true, value: raw.replace(/\\[\\']/g, unescapeSingle) }
  return expand(quote === '"' ? unescapeDouble(raw) : raw, lookup)
}

/** Returns `evaluate` for the statements of one file, in order, within `MAX_EXPANDED`. */
export function evaluator(): typeof evaluate {
  let left = MAX_EXPANDED
  return (raw, quote, lookup) => {
    const result = evaluate(raw, quote, lookup)
    if (!result.ok || !mayExpand(raw)) return result
    left -= result.value.length
    return left < 0 ? tooLong() : result
  }
}

/** In single quotes, only the quote can be escaped; a pair of backslashes stays a pair. */
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
  // The expansion afterwards turns it into one.
  $: '$$',
}

function unescapeDouble(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.replace(/\\(?:[abfnrtv$"\\]|0\d{0,3})/g, (sequence) => {
    const letter = sequence[1] as string
    return letter === '0' ? octal(sequence.slice(2)) : (CONTROL[letter] as string)
  })
}

/** Three octal digits up to 377 are that character; otherwise only the `0` is dropped. */
function octal(digits: string): string {
  return /^[0-3][0-7]{2}$/.test(digits)
    ? encode(String.fromCharCode(Number.parseInt(digits, 8)))
    : `\\${digits}`
}
