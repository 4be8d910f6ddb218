/**
 * Reads a product env as it would be with other ports: from the top, each port replaced where it is stated, so that
 * all that refers to it follows, and nothing else does.
 */
import { type EnvDocument, rawValue, type Statement } from '../env/document.js'
import { evaluator } from '../env/read.js'
import { formatPort, type PortValue, parsePortValue, shiftPort } from '../ports/value.js'

/** The last statement of a variable, with what it comes to. All values are byte strings. */
export interface MovedVariable {
  readonly statement: Statement
  /** As the product env is. */
  readonly before: string
  /** With the other ports. */
  readonly after: string
  /** The port that the statement gives by itself; null where it is no port variable's, or follows from another port. */
  readonly port: PortValue | null
  /** Whether it refers to a port, so that it follows. */
  readonly follows: boolean
}

/**
 * What each variable comes to, in the order of their last statements.
 * @param isPort whether a variable is a port variable
 * @param move the port that takes the place of one which a statement gives
 */
export function readWithPortsMoved(
  doc: EnvDocument,
  isPort: (key: string) => boolean,
  move: (port: PortValue, statement: Statement) => PortValue,
): Map<string, MovedVariable> {
  const moved = new Map<string, MovedVariable>()
  // By one port up, what follows is told from what does not; `after` may be the same by accident.
  const probed = new Map<string, string>()
  const evaluators = [evaluator(), evaluator(), evaluator()] as const
  for (const statement of doc.statements) {
    const { key, kind, quote } = statement
    const raw = rawValue(doc, statement)
    const before = evaluators[0](raw, quote, (name) => moved.get(name)?.before)
    const probe = evaluators[1](raw, quote, (name) => probed.get(name))
    const after = evaluators[2](raw, quote, (name) => moved.get(name)?.after)
    if (kind === 'inherit' || !before.ok || !probe.ok || !after.ok) continue
    const follows = before.value !== probe.value
    const given = isPort(key) && !follows ? parsePortValue(before.value) : 'empty'
    const port = typeof given === 'string' ? null : given
    // A key that is set again moves to the end: the overlay states what it refers to before it.
    moved.delete(key)
    moved.set(key, {
      statement,
      before: before.value,
      after: port === null ? after.value : formatPort(move(port, statement)),
      port,
      follows,
    })
    probed.set(key, port === null ? probe.value : formatPort(shiftPort(port, 1)))
  }
  return moved
}
