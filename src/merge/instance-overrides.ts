/** What differs in an instance of a product: every port, moved by the instance's offset, and what refers to one. */
import { type EnvDocument, rawValue } from '../env/document.js'
import { evaluate } from '../env/read.js'
import { writeValue } from '../env/write-value.js'
import { formatPort, type PortValue, parsePortValue, shiftPort } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import type { Entry, ProductPlan } from './plan.js'
import { portReferences } from './port-references.js'
import { type MovedVariable, readWithPortsMoved } from './ports-moved.js'

/** A port that an instance moves. */
export interface BasePort {
  readonly port: PortValue
  /** Who states the base: a feature, or the product env itself. */
  readonly from: string
}

/** What an overlay has to say, in this order, behind what is the instance's own. */
export interface InstanceOverrides {
  readonly ports: ReadonlyMap<string, BasePort>
  /** What refers to them: each variable with its text, or with its base port where no text of it would do. */
  readonly following: readonly Following[]
}

interface Following {
  readonly key: string
  readonly text: string | BasePort
}

/**
 * Finds what differs.
 * @param doc the product env as it will be
 * @param plan the product's own plan
 * @param offset the instance's
 * @param own what the overlay states before anything else: variables that are the instance's own
 */
export function instanceOverrides(
  doc: EnvDocument,
  plan: ProductPlan,
  offset: number,
  own: ReadonlyMap<string, string>,
): InstanceOverrides {
  const entries = new Map(plan.entries.filter(({ first }) => first === null).map((each) => [each.key, each]))
  const isPort = (key: string) => isPortVariable(key) || entries.get(key)?.ownPort === true
  const assigns = doc.statements.filter(({ kind }) => kind === 'assign')
  const last = new Map(assigns.map((statement) => [statement.key, statement]))
  const variables = readWithPortsMoved(doc, isPort, (port, statement) => {
    const entry = featuresEntry(entries.get(statement.key))
    if (last.get(statement.key) === statement) return shiftPort(baseOf(port, entry).port, offset)
    // Stated anew further down: its base is in no plan, but it moves by as much.
    return shiftPort(port, entry?.shift == null ? offset : offset - plan.offset.value)
  })
  const { leaders } = portReferences([doc], isPort)
  const { ports, twins } = statedPorts(variables, leaders, (key) => featuresEntry(entries.get(key)))
  const following = followersOf(doc, variables, isPort, offset, own)
  return { ports, following: [...twins, ...following] }
}

/** The entry of a port that is the feature's, also where the feature has moved on since it was merged. */
function featuresEntry(entry: Entry | undefined): Entry | null {
  return entry === undefined || entry.ownPort || entry.kept?.untouched === false ? null : entry
}

/** A feature's base port, or what the product pinned. */
function baseOf(port: PortValue, entry: Entry | null): BasePort {
  if (entry === null) return { port, from: PRODUCT_ENV }
  return { port: { ...(entry.shift?.base ?? port), address: port.address }, from: entry.feature }
}

const PRODUCT_ENV = 'the product env'

/** What a `$` can refer to. */
const REFERABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The ports that do not follow by themselves from another one that moves. */
function statedPorts(
  variables: ReadonlyMap<string, MovedVariable>,
  leaders: ReadonlyMap<string, string>,
  entryOf: (key: string) => Entry | null,
): { ports: Map<string, BasePort>; twins: Following[] } {
  const ports = new Map<string, BasePort>()
  const twins: Following[] = []
  const first = new Map<string, string>()
  for (const [key, { after, port }] of variables) {
    if (port === null) continue
    const leader = leaders.get(key)
    const twin = leader === undefined ? undefined : first.get(`${leader} ${after}`)
    // Two that have one port, from a variable that does not move, go on having one.
    if (twin !== undefined) twins.push({ key, text: `\${${twin}}` })
    else ports.set(key, baseOf(port, entryOf(key)))
    if (twin === undefined && leader !== undefined && REFERABLE.test(key))
      first.set(`${leader} ${after}`, key)
  }
  return { ports, twins }
}

/**
 * What refers to a port. Compose has expanded the product env by the time it reads the overlay, so each has to be
 * stated again.
 */
function followersOf(
  doc: EnvDocument,
  variables: ReadonlyMap<string, MovedVariable>,
  isPort: (key: string) => boolean,
  offset: number,
  own: ReadonlyMap<string, string>,
): Following[] {
  /** What Compose has read by then: the product env, and the overlay so far. */
  const there = new Map<string, string>()
  for (const [key, { before, after, port }] of variables) there.set(key, port === null ? before : after)
  for (const [key, value] of own) there.set(key, value)
  const found: Following[] = []
  for (const [key, { statement, after, follows }] of variables) {
    if (!follows || own.has(key) || key === '') continue
    const raw = rawValue(doc, statement)
    const { quote } = statement
    const again = evaluate(raw, quote, (name) => there.get(name))
    const port = isPort(key) ? parsePortValue(after) : 'empty'
    there.set(key, after)
    // What it refers to may have another value by now, so that its text would not do; NUL can be written in no form.
    if ((again.ok && again.value === after) || after.includes('\0'))
      found.push({ key, text: `${quote}${raw}${quote}` })
    else if (typeof port === 'object' && port.from > offset && formatPort(port) === after)
      found.push({ key, text: { port: shiftPort(port, -offset), from: PRODUCT_ENV } })
    else found.push({ key, text: writeValue(after) })
  }
  return found
}
