/**
 * The proof before a write: the new text is read back by Compose's rules, and has to hold just the statements
 * that were planned, with the values that were planned, and every key that was there before reads as it did.
 * Nothing here trusts how the text was put together.
 */
import {
  type EnvDocument,
  parseEnv,
  type Refusal,
  rawValue,
  rawValueIn,
  type Statement,
  scanEnv,
} from '../env/document.js'
import type { Expansion, ExpansionError, Lookup } from '../env/expand.js'
import { type EnvReading, evaluate, evaluator, mayRequire, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { type Problem, problem } from '../problem.js'
import { append } from './append.js'
import type { Assembly, Expected } from './assemble.js'
import { candidateValue, type Origin } from './candidates.js'
import { changedKeys } from './changed-keys.js'
import { OUR_FAULT } from './complaints.js'

/** What Compose will read, and what stands against writing it. */
export interface Proof {
  /** What a name comes to after the merge; undefined where that is left to the shell. */
  readonly after: Lookup
  readonly problems: readonly Problem[]
}

/** The product env as it is, and how it reads. */
interface Old {
  readonly doc: EnvDocument
  readonly reading: EnvReading
  readonly earlier?: ReadonlyMap<string, string> | undefined
  /** There is no product env yet: this is the one that comes of the example. */
  readonly isNew: boolean
}

/**
 * Proves an assembly.
 * @param file the product env's name, for the problems
 */
export function prove(old: Old, assembly: Assembly, file: string): Proof {
  // What leads the text unchanged reads as it did, since nothing that follows can reach it. Of a large product env
  // that is nearly all, so that only what follows is read into a map of its own.
  const before = (assembly.leading > 0 ? old.reading.values : old.earlier) ?? new Map()
  const planned = new Map<string, string>()
  const after: Lookup = (name) => planned.get(name) ?? before.get(name)
  const refused = new Map<Expected, ExpansionError>()
  const evaluateNext = evaluator()
  const readNext = evaluator()
  // Up to the first statement that reads otherwise than planned, what is planned and what is read are the same, so that
  // one map does for both.
  let asPlanned = true
  for (const expected of assembly.expected) {
    const result = plannedValue(expected, after, evaluateNext)
    if (result?.ok === false) refused.set(expected, result.error)
    const value = result?.ok ? result.value : undefined
    asPlanned &&= readsAs(expected, value, after, readNext)
    if (value !== undefined) planned.set(expected.key, value)
  }
  const problems = changedKeys(old, assembly, after, file)
  append(problems, refusals({ old, assembly, after, refused, file }, problems))
  const { refusal, difference } = readBack(old.doc, assembly, file)
  if (refusal !== null && old.doc.refusal === null) {
    const { line, reason } = refusal
    problems.push(
      problem('proof-failed', { file, line }, `with the features' variables added, ${reason}`, CHECK_LINE),
    )
  } else if (refusal === null && difference !== null) problems.push(difference)
  else if (refusal === null && !asPlanned)
    append(problems, misread({ old: old.doc, assembly, before, after, file }))
  return { after, problems }
}

const CHECK_LINE =
  'Complete that line of the product env (is a "=" missing?), or remove it; then merge again.'

/** Undefined where the value is left to the shell. */
function plannedValue(
  expected: Expected,
  lookup: Lookup,
  evaluateNext: typeof evaluate,
): Expansion | undefined {
  const { origin, kind, key, raw, quote } = expected
  if (kind === 'inherit') {
    const value = lookup(key)
    return value === undefined ? undefined : { ok: true, value }
  }
  return origin === null ? evaluateNext(raw, quote, lookup) : candidateValue(expected, lookup, evaluateNext)
}

interface Refused {
  readonly old: Old
  readonly assembly: Assembly
  readonly after: Lookup
  /** What Compose refuses when it reads the file for the first time. */
  readonly refused: Map<Expected, ExpansionError>
  readonly file: string
}

/** What Compose would refuse that it has not refused before. @param known a line with an error needs no other */
function refusals({ old, assembly, after, refused, file }: Refused, known: readonly Problem[]): Problem[] {
  // The second time that Compose reads a file, `A=` below counts for `${A:?}` above, too (docs/env-format.md).
  for (const statement of mayRequire(assembly.text) ? assembly.expected : []) {
    if (refused.has(statement) || !mayRequire(statement.raw)) continue
    const again = evaluate(statement.raw, statement.quote, after)
    if (!again.ok) refused.set(statement, again.error)
  }
  return [...refused].flatMap(([{ origin, line }, { kind, reason }]) => {
    if (origin !== null) return refusalProblem(origin.file, { kind, line, reason })
    const isKnown = known.some((each) => each.severity === 'error' && each.line === line)
    if (isKnown || old.reading.refusals.some((each) => each.line === line)) return []
    // The product env was read without it: no shell should be needed for that from now on.
    return refusalProblem(file, { kind, line, reason }, true)
  })
}

/** Whether what is written for a statement reads as planned, where `lookup` has what is above it. */
function readsAs(
  { kind, raw, quote }: Expected,
  value: string | undefined,
  lookup: Lookup,
  evaluateNext: typeof evaluate,
): boolean {
  // Whatever is above it: that is read and planned alike.
  if (kind === 'inherit') return true
  const result = evaluateNext(raw, quote, lookup)
  return result.ok && result.value === value
}

/**
 * Reads the new text from nothing, statement by statement: it has to start with the statements that led the old one,
 * and to go on with those that were planned.
 * @returns the first difference, and why Compose could not read the text to its end
 */
function readBack(
  old: EnvDocument,
  { text, leading, expected }: Assembly,
  file: string,
): { refusal: Refusal | null; difference: Problem | null } {
  const changed = (index: number): Problem => {
    const was = old.statements[index]
    const place = was === undefined ? { file } : { file, line: was.line }
    const next = blame({ origin: null, line: was?.line }, old)
    return problem('proof-failed', place, 'what was there would not read as before', next)
  }
  let difference = leading === 0 || text.startsWith(old.text) ? null : changed(-1)
  let index = 0
  const refusal = scanEnv(text, (statement) => {
    if (difference === null) {
      if (index >= leading) difference = unlike(text, statement, old, expected[index - leading], file)
      else if (!readsAsIt(text, statement, old, index, leading)) difference = changed(index)
    }
    index += 1
  })
  if (difference !== null) return { refusal, difference }
  if (index < leading) return { refusal, difference: changed(index) }
  const missing = expected[index - leading]
  if (missing === undefined) return { refusal, difference: null }
  const message = `${missing.key} would get lost`
  return { refusal, difference: problem('proof-failed', { file }, message, blame(missing, old)) }
}

/** Whether a statement of the text is the one that has led the old text at that place. */
function readsAsIt(text: string, now: Statement, old: EnvDocument, index: number, leading: number): boolean {
  const was = old.statements[index] as Statement
  if (now.kind !== was.kind || now.quote !== was.quote) return false
  // The same bytes, cut at the same places, are the same; all but the last statement, whose newline is new: to that,
  // even the name can give way (`export` alone is a name, with a newline it is the word before one).
  const cutAlike =
    now.start === was.start && now.valueStart === was.valueStart && now.valueEnd === was.valueEnd
  if (cutAlike && index < leading - 1) return true
  return now.key === was.key && rawValueIn(text, now) === rawValue(old, was)
}

/** The problem if a statement of the text is not the one that was planned. */
function unlike(
  text: string,
  statement: Statement,
  old: EnvDocument,
  wanted: Expected | undefined,
  file: string,
): Problem | null {
  const same =
    wanted?.key === statement.key &&
    wanted.kind === statement.kind &&
    wanted.raw === rawValueIn(text, statement)
  if (same && wanted.quote === statement.quote) return null
  const message = `${statement.key || 'this line'} would not read as planned`
  return problem('proof-failed', { file, line: statement.line }, message, blame(wanted, old))
}

interface Planned {
  readonly old: EnvDocument
  readonly assembly: Assembly
  /** The values at the end of the leading statements. */
  readonly before: ReadonlyMap<string, string>
  /** The planned ones at the end of the file. */
  readonly after: Lookup
  readonly file: string
}

/** Where the values of what follows, which has just been found to be the planned statements, are not as planned. */
function misread({ old, assembly, before, after, file }: Planned): Problem[] {
  const doc = parseEnv(assembly.text)
  const following = doc.statements.slice(assembly.leading)
  const { values } = readEnv({ ...doc, statements: following }, new Map(), before)
  const wrong = following.find(({ key }) => values.get(key) !== after(key))?.key
  if (wrong === undefined) return []
  const wanted = assembly.expected.findLast(({ key }) => key === wrong)
  return [problem('proof-failed', { file }, `${wrong} would not read as planned`, blame(wanted, old))]
}

function blame(
  at: { origin: Origin | null; line?: number | undefined } | undefined,
  old: EnvDocument,
): string {
  if (at?.origin)
    return `Nothing was written. Look at ${at.origin.file}:${at.line}, where the value comes from.`
  // The last line gets a newline, and `export` with one is no longer a name.
  const last = old.statements.at(-1)
  return last !== undefined && at?.line === last.line ? CHECK_LINE : OUR_FAULT
}
