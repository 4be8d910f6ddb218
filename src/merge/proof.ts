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
import type { Lookup } from '../env/expand.js'
import { type EnvReading, type evaluate, evaluator, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { type Problem, problem } from '../problem.js'
import { append } from './append.js'
import type { Assembly, Expected } from './assemble.js'
import { candidateValue } from './candidates.js'
import { changedKeys } from './changed-keys.js'
import { OUR_FAULT } from './complaints.js'

/** What Compose will read, and what stands against writing it. */
export interface Proof {
  /** What a name comes to after the merge; undefined where that is left to the shell. */
  readonly after: Lookup
  readonly problems: readonly Problem[]
}

/**
 * Proves an assembly.
 * @param old the product env as it is, and how it reads
 * @param file the product env's name, for the problems
 */
export function prove(
  old: { doc: EnvDocument; reading: EnvReading; earlier?: ReadonlyMap<string, string> | undefined },
  assembly: Assembly,
  file: string,
): Proof {
  // What leads the text unchanged reads as it did, since nothing that follows can reach it. Of a large product env
  // that is nearly all, so that only what follows is read into a map of its own.
  const before = (assembly.leading > 0 ? old.reading.values : old.earlier) ?? new Map()
  const planned = new Map<string, string>()
  const after: Lookup = (name) => planned.get(name) ?? before.get(name)
  const problems: Problem[] = []
  const evaluateNext = evaluator()
  const readNext = evaluator()
  let unread = false
  // Up to the first statement that reads otherwise than planned, what is planned and what is read are the same, so that
  // one map does for both.
  let asPlanned = true
  for (const expected of assembly.expected) {
    const value = plannedValue(expected, after, evaluateNext, problems)
    asPlanned &&= readsAs(expected, value, after, readNext)
    if (value !== undefined) planned.set(expected.key, value)
    else if (expected.kind === 'assign') unread = true
  }
  // For which Compose reads a file a second time: above a later line that empties A, `${A:?}` can fail then.
  const mayReadTwice = planned.size < assembly.expected.length && assembly.text.includes('?')
  append(problems, changedKeys(old, assembly, after, file))
  const { refusal, difference } = readBack(old.doc, assembly, file)
  if (refusal !== null && old.doc.refusal === null) {
    const { line, reason } = refusal
    problems.push(
      problem('proof-failed', { file, line }, `with the features' variables added, ${reason}`, CHECK_LINE),
    )
  } else if (difference !== null) {
    if (refusal === null) problems.push(difference)
  } else if (refusal === null && (!asPlanned || mayReadTwice)) {
    append(problems, misread({ assembly, before, after, unread, file }))
  }
  return { after, problems }
}

const CHECK_LINE =
  'Complete that line of the product env (is a "=" missing?), or remove it; then merge again.'

function plannedValue(
  expected: Expected,
  lookup: Lookup,
  evaluateNext: typeof evaluate,
  problems: Problem[],
): string | undefined {
  const { origin, kind, key, raw, quote, line } = expected
  if (kind === 'inherit') return lookup(key)
  const result =
    origin === null ? evaluateNext(raw, quote, lookup) : candidateValue(expected, lookup, evaluateNext)
  if (result.ok) return result.value
  if (origin !== null) {
    const { kind, reason } = result.error
    problems.push(refusalProblem(origin.file, { kind, line, reason }))
  }
  return undefined
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
  const changed = problem('proof-failed', { file }, 'what was there would not read as before', OUR_FAULT)
  let difference = leading === 0 || text.startsWith(old.text) ? null : changed
  let index = 0
  const refusal = scanEnv(text, (statement) => {
    if (difference === null) {
      if (index >= leading) difference = unlike(text, statement, expected[index - leading], file)
      else if (!readsAsIt(text, statement, old, index, leading)) difference = changed
    }
    index += 1
  })
  if (difference !== null) return { refusal, difference }
  if (index < leading) return { refusal, difference: changed }
  const missing = expected[index - leading]
  if (missing === undefined) return { refusal, difference: null }
  const message = `${missing.key} would get lost`
  return { refusal, difference: problem('proof-failed', { file }, message, blame(missing)) }
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
  wanted: Expected | undefined,
  file: string,
): Problem | null {
  const same =
    wanted?.key === statement.key &&
    wanted.kind === statement.kind &&
    wanted.raw === rawValueIn(text, statement)
  if (same && wanted.quote === statement.quote) return null
  const message = `${statement.key || 'this line'} would not read as planned`
  return problem('proof-failed', { file, line: statement.line }, message, blame(wanted))
}

interface Planned {
  readonly assembly: Assembly
  /** The values at the end of the leading statements. */
  readonly before: ReadonlyMap<string, string>
  /** The planned ones at the end of the file. */
  readonly after: Lookup
  /** Whether a planned statement has no value, which has been reported. */
  readonly unread: boolean
  readonly file: string
}

/** Where the values of what follows, which has just been found to be the planned statements, are not as planned. */
function misread({ assembly, before, after, unread, file }: Planned): Problem[] {
  const doc = parseEnv(assembly.text)
  const following = doc.statements.slice(assembly.leading)
  const { values, refusals } = readEnv({ ...doc, statements: following }, new Map(), before)
  const wrong = following.find(({ key }) => values.get(key) !== after(key))?.key
  // What is refused only now is what Compose stumbles over when it reads the file a second time.
  if (wrong === undefined) return unread ? [] : refusals.map((refusal) => refusalProblem(file, refusal))
  const wanted = assembly.expected.findLast(({ key }) => key === wrong)
  return [problem('proof-failed', { file }, `${wrong} would not read as planned`, blame(wanted))]
}

function blame(expected: Expected | undefined): string {
  if (expected === undefined || expected.origin === null) return OUR_FAULT
  return `Nothing was written. Look at ${expected.origin.file}:${expected.line}, where the value comes from.`
}
