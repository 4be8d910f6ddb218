/** The variables of the features' templates, as a merge would add them: ports shifted, placeholders resolved. */
import { decode } from '../env/bytes.js'
import { type EnvDocument, parseEnv, type Quote, rawValue } from '../env/document.js'
import type { Expansion, Lookup } from '../env/expand.js'
import { evaluate, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { quoted } from '../env/secret.js'
import { writeValue } from '../env/write-value.js'
import { LOCAL_OFFSET, type Offset } from '../ports/offset.js'
import { formatPort, MAX_PORT, parsePortValue, rangeText, shiftPort } from '../ports/value.js'
import { type Problem, problem } from '../problem.js'
import {
  featurePlaceholders,
  hidePlaceholders,
  type Placeholders,
  resolvePlaceholders,
} from './placeholder.js'
import type { Shift } from './plan.js'
import type { FeatureSource, ProductSource, TemplateSource } from './source.js'
import { type Chunk, chunksOf } from './template.js'

/** The template that a candidate comes from. */
export interface Origin {
  readonly feature: string
  readonly file: string
  readonly doc: EnvDocument
  readonly placeholders: Placeholders
  readonly isDecision: boolean
}

/** One statement of a template. */
export interface Candidate extends Chunk {
  readonly origin: Origin
  readonly key: string
  readonly line: number
  readonly kind: 'assign' | 'inherit'
  /** The value as written in the template. */
  readonly templateRaw: string
  /** The value as it would be written in the product env. */
  readonly raw: string
  readonly quote: Quote
  /** Null unless a port variable has a port. */
  readonly shift: Shift | null
  /** Reported only if the candidate is added. */
  readonly problems: readonly Problem[]
}

interface Offer {
  readonly all: readonly Candidate[]
  /** The last statement of each key, which Compose reads. */
  readonly last: readonly Candidate[]
}

/**
 * Reads the templates of a product's features, in the product's order.
 * @returns winners: for each key, the last statement in the first template that sets it
 */
export function offersOf(source: ProductSource) {
  const problems: Problem[] = []
  const offers = new Map<string, Offer>()
  const winners = new Map<string, Candidate>()
  for (const feature of source.features) {
    const { name, template } = feature
    if (template === null) continue
    const { refusal } = template.doc
    if (refusal !== null) problems.push(refusalProblem(template.file, { ...refusal, kind: 'parse' }))
    const all = candidatesOf(feature, template, source)
    const last = new Map(all.map((candidate) => [candidate.key, candidate]))
    for (const [key, candidate] of last) if (!winners.has(key)) winners.set(key, candidate)
    problems.push(...duplicates(all, last))
    offers.set(name, { all, last: [...last.values()] })
  }
  return { offers, winners, problems }
}

function duplicates(all: readonly Candidate[], last: ReadonlyMap<string, Candidate>): Problem[] {
  if (all.length === last.size) return []
  const first = new Map([...all].reverse().map((candidate) => [candidate.key, candidate]))
  return [...last].flatMap(([key, winner]) => {
    const { origin, line } = first.get(key) as Candidate
    if (first.get(key) === winner) return []
    const message = `${key} is set again on line ${winner.line}, which wins`
    return problem('duplicate-key', { file: origin.file, line }, message, 'Keep one of the lines.')
  })
}

function candidatesOf(
  feature: FeatureSource,
  template: TemplateSource,
  { name: product, offset, isPort }: ProductSource,
): Candidate[] {
  const { file, doc, noRoom, shifts = isPort, isDecision = false } = template
  const placeholders = template.isOwn ? new Map() : featurePlaceholders(product, feature.hostDir)
  const origin: Origin = { feature: feature.name, file, doc, placeholders, isDecision }
  return chunksOf(doc).map(({ statement, start, end, below }): Candidate => {
    const { key, kind, quote: templateQuote } = statement
    const line = template.lineOf?.(key) ?? statement.line
    const templateRaw = rawValue(doc, statement)
    const port = shifts(key) ? shifted(key, templateRaw, offset, { file, line }, noRoom) : NO_PORT
    const { shift, problems } = port
    const { raw, quote } =
      shift === null
        ? resolved(templateRaw, templateQuote, placeholders)
        : { raw: formatPort(shift.host), quote: templateQuote }
    // No spread: V8 takes a hundred times longer to add properties to a spread object.
    return { statement, start, end, below, origin, key, line, kind, templateRaw, raw, quote, shift, problems }
  })
}

const NO_PORT = { shift: null, problems: [] }

/** Returns the value of a candidate, or why Compose would refuse it. */
export function candidateValue(
  { shift, templateRaw, raw, statement, origin }: Candidate,
  lookup: Lookup,
  evaluateNext: typeof evaluate,
): Expansion {
  const template = shift === null ? templateRaw : raw
  if (!template.includes('__')) return evaluateNext(template, statement.quote, lookup)
  // The text of a placeholder is literal, so it is filled in last; in the value of a variable, the word is no placeholder.
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
): { shift: Shift | null; problems: Problem[] } {
  const base = parsePortValue(raw)
  if (base === 'empty') {
    const message = `${key} has no port: Docker would publish a random host port`
    const next = 'Set the base port in the template, for example 8080.'
    return { shift: null, problems: [problem('port-empty', place, message, next)] }
  }
  if (base === 'not-a-number') {
    const message = `${key} is ${quoted(decode(raw), key)}, which is not a port, so it is added without the offset`
    const next = 'Use a number, a range such as 8000-8010, or an address and a number such as 127.0.0.1:8080.'
    return { shift: null, problems: [problem('port-not-a-number', place, message, next)] }
  }
  const host = shiftPort(base, offset.value)
  const shift = { base, offset: offset.value, offsetFrom: offset.from, host }
  if (host.to <= MAX_PORT) return { shift, problems: [] }
  const message = `${key}: ${rangeText(base)} + ${offset.value} = ${rangeText(host)} is above ${MAX_PORT}, the highest port`
  const most = MAX_PORT - base.to
  // An offset that is set is more likely wrong than a base port that all products share.
  const isLocal = offset.from === LOCAL_OFFSET && most >= 0
  const isSet = isLocal || (offset.place !== undefined && most >= 0)
  const advice = isSet
    ? `Set ${isLocal ? LOCAL_OFFSET : 'offset:'} to ${most} or less.`
    : `Lower the base port to ${MAX_PORT - offset.value} or less, or set ${key} in the product env.`
  const next = isLocal ? advice : (noRoom?.(key, most) ?? advice)
  const at = isSet ? (offset.place ?? place) : place
  return { shift, problems: [problem('port-out-of-range', at, message, next)] }
}

/** Resolves placeholders in a raw value, and quotes it anew if it would be misread. */
function resolved(raw: string, quote: Quote, placeholders: Placeholders): { raw: string; quote: Quote } {
  const replaced = resolvePlaceholders(raw, placeholders)
  if (replaced === raw) return { raw, quote }
  const meant = evaluate(raw, quote, () => undefined)
  // The value behind a `$` is not known yet; the proof checks these.
  if (raw.includes('$') || !meant.ok) return { raw: replaced, quote }
  const value = resolvePlaceholders(meant.value, placeholders)
  // NUL cannot be written in any form; the proof refuses it.
  if (value.includes('\0') || readsAs(replaced, quote, value)) return { raw: replaced, quote }
  return unquote(writeValue(value))
}

/** Returns false if the path in a raw value would be read as a quote, a comment or an escape. */
function readsAs(raw: string, quote: Quote, value: string): boolean {
  const doc = parseEnv(`A=${quote}${raw}${quote}\n`)
  const { values, refusals } = readEnv(doc)
  return refusals.length === 0 && doc.statements.length === 1 && values.get('A') === value
}

function unquote(written: string): { raw: string; quote: Quote } {
  const quote = written[0]
  return quote === '"' || quote === "'" ? { raw: written.slice(1, -1), quote } : { raw: written, quote: '' }
}
