/** What differs in an instance of a product: every port, moved by the instance's offset, and every value that refers to one. */
import { type EnvDocument, rawValue, type Statement } from '../env/document.js'
import { evaluate, evaluator } from '../env/read.js'
import { writeValue } from '../env/write-value.js'
import { formatPort, type PortValue, parsePortValue, shiftPort } from '../ports/value.js'
import type { Entry, ProductPlan } from './plan.js'
import { portReferences } from './port-references.js'

/** A port that an instance moves. */
export interface BasePort {
  readonly port: PortValue
  /** What sets the base: a feature, or the product env. */
  readonly from: string
}

/** The variables of an overlay, in this order. */
export interface InstanceOverrides {
  readonly ports: ReadonlyMap<string, BasePort>
  /** The variables that refer to these, each with its text or, if no text is right, with a base port. */
  readonly following: readonly Following[]
}

interface Following {
  readonly key: string
  readonly text: string | BasePort
}

/** @param own the variables that the overlay sets first */
export function instanceOverrides(
  plan: ProductPlan,
  offset: number,
  own: ReadonlyMap<string, string>,
): InstanceOverrides {
  const { doc, isPort } = plan
  const entries = new Map(plan.entries.filter(({ first }) => first === null).map((each) => [each.key, each]))
  /** Null for a port of the product's own. */
  const featuresEntry = (key: string): Entry | null => {
    const entry = entries.get(key)
    return entry === undefined || entry.ownPort || entry.kept?.untouched === false ? null : entry
  }
  const assigns = doc.statements.filter(({ kind }) => kind === 'assign')
  const last = new Map(assigns.map((statement) => [statement.key, statement]))
  const variables = readWithPortsMoved(doc, isPort, (port, statement) => {
    const entry = featuresEntry(statement.key)
    if (last.get(statement.key) === statement) return shiftPort(baseOf(port, entry).port, offset)
    // No plan has the base of a port that is set again further down, but it moves by as much.
    return shiftPort(port, entry?.shift == null ? offset : offset - plan.offset.value)
  })
  const { leaders } = portReferences([doc], isPort)
  const ports = new Map<string, BasePort>()
  const twins: Following[] = []
  const first = new Map<string, string>()
  for (const [key, { after, port }] of variables) {
    if (port === null) continue
    const leader = leaders.get(key)
    const twin = leader === undefined ? undefined : first.get(`${leader} ${after}`)
    // Two with one port, from a variable that does not move, still have one.
    if (twin !== undefined) twins.push({ key, text: `\${${twin}}` })
    else ports.set(key, baseOf(port, featuresEntry(key)))
    if (twin === undefined && leader !== undefined && REFERABLE.test(key))
      first.set(`${leader} ${after}`, key)
  }
  return { ports, following: [...twins, ...followersOf(doc, variables, isPort, offset, own)] }
}

/** What a `$` can refer to. */
const REFERABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

const PRODUCT_ENV = 'the product env'

/** A feature's base port, or the port that the product sets. */
function baseOf(port: PortValue, entry: Entry | null): BasePort {
  if (entry === null) return { port, from: PRODUCT_ENV }
  return { port: { ...(entry.shift?.base ?? port), address: port.address }, from: entry.feature }
}

/** The last statement of a variable, and its values as byte strings. */
interface MovedVariable {
  readonly statement: Statement
  /** In the product env. */
  readonly before: string
  /** With all ports moved. */
  readonly after: string
  /** The port that the statement itself sets; null for no port, or one that follows from another. */
  readonly port: PortValue | null
  /** It refers to a port. */
  readonly follows: boolean
}

/** Reads a product env as if each port were moved where it is set, so that all references to it follow. */
function readWithPortsMoved(
  doc: EnvDocument,
  isPort: (key: string) => boolean,
  move: (port: PortValue, statement: Statement) => PortValue,
): Map<string, MovedVariable> {
  const moved = new Map<string, MovedVariable>()
  // A third reading, by one port up, shows what follows: `after` may equal `before` by accident.
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
    // A key that is set again moves to the end, behind what it refers to.
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

/** The variables that refer to a port: Compose expands them before it reads the overlay, so each is set again. */
function followersOf(
  doc: EnvDocument,
  variables: ReadonlyMap<string, MovedVariable>,
  isPort: (key: string) => boolean,
  offset: number,
  own: ReadonlyMap<string, string>,
): Following[] {
  /** The values that Compose has read by then. */
  const known = new Map<string, string>()
  for (const [key, { before, after, port }] of variables) known.set(key, port === null ? before : after)
  for (const [key, value] of own) known.set(key, value)
  const found: Following[] = []
  for (const [key, { statement, after, follows }] of variables) {
    if (!follows || own.has(key) || key === '') continue
    const raw = rawValue(doc, statement)
    const { quote } = statement
    const again = evaluate(raw, quote, (name) => known.get(name))
    const port = isPort(key) ? parsePortValue(after) : 'empty'
    known.set(key, after)
    // The text is wrong if what it refers to has changed since. NUL can be written in no other form.
    if ((again.ok && again.value === after) || after.includes('\0'))
      found.push({ key, text: `${quote}${raw}${quote}` })
    else if (typeof port === 'object' && port.from > offset && formatPort(port) === after)
      found.push({ key, text: { port: shiftPort(port, -offset), from: PRODUCT_ENV } })
    else found.push({ key, text: writeValue(after) })
  }
  return found
}
