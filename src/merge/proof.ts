/**
 * The proof before a write: the new text is read back by Compose's rules, and has to hold just the statements
 * that were planned, with the values that were planned, and every key that was there before reads as it did.
 * Nothing here trusts how the text was put together.
 */
import { type EnvDocument, parseEnv, rawValue } from '../env/document.js'
import { type Lookup, references } from '../env/expand.js'
import { type EnvReading, type evaluate, evaluator, readEnv } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import { append } from './append.js'
import type { Assembly, Expected } from './assemble.js'
import { candidateValue } from './candidates.js'
import { refusalProblem } from './refusal.js'

/** What Compose will read, and what stands against writing it. */
export interface Proof {
  /** Name → value after the merge; a name whose value is left to the shell is missing. */
  readonly values: ReadonlyMap<string, string>
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
  // What leads the text unchanged reads as it did, since nothing that follows can reach it.
  const before = assembly.leading > 0 ? old.reading.values : old.earlier
  const planned = new Map(before)
  const problems: Problem[] = []
  const lookup: Lookup = (name) => planned.get(name)
  const evaluateNext = evaluator()
  let unread = false
  for (const expected of assembly.expected) {
    const value = plannedValue(expected, lookup, evaluateNext, problems)
    if (value !== undefined) planned.set(expected.key, value)
    else if (expected.kind === 'assign') unread = true
  }
  append(problems, changedKeys(old, assembly, planned, file))
  const doc = parseEnv(assembly.text)
  if (doc.refusal !== null && old.doc.refusal === null) {
    const { line, reason } = doc.refusal
    problems.push(
      problem('proof-failed', { file, line }, `with the features' variables added, ${reason}`, CHECK_LINE),
    )
  } else if (doc.refusal === null) {
    append(problems, differences(doc, { old: old.doc, before, assembly, planned, unread, file }))
  }
  return { values: planned, problems }
}

const CHECK_LINE =
  'Complete that line of the product env (is a "=" missing?), or remove it; then merge again.'
const OUR_FAULT = 'Nothing was written. This is a fault of product-env: please report it with the template.'

function plannedValue(
  expected: Expected,
  lookup: Lookup,
  evaluateNext: typeof evaluate,
  problems: Problem[],
): string | undefined {
  const { candidate, kind, key, raw, quote, line } = expected
  if (kind === 'inherit') return lookup(key)
  const result =
    candidate === null ? evaluateNext(raw, quote, lookup) : candidateValue(candidate, lookup, evaluateNext)
  if (result.ok) return result.value
  if (candidate !== null) {
    const { kind, reason } = result.error
    problems.push(refusalProblem(candidate.file, { kind, line, reason }))
  }
  return undefined
}

/** Keys of the product that would read differently: only a rewritten or dropped section that they refer to can be why. */
function changedKeys(
  old: { doc: EnvDocument; reading: EnvReading },
  { expected }: Assembly,
  planned: ReadonlyMap<string, string>,
  file: string,
): Problem[] {
  const before = old.reading.values
  const own = new Map<string, Expected>()
  const added = new Set<string>()
  for (const statement of expected) {
    const { key, candidate } = statement
    if (candidate !== null) added.add(key)
    else if (before.get(key) !== planned.get(key)) own.set(key, statement)
  }
  const problems: Problem[] = []
  for (const [key, { raw, line }] of own) {
    if (added.has(key)) continue
    const used = references(raw).map(({ name }) => name)
    const dropped = used.find((name) => before.has(name) && !planned.has(name))
    if (dropped !== undefined) {
      const message = `${key} refers to ${dropped}, which would be gone`
      const next = `Set ${dropped} in the product env, or change ${key}.`
      problems.push(problem('dropped-in-use', { file, line }, message, next))
    } else if (used.some((name) => before.get(name) !== planned.get(name))) {
      const message = `${key} refers to a variable that changes, and reads differently from now on`
      problems.push(
        problem('value-follows', { file, line }, message, `Check that ${key} is still what you want.`),
      )
    } else {
      problems.push(problem('proof-failed', { file, line }, `${key} would read differently`, OUR_FAULT))
    }
  }
  return problems
}

interface Planned {
  readonly old: EnvDocument
  /** The values at the end of the leading statements. */
  readonly before: ReadonlyMap<string, string> | undefined
  readonly assembly: Assembly
  readonly planned: ReadonlyMap<string, string>
  /** Whether a planned statement has no value, which has been reported. */
  readonly unread: boolean
  readonly file: string
}

/** Where the new text does not hold what was planned. */
function differences(doc: EnvDocument, { old, before, assembly, planned, unread, file }: Planned): Problem[] {
  const { leading, expected } = assembly
  if (!leadsUnchanged(doc, old, leading)) {
    return [problem('proof-failed', { file }, 'what was there would not read as before', OUR_FAULT)]
  }
  const following = doc.statements.slice(leading)
  for (const [index, statement] of following.entries()) {
    const wanted = expected[index]
    const same =
      wanted?.key === statement.key &&
      wanted.kind === statement.kind &&
      wanted.raw === rawValue(doc, statement)
    if (same && wanted.quote === statement.quote) continue
    const message = `${statement.key || 'this line'} would not read as planned`
    return [problem('proof-failed', { file, line: statement.line }, message, blame(wanted))]
  }
  const missing = expected[following.length]
  if (missing !== undefined)
    return [problem('proof-failed', { file }, `${missing.key} would get lost`, blame(missing))]
  const { values, refusals } = readEnv({ ...doc, statements: following }, new Map(), before)
  const wrong = following.find(({ key }) => values.get(key) !== planned.get(key))?.key
  // What is refused only now is what Compose stumbles over when it reads the file a second time.
  if (wrong === undefined) return unread ? [] : refusals.map((refusal) => refusalProblem(file, refusal))
  const wanted = expected.findLast(({ key }) => key === wrong)
  return [problem('proof-failed', { file }, `${wrong} would not read as planned`, blame(wanted))]
}

/** Whether the new text starts with the bytes of the old one, and these are read as the same statements. */
function leadsUnchanged(doc: EnvDocument, old: EnvDocument, leading: number): boolean {
  if (leading === 0) return true
  if (!doc.text.startsWith(old.text)) return false
  return old.statements.every((was, index) => {
    const now = doc.statements[index]
    if (now === undefined || now.kind !== was.kind || now.quote !== was.quote) return false
    // The same bytes, cut at the same places, are the same; all but the last statement, whose newline is new: to that,
    // even the name can give way (`export` alone is a name, with a newline it is the word before one).
    const cutAlike =
      now.start === was.start && now.valueStart === was.valueStart && now.valueEnd === was.valueEnd
    if (cutAlike && index < leading - 1) return true
    return now.key === was.key && rawValue(doc, now) === rawValue(old, was)
  })
}

function blame(expected: Expected | undefined): string {
  if (expected?.candidate == null) return OUR_FAULT
  return `Nothing was written. Look at ${expected.candidate.file}:${expected.line}, where the value comes from.`
}
