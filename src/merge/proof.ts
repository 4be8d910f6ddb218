/** Proves the new text before a write: read back by Compose's rules, it must contain exactly the planned statements and values. */
import { type EnvDocument, parseEnv, rawValue } from '../env/document.js'
import { evaluator, readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { type Problem, problem } from '../problem.js'
import type { Assembly, Expected } from './assemble.js'
import { candidateValue } from './candidates.js'
import { changedKeys, type OldEnv, OUR_FAULT } from './changed-keys.js'

/** The new product env as Compose will read it, without the shell's variables. */
interface Proof {
  readonly doc: EnvDocument
  readonly values: ReadonlyMap<string, string>
  /** The problems that forbid writing it. */
  readonly problems: readonly Problem[]
}

export function prove(old: OldEnv, assembly: Assembly, file: string): Proof {
  const values = plannedValues(assembly.expected, old.earlier)
  const doc = parseEnv(assembly.text)
  const read = readEnv(doc, new Map(), old.earlier)
  const changed = changedKeys(old, assembly, (name) => values.get(name), file)
  const errors = [...old.reading.refusals, ...changed.filter(({ severity }) => severity === 'error')]
  const known = new Set(errors.map(({ line }) => line))
  const lines = read.refusals.length === 0 ? [] : doc.statements.map(({ line }) => line)
  const expectedAt = new Map(lines.map((line, index) => [line, assembly.expected[index]]))
  const refusals = read.refusals.flatMap((refusal) => {
    const { origin, line = 0 } = expectedAt.get(refusal.line) ?? {}
    if (refusal.kind === 'parse' || origin === undefined) return []
    if (origin !== null) return refusalProblem(origin.file, { ...refusal, line })
    // The product env did not need the shell before.
    return known.has(line) ? [] : refusalProblem(file, { ...refusal, line }, true)
  })
  const wrong = old.doc.refusal === null ? difference(old.doc, assembly, doc, read.values, values, file) : []
  return { doc, values, problems: [...changed, ...refusals, ...wrong] }
}

/** Evaluates the plan itself, in which placeholders are filled in after the reading. */
function plannedValues(
  all: readonly Expected[],
  earlier: ReadonlyMap<string, string> | undefined,
): Map<string, string> {
  const values = new Map(earlier)
  const lookup = (name: string) => values.get(name)
  const evaluateNext = evaluator()
  for (const expected of all) {
    const { origin, kind, key, raw, quote } = expected
    if (kind === 'inherit') continue
    const result =
      origin === null ? evaluateNext(raw, quote, lookup) : candidateValue(expected, lookup, evaluateNext)
    if (result.ok) values.set(key, result.value)
  }
  return values
}

/** The first difference between the plan and the text. */
function difference(
  old: EnvDocument,
  { text, expected, sections }: Assembly,
  doc: EnvDocument,
  read: ReadonlyMap<string, string>,
  planned: ReadonlyMap<string, string>,
  file: string,
): Problem[] {
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
      wanted?.key !== found?.key ||
      wanted?.kind !== found?.kind ||
      wanted?.quote !== found?.quote ||
      wanted?.raw !== (found && rawValue(doc, found))
    ) {
      const name = wanted?.key || found?.key || 'This line'
      return failed(found?.line, `${name} would not read as planned`, nextFor(wanted))
    }
  }
  const wrong = expected.findLast(({ key }) => read.get(key) !== planned.get(key))
  return wrong === undefined
    ? []
    : failed(undefined, `${wrong.key} would not read as planned`, nextFor(wrong))
}

const COMPLETE_LINE = 'Complete or remove that line of the product env, then merge again.'
