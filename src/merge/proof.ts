/**
 * The proof before a write: the new text is read back by Compose's rules and must hold exactly the planned
 * statements and values. It does not trust how the text was assembled.
 */
import { type EnvDocument, parseEnv, rawValue } from '../env/document.js'
import type { Expansion, ExpansionError, Lookup } from '../env/expand.js'
import { type EnvReading, evaluate, evaluator, mayRequire, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { type Problem, problem } from '../problem.js'
import type { Assembly, Expected } from './assemble.js'
import { candidateValue } from './candidates.js'
import { changedKeys } from './changed-keys.js'
import { OUR_FAULT } from './problems.js'

/** The new product env as Compose will read it, and the problems that forbid writing it. */
export interface Proof {
  readonly doc: EnvDocument
  /** Without the shell's variables. */
  readonly values: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

/** The product env before the merge. */
export interface OldEnv {
  readonly doc: EnvDocument
  readonly reading: EnvReading
  /** Read from env files before this one. */
  readonly earlier?: ReadonlyMap<string, string> | undefined
  /** The product env does not exist yet: this is the text that the example gives. */
  readonly isNew: boolean
}

/** Proves an assembly. @param file the product env's name, for the problems */
export function prove(old: OldEnv, assembly: Assembly, file: string): Proof {
  const values = new Map(old.earlier)
  const lookup: Lookup = (name) => values.get(name)
  const refused = new Map<Expected, ExpansionError>()
  const evaluateNext = evaluator()
  for (const expected of assembly.expected) {
    const result = plannedValue(expected, lookup, evaluateNext)
    if (result?.ok) values.set(expected.key, result.value)
    else if (result !== undefined) refused.set(expected, result.error)
  }
  const doc = parseEnv(assembly.text)
  const changed = changedKeys(old, assembly, lookup, file)
  const errors = [...old.reading.refusals, ...changed.filter(({ severity }) => severity === 'error')]
  const known = new Set(errors.map(({ line }) => line))
  const refusals = newRefusals(assembly, lookup, refused, known, file)
  return {
    doc,
    values,
    problems: [...changed, ...refusals, ...differences(old, assembly, doc, values, file)],
  }
}

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

/**
 * What Compose would refuse that it did not refuse before.
 * @param refused what it refuses when it reads the file for the first time
 * @param known lines that already have an error
 */
function newRefusals(
  { text, expected }: Assembly,
  lookup: Lookup,
  refused: Map<Expected, ExpansionError>,
  known: ReadonlySet<number | undefined>,
  file: string,
): Problem[] {
  // The second time that Compose reads a file, `A=` below counts for `${A:?}` above, too (docs/env-format.md).
  const isReadTwice = refused.size === 0 && mayRequire(text)
  for (const statement of isReadTwice ? expected : []) {
    if (!mayRequire(statement.raw)) continue
    const again = evaluate(statement.raw, statement.quote, lookup)
    if (!again.ok) refused.set(statement, again.error)
  }
  return [...refused].flatMap(([{ origin, line }, { kind, reason }]) => {
    if (origin !== null) return refusalProblem(origin.file, { kind, line, reason })
    if (known.has(line)) return []
    // The product env was read without it: no shell should be needed for that from now on.
    return refusalProblem(file, { kind, line, reason }, true)
  })
}

/** The first difference between the plan and the text read back; none in a file that was refused before. */
function differences(
  { doc: old, earlier }: OldEnv,
  { text, expected, sections }: Assembly,
  doc: EnvDocument,
  values: ReadonlyMap<string, string>,
  file: string,
): Problem[] {
  if (old.refusal !== null) return []
  const failed = (line: number | undefined, message: string, next: string): Problem[] => [
    problem('proof-failed', line === undefined ? { file } : { file, line }, message, next),
  ]
  if (doc.refusal !== null) {
    const { line, reason } = doc.refusal
    return failed(line, `With the features' variables added, ${reason}`, COMPLETE_LINE)
  }
  // The last line gets a newline, and `export` with one is no longer a name.
  const lastLine = old.statements.at(-1)?.line
  const nextFor = (wanted: Expected | undefined): string => {
    if (wanted?.origin) return `Check ${wanted.origin.file}:${wanted.line}, which sets the value.`
    return wanted !== undefined && wanted.line === lastLine ? COMPLETE_LINE : OUR_FAULT
  }
  const onlyAdds = sections.every(({ change }) => change === 'added')
  if (onlyAdds && !text.startsWith(old.text))
    return failed(undefined, 'Existing text would change', OUR_FAULT)
  const count = Math.max(expected.length, doc.statements.length)
  for (let index = 0; index < count; index++) {
    const wanted = expected[index]
    const found = doc.statements[index]
    if (
      wanted?.key === found?.key &&
      wanted?.kind === found?.kind &&
      wanted?.quote === found?.quote &&
      wanted?.raw === (found && rawValue(doc, found))
    )
      continue
    const name = wanted?.key || found?.key || 'This line'
    return failed(found?.line, `${name} would not read as planned`, nextFor(wanted))
  }
  // Against the evaluation of the plan, where placeholders are filled in after the reading.
  const read = readEnv(doc, new Map(), earlier).values
  const wrong = expected.findLast(({ key }) => read.get(key) !== values.get(key))
  return wrong === undefined
    ? []
    : failed(undefined, `${wrong.key} would not read as planned`, nextFor(wrong))
}

const COMPLETE_LINE = 'Complete or remove that line of the product env, then merge again.'
