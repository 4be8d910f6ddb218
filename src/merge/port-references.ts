/** Which variables have their port from another one, as `WEB_HOST_PORT=${BASE_HOST_PORT}` does. */
import { piecesOf } from '../compose/interpolate.js'
import { type EnvDocument, rawValue, type Statement } from '../env/document.js'
import { type Lookup, type Reference, references } from '../env/expand.js'
import { evaluator } from '../env/read.js'
import { parsePortValue } from '../ports/value.js'

export interface PortReferences {
  /** Variable → the one at the end of the chain, whose port it has; an address before it may be its own. */
  readonly leaders: ReadonlyMap<string, string>
  /** The variables whose values refer to a port variable, as a whole or as a part, directly or by way of others. */
  readonly derived: ReadonlySet<string>
}

/**
 * Reads env files for what their ports come from.
 * @param docs in the order in which Compose reads them
 * @param isPort whether a variable is a port variable
 */
export function portReferences(
  docs: readonly EnvDocument[],
  isPort: (key: string) => boolean,
): PortReferences {
  const values = new Map<string, string>()
  const lookup: Lookup = (name) => values.get(name)
  /** Variable → the statement in which its port is written. */
  const sources = new Map<string, Statement>()
  const stated = new Map<string, Statement>()
  /** Variable → the statements of port variables, and of what is derived from them, that its value refers to. */
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
      const used = named.flatMap((name) => (isPort(name) || uses.has(name) ? (stated.get(name) ?? []) : []))
      if (used.length > 0) uses.set(key, used)
      else uses.delete(key)
      stated.set(key, statement)
      sources.set(key, (leader === null ? undefined : sources.get(leader)) ?? statement)
      values.set(key, result.value)
    }
  }
  // What another variable said when it was referred to, it may not say any more.
  const leaders = new Map<string, string>()
  for (const [key, source] of sources)
    if (source.key !== key && sources.get(source.key) === source) leaders.set(key, source.key)
  const derived = new Set<string>()
  for (const [key, used] of uses) if (used.some((each) => stated.get(each.key) === each)) derived.add(key)
  return { leaders, derived }
}

/** The variable from which a text takes its port, all but the address before it; null if there is none. */
function leaderIn(text: string, lookup: Lookup): string | null {
  const pieces = piecesOf(text, lookup).filter(({ value }) => value !== '')
  const value = pieces.map((piece) => piece.value).join('')
  const port = parsePortValue(value)
  const last = pieces.at(-1)
  if (typeof port === 'string' || last?.reference === undefined) return null
  return value.length - last.value.length <= port.address.length ? leaderOf(last.reference, lookup) : null
}

/** The variable behind `$X`, `${X:-${Y}}` or `${X:+${Y}}`. */
function leaderOf({ name, operator, operand }: Reference, lookup: Lookup): string | null {
  const found = lookup(name)
  const present = operator.startsWith(':') ? found !== undefined && found !== '' : found !== undefined
  const takesOperand = operator.endsWith('+') ? present : operator.endsWith('-') && !present
  return takesOperand ? leaderIn(operand, lookup) : name
}
