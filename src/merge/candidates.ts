/**
 * What the features would give a product: every variable of every template, with its host port shifted and
 * its placeholders resolved, before the product's own word is asked.
 */
import { decode } from '../env/bytes.js'
import { type EnvDocument, parseEnv, type Quote, rawValue } from '../env/document.js'
import type { Expansion, Lookup } from '../env/expand.js'
import { evaluate, readEnv } from '../env/read.js'
import { quoted } from '../env/secret.js'
import { writeValue } from '../env/write-value.js'
import type { Offset } from '../ports/offset.js'
import { formatPort, MAX_PORT, parsePortValue, rangeText, shiftPort } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import { type Problem, problem } from '../problem.js'
import {
  featurePlaceholders,
  hidePlaceholders,
  type Placeholders,
  resolvePlaceholders,
} from './placeholder.js'
import type { Shift } from './plan.js'
import type { FeatureSource, TemplateSource } from './source.js'
import { type Chunk, chunksOf } from './template.js'

/** What all candidates of a feature have in common. */
export interface Origin {
  readonly feature: string
  /** The template. */
  readonly file: string
  readonly doc: EnvDocument
  readonly placeholders: Placeholders
}

/** One statement of a template, as it would be added. */
export interface Candidate extends Chunk {
  readonly origin: Origin
  readonly key: string
  readonly line: number
  readonly kind: 'assign' | 'inherit'
  /** The value as written in the template, and as it would be written in the product env. */
  readonly templateRaw: string
  readonly raw: string
  readonly quote: Quote
  /** Null where the variable is no port variable, or its value no port. */
  readonly shift: Shift | null
  /** What is wrong with it if it is added; a value that the product keeps has none of these. */
  readonly problems: readonly Problem[]
}

/** The candidates of one feature, in the order of its template. */
export function candidatesOf(
  feature: FeatureSource,
  template: TemplateSource,
  product: string,
  offset: Offset,
): Candidate[] {
  const { file, doc, noRoom, shifts = isPortVariable } = template
  // What the product itself says is meant as it stands.
  const placeholders = template.isOwn ? new Map() : featurePlaceholders(product, feature.hostDir)
  const origin: Origin = { feature: feature.name, file, doc, placeholders }
  return chunksOf(doc).map(({ statement, start, end, below }): Candidate => {
    const { key, kind } = statement
    const line = template.lineOf?.(key) ?? statement.line
    const templateRaw = rawValue(doc, statement)
    const port = shifts(key) ? shifted(key, templateRaw, offset, { file, line }, noRoom) : NO_PORT
    const { shift, problems } = port
    const { raw, quote } =
      shift === null
        ? resolved(templateRaw, statement.quote, placeholders)
        : { raw: port.raw, quote: statement.quote }
    // Spelled out, and flat: fifty thousand objects more are what the garbage collector feels.
    return {
      origin,
      key,
      line,
      kind,
      statement,
      start,
      end,
      below,
      templateRaw,
      raw,
      quote,
      shift,
      problems,
    }
  })
}

const NO_PORT = { shift: null, raw: '', problems: [] }

/** The value that a candidate stands for, or why Compose would refuse it. */
export function candidateValue(
  { shift, templateRaw, raw, statement, origin }: Candidate,
  lookup: Lookup,
  evaluateNext: typeof evaluate,
): Expansion {
  const template = shift === null ? templateRaw : raw
  if (!template.includes('__')) return evaluateNext(template, statement.quote, lookup)
  // Placeholders are filled in after the reading: what they stand for is meant literally. In what the template refers
  // to, such a word is none.
  const hidden = hidePlaceholders(origin.placeholders)
  const result = evaluateNext(template, statement.quote, (name) => hidden.hide(lookup(name)))
  if (!result.ok) return result
  return { ok: true, value: hidden.show(resolvePlaceholders(result.value, origin.placeholders)) }
}

function shifted(
  key: string,
  raw: string,
  offset: Offset,
  place: { file: string; line: number },
  noRoom: TemplateSource['noRoom'],
) {
  const base = parsePortValue(raw)
  if (base === 'empty') {
    const next = 'State the base port in the template, for example 8080.'
    const message = `${key} has no port: Docker would publish a random host port`
    return { shift: null, raw, problems: [problem('port-empty', place, message, next)] }
  }
  if (base === 'not-a-number') {
    const message = `${key} is ${quoted(decode(raw), key)}, which is no port; it is added as it stands, without the offset`
    const next =
      'State a number, a range such as 8000-8010, or an address and a number such as 127.0.0.1:8080.'
    return { shift: null, raw, problems: [problem('port-not-a-number', place, message, next)] }
  }
  const host = shiftPort(base, offset.value)
  const shift = { base, offset: offset.value, host }
  if (host.to <= MAX_PORT) return { shift, raw: formatPort(host), problems: [] }
  const message = `${key}: ${rangeText(base)} + ${offset.value} = ${rangeText(host)} is over ${MAX_PORT}, the highest port`
  const most = MAX_PORT - base.to
  // An offset that somebody has set is more likely wrong than the base port that all products share.
  const isOffset = offset.place !== undefined && most >= 0
  const next =
    noRoom?.(key, most) ??
    (isOffset
      ? `Set offset: to ${most} or less.`
      : `Lower the base port to ${MAX_PORT - offset.value} or less, or pin ${key} in the product env.`)
  const at = isOffset ? offset.place : place
  return { shift, raw: formatPort(host), problems: [problem('port-out-of-range', at, message, next)] }
}

/** A raw value with its placeholders replaced: in place where that reads right, else written anew. */
function resolved(raw: string, quote: Quote, placeholders: Placeholders): { raw: string; quote: Quote } {
  const replaced = resolvePlaceholders(raw, placeholders)
  if (replaced === raw) return { raw, quote }
  const meant = evaluate(raw, quote, () => undefined)
  // With a `$` in it, what the value stands for is not known yet: it keeps its form, and the proof before the write looks at it.
  if (raw.includes('$') || !meant.ok) return { raw: replaced, quote }
  const value = resolvePlaceholders(meant.value, placeholders)
  // NUL cannot be written in any form; what is wrong with such a template is left to the proof.
  if (value.includes('\0') || readsAs(replaced, quote, value)) return { raw: replaced, quote }
  return unquote(writeValue(value))
}

/** Whether a raw value is read as `value`: no quote, comment or escape came in with a path. */
function readsAs(raw: string, quote: Quote, value: string): boolean {
  const doc = parseEnv(`A=${quote}${raw}${quote}\n`)
  const { values, refusals } = readEnv(doc)
  return refusals.length === 0 && doc.statements.length === 1 && values.get('A') === value
}

function unquote(written: string): { raw: string; quote: Quote } {
  const quote = written[0]
  return quote === '"' || quote === "'" ? { raw: written.slice(1, -1), quote } : { raw: written, quote: '' }
}
