/**
 * The overlay of an instance: an env file that Compose reads after the product env and that holds only what
 * differs, so that a further copy of a product runs beside it:
 *
 *     docker compose --env-file .env --env-file .env.blue up
 *
 * It is a merge like any other. The one template is made here: every port with its base, every value that refers
 * to a port, and a project name of its own.
 */
import { encode } from '../env/bytes.js'
import { type EnvDocument, parseEnv, rawValue, type Statement } from '../env/document.js'
import { evaluate, readEnv } from '../env/read.js'
import type { Offset } from '../ports/offset.js'
import { formatPort, type PortValue, parsePortValue, shiftPort } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import type { ProductPlan } from './plan.js'
import type { ProductSource, TextSource } from './source.js'

/** An instance to be planned. */
export interface InstanceSource {
  readonly name: string
  readonly offset: Offset
  /** `.env.<instance>` as it is. */
  readonly overlay: TextSource
  /** What Compose would call the project without a word in the env files: the Compose file's `name:`, or the folder's. */
  readonly projectName: (values: ReadonlyMap<string, string>) => string
}

/** What an overlay's section is called. */
export function overlaySection(product: string, instance: string): string {
  return `${product}@${instance}`
}

/**
 * The source from which `planMerge` plans an overlay.
 * @param plan the product's own plan, without errors: the overlay goes with what it will write
 */
export function overlaySource(
  source: ProductSource,
  plan: ProductPlan,
  instance: InstanceSource,
): ProductSource {
  const doc = parseEnv(plan.after ?? '')
  const { values } = readEnv(doc)
  const ports = basePorts(doc, plan)
  const stated = values.get('COMPOSE_PROJECT_NAME') || instance.projectName(values)
  const project = `${composeProjectName(stated)}-${composeProjectName(instance.name)}`
  const text = overlayTemplate(source.name, instance, project, doc, ports)
  const lines = new Map(doc.statements.map(({ key, line }) => [key, line]))
  return {
    name: source.name,
    instance: instance.name,
    offset: instance.offset,
    allow: ['COMPOSE_PROJECT_NAME'],
    env: instance.overlay,
    example: { file: source.example.file, text: null },
    earlier: values,
    features: [
      {
        name: overlaySection(source.name, instance.name),
        hostDir: '',
        template: {
          file: source.env.file,
          doc: parseEnv(text),
          isOwn: true,
          shifts: (key) => ports.has(key),
          noRoom: (key, most) => noRoom(instance.name, key, most),
          lineOf: (key) => lines.get(key) ?? 1,
        },
      },
    ],
  }
}

/** What Compose makes of a folder's name to have a project name: `[a-z0-9][a-z0-9_-]*` (compose-go, `NormalizeProjectName`). */
export function composeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

/** Another value in the product env would be moved as well, so only the offset helps. */
function noRoom(instance: string, key: string, most: number): string {
  if (most < 0) return `Lower ${key} in the product env: it is no port by itself.`
  return `State a smaller offset for the instance in product.yaml, ${most} at most: instances: { ${instance}: { offset: ${most} } }.`
}

/** A port that an instance moves. */
interface BasePort {
  readonly port: PortValue
  /** Who states the base: a feature, or the product env itself. */
  readonly from: string
}

/** Every port of the product env by its variable: a feature's base port, or what the product pinned. */
function basePorts(doc: EnvDocument, { entries }: ProductPlan): Map<string, BasePort> {
  const ports = new Map<string, BasePort>()
  for (const statement of doc.statements) {
    const { key, kind } = statement
    const entry = entries.find((e) => e.key === key && e.first === null)
    if (kind !== 'assign' || !(isPortVariable(key) || entry?.ownPort)) continue
    const port = parsePortValue(rawValue(doc, statement))
    if (typeof port === 'string') continue
    // What stands in an untouched section is the feature's, also where the feature has moved on since.
    const isFeatures = entry !== undefined && (entry.kept === null || entry.kept.untouched)
    const base = isFeatures && entry.shift !== null ? parsePortValue(entry.shift.base) : null
    if (base === null || typeof base === 'string') ports.set(key, { port, from: 'the product env' })
    else ports.set(key, { port: { ...base, address: port.address }, from: entry?.feature ?? '' })
  }
  return ports
}

function overlayTemplate(
  product: string,
  instance: InstanceSource,
  project: string,
  doc: EnvDocument,
  ports: ReadonlyMap<string, BasePort>,
): string {
  const lines = [
    `# ${instance.name}: a further instance of ${product}, beside it on the same host. Start it in the product's folder with`,
    `#   docker compose --env-file .env --env-file .env.${instance.name} up`,
    '',
    `COMPOSE_PROJECT_NAME=${project}`,
  ]
  for (const [key, { port, from }] of ports)
    lines.push('', `# Base port of ${from}`, `${encode(key)}=${formatPort(port)}`)
  const following = followers(doc, ports, instance.offset.value)
  if (following.length > 0) lines.push('', '# What refers to the ports above')
  for (const statement of following) {
    const { key, quote } = statement
    lines.push(`${encode(key)}=${quote}${rawValue(doc, statement)}${quote}`)
  }
  return `${lines.join('\n')}\n`
}

/**
 * The statements of the product env whose values refer to a port. Compose has expanded them by the time it reads the
 * overlay, with the product's own ports, so they have to be stated again.
 */
function followers(doc: EnvDocument, ports: ReadonlyMap<string, BasePort>, offset: number): Statement[] {
  const before = new Map<string, string>()
  const after = new Map<string, string>()
  const last = new Map<string, Statement>()
  for (const statement of doc.statements) {
    const { key, kind, quote } = statement
    if (kind !== 'assign') continue
    const raw = rawValue(doc, statement)
    const base = ports.get(key)
    const was = evaluate(raw, quote, (name) => before.get(name))
    const is = evaluate(raw, quote, (name) => after.get(name))
    if (!was.ok || !is.ok) continue
    before.set(key, was.value)
    after.set(key, base === undefined ? is.value : formatPort(shiftPort(base.port, offset)))
    last.set(key, statement)
  }
  return [...last].filter(([key]) => !ports.has(key) && before.get(key) !== after.get(key)).map(([, s]) => s)
}
