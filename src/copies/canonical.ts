/** A Compose model in one form, so that two of them can be compared: what Compose takes in several notations has one here. */
import { get, type MappingNode, type Node, stringOf } from '../compose/node.js'
import type { ComposeProject } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import { mountOf } from '../compose/volume.js'
import { rangeText } from '../ports/value.js'
import { plain } from './binds.js'
import { namesIn, servicesIn } from './model.js'
import type { Edit, Shift, Value } from './source.js'

export type Canonical = { [key: string]: Canonical | Value }

/** The canonical form of a project, without its name. */
export function canonical(project: ComposeProject): Canonical {
  const model = project.model === undefined ? {} : (plain(project.model) as Canonical)
  delete model['name']
  const services: Canonical = {}
  for (const [name, node] of servicesIn(project.model)) {
    services[name] = canonicalService(name, node, project.ports)
  }
  if (model['services'] !== undefined) model['services'] = services
  return model
}

function canonicalService(name: string, node: MappingNode, ports: readonly PublishedPort[]): Canonical {
  const service = plain(node) as Canonical
  const build = get(node, 'build')
  if (build !== undefined) {
    const whole: Canonical =
      build.kind === 'mapping' ? (plain(build) as Canonical) : { context: plain(build) }
    if (whole['args'] !== undefined) whole['args'] = pairs(get(build, 'args'))
    service['build'] = whole
  }
  if (service['environment'] !== undefined) service['environment'] = pairs(get(node, 'environment'))
  const networks = get(node, 'networks')
  if (networks?.kind === 'sequence') {
    service['networks'] = Object.fromEntries(namesIn(networks).map((network) => [network, null]))
  }
  if (service['ports'] !== undefined)
    service['ports'] = canonicalPorts(
      ports.filter((port) => port.service === name),
      () => 0,
    )
  if (service['volumes'] !== undefined) service['volumes'] = mounts(get(node, 'volumes'))
  return service
}

/** Pairs with their values; null for those that are left to the shell. */
function pairs(node: Node | undefined): Canonical {
  if (node?.kind === 'mapping') {
    return Object.fromEntries(
      [...node.entries].map(([key, { value }]) => [
        key,
        value.kind === 'scalar' && value.type !== 'null' ? value.text : null,
      ]),
    )
  }
  const items = node?.kind === 'sequence' ? node.items.map((item) => stringOf(item) ?? '') : []
  return Object.fromEntries(
    items.map((text) => {
      const sign = text.indexOf('=')
      return sign === -1 ? [text, null] : [text.slice(0, sign), text.slice(sign + 1)]
    }),
  )
}

/** Published ports, each as one text; random ones keep no number. */
function canonicalPorts(ports: readonly PublishedPort[], shift: Shift): Value {
  return ports
    .map((port) => {
      const { hostIp, host, container, protocol, name, appProtocol, mode } = port
      const by = shift(port)
      const on = host === null ? 'random' : rangeText({ from: host.from + by, to: host.to + by })
      return JSON.stringify([
        hostIp,
        on,
        rangeText(container),
        protocol,
        name ?? '',
        appProtocol ?? '',
        mode ?? '',
      ])
    })
    .sort()
}

function mounts(node: Node | undefined): Canonical {
  const byTarget: Canonical = {}
  for (const item of node?.kind === 'sequence' ? node.items : []) {
    const mount = mountOf(item)
    if (typeof mount !== 'string') byTarget[mount.target] = plain(item)
  }
  return byTarget
}

/** What a project comes to with the edits of a copy: what its model has to be, whatever file brings it about. */
export function withEdits(
  original: Canonical,
  edits: readonly Edit[],
  ports: readonly PublishedPort[],
  shift: Shift,
): Canonical {
  const copy = structuredClone(original)
  for (const { path, value, directive } of edits) {
    const last = path.at(-1) as string
    let at = copy
    for (const key of path.slice(0, -1)) {
      const next = at[key]
      if (next === null || typeof next !== 'object' || Array.isArray(next)) at[key] = {}
      at = at[key] as Canonical
    }
    if (directive === 'reset') delete at[last]
    else if (last === 'ports')
      at[last] = canonicalPorts(
        ports.filter(({ service }) => service === path[1]),
        shift,
      )
    else if (directive === undefined && Array.isArray(value))
      at[last] = [...((at[last] as Value[] | undefined) ?? []), ...value]
    else at[last] = value
  }
  return copy
}

/** The first place in which two models differ: `services.web.image`; null if they are equal. */
export function difference(one: unknown, two: unknown, path = ''): string | null {
  if (Object.is(one, two)) return null
  if (typeof one !== 'object' || typeof two !== 'object' || one === null || two === null) return path
  if (Array.isArray(one) !== Array.isArray(two)) return path
  for (const key of new Set([...Object.keys(one), ...Object.keys(two)])) {
    const found = difference(
      (one as Canonical)[key],
      (two as Canonical)[key],
      path === '' ? key : `${path}.${key}`,
    )
    if (found !== null) return found
  }
  return null
}
