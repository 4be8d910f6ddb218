/** Which variables take their port from another one, as in `WEB_HOST_PORT=${BASE_HOST_PORT}`. */
import { type EnvDocument, rawValue, type Statement } from '../env/document.js'
import { type Lookup, piecesOf, type Reference, references } from '../env/expand.js'
import { evaluator } from '../env/read.js'
import { parsePortValue } from '../ports/value.js'

export interface PortReferences {
  /** Variable → the one at the end of the chain, whose port it has; its address may differ. */
  readonly leaders: ReadonlyMap<string, string>
  /** The variables whose values refer to a port variable, directly or not. */
  readonly derived: ReadonlySet<string>
}

/** Reads the references between ports. @param docs in the order in which Compose reads them */
export function portReferences(
  docs: readonly EnvDocument[],
  isPort: (key: string) => boolean,
): PortReferences {
  const values = new Map<string, string>()
  const lookup: Lookup = (name) => values.get(name)
  /** Variable → the statement that sets its port. */
  const sources = new Map<string, Statement>()
  const statements = new Map<string, Statement>()
  /** Variable → the statements of ports, and of variables derived from them, that its value refers to. */
  const uses = new Map<string, Statement[]>()
  for (const doc of docs) {
    const evaluateNext = evaluator()
    for (const statement of doc.statements) {
      const { key, kind, quote } = statement
      const raw = rawValue(doc, statement)
      const result = evaluateNext(raw, quote, lookup)
      if (kind === 'inherit' || !result.ok) continue
      const refers = quote !== "'" && raw.includes('$')
      const leader = refers ? leaderIn(raw, lookup) : null
      const named = refers ? references(raw).map(({ name }) => name) : []
      const used = named.flatMap((name) =>
        isPort(name) || uses.has(name) ? (statements.get(name) ?? []) : [],
      )
      if (used.length > 0) uses.set(key, used)
      else uses.delete(key)
      statements.set(key, statement)
      sources.set(key, (leader === null ? undefined : sources.get(leader)) ?? statement)
      values.set(key, result.value)
    }
  }
  // A variable that is set again no longer has the value that was referred to.
  const leaders = new Map<string, string>()
  for (const [key, source] of sources)
    if (source.key !== key && sources.get(source.key) === source) leaders.set(key, source.key)
  const derived = new Set<string>()
  for (const [key, used] of uses) if (used.some((each) => statements.get(each.key) === each)) derived.add(key)
  return { leaders, derived }
}

/** Returns the variable from which a text takes its port, if not its address; null for none. */
function leaderIn(text: string, lookup: Lookup): string | null {
  const pieces = piecesOf(text, lookup).filter(({ value }) => value !== '')
  const value = pieces.map((piece) => piece.value).join('')
  const port = parsePortValue(value)
  const last = pieces.at(-1)
  if (typeof port === 'string' || last?.reference === undefined) return null
  return value.length - last.value.length <= port.address.length ? leaderOf(last.reference, lookup) : null
}

/** Returns the variable behind `$X`, `${X:-${Y}}` or `${X:+${Y}}`. */
function leaderOf({ name, operator, operand }: Reference, lookup: Lookup): string | null {
  const found = lookup(name)
  const present = operator.startsWith(':') ? found !== undefined && found !== '' : found !== undefined
  const takesOperand = operator.endsWith('+') ? present : operator.endsWith('-') && !present
  return takesOperand ? leaderIn(operand, lookup) : name
}
