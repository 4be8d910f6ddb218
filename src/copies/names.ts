/** The names that a host has only once: containers, networks, volumes, images; and fixed addresses. */
import { get, isTrue, type MappingNode, type Node, stringOf, stringsOf } from '../compose/node.js'
import { namesIn, sectionOf, servicesIn } from './model.js'
import type { Change, CopyContext, Edit } from './source.js'

/** `container-name`: `<old>-<copy>`; the old name stays a host name on the service's networks, since others use it as one. */
export function containerChanges({ source: { name }, original, used }: CopyContext): Change[] {
  const services = servicesIn(original.model)
  const names = services.flatMap(([, node]) => stringOf(get(node, 'container_name')) ?? [])
  const containers = new Set(names.filter((container) => used.has(`container ${container}`)))
  return services.flatMap(([service, node]): Change[] => {
    const at = ['services', service]
    const old = stringOf(get(node, 'container_name')) ?? ''
    const changes: Change[] = []
    if (containers.has(old)) {
      const edits: Edit[] = [{ path: [...at, 'container_name'], value: `${old}-${name}` }]
      if (old !== service) edits.push(...aliasEdits(node, at, old))
      changes.push({
        rule: 'container-name',
        what: `${service} container`,
        from: old,
        to: `${old}-${name}`,
        edits,
      })
    }
    return [...changes, ...followers(service, node, at, containers, name)]
  })
}

function aliasEdits(node: MappingNode, at: readonly string[], alias: string): Edit[] {
  if (get(node, 'network_mode') !== undefined) return []
  const joined = namesIn(get(node, 'networks'))
  const networks = joined.length === 0 ? ['default'] : joined
  return networks.map((network) => ({ path: [...at, 'networks', network, 'aliases'], value: [alias] }))
}

const CONTAINER = 'container:'

/** What refers to a container of the project by its name. */
function followers(
  service: string,
  node: MappingNode,
  at: readonly string[],
  containers: ReadonlySet<string>,
  copy: string,
): Change[] {
  const changes: Change[] = []
  for (const key of ['network_mode', 'pid', 'ipc']) {
    const from = stringOf(get(node, key)) ?? ''
    if (!from.startsWith(CONTAINER) || !containers.has(from.slice(CONTAINER.length))) continue
    const edits = [{ path: [...at, key], value: `${from}-${copy}` }]
    changes.push({ rule: 'container-name', what: `${service} ${key}`, from, to: `${from}-${copy}`, edits })
  }
  for (const [key, prefix] of [['volumes_from', CONTAINER] as const, ['external_links', ''] as const]) {
    const items = stringsOf(get(node, key)).map(({ text }) => text)
    const value = items.map((text) => {
      const [container = '', ...rest] = text.slice(prefix.length).split(':')
      return text.startsWith(prefix) && containers.has(container)
        ? `${prefix}${[`${container}-${copy}`, ...(key === 'external_links' && rest.length === 0 ? [container] : rest)].join(':')}`
        : text
    })
    if (value.every((text, index) => text === items[index])) continue
    const edits: Edit[] = [{ path: [...at, key], value, directive: 'override' }]
    changes.push({
      rule: 'container-name',
      what: `${service} ${key}`,
      from: items.join(', '),
      to: value.join(', '),
      edits,
    })
  }
  return changes
}

/** `resource-name`: a network or volume whose name is pinned gets one of the copy's own, and so does an external one. */
export function resourceChanges({ source: { name }, original, used }: CopyContext): Change[] {
  return (['networks', 'volumes'] as const).flatMap((kind) =>
    sectionOf(original.model, kind).flatMap(([key, node]): Change[] => {
      const external = get(node, 'external')
      const isExternal = external?.kind === 'mapping' || isTrue(external)
      const pinned = stringOf(get(node, 'name')) ?? stringOf(get(external, 'name'))
      if (!isExternal && pinned === undefined) return []
      const from = pinned ?? key
      if (!used.has(`${kind.slice(0, -1)} ${from}`)) return []
      const to = `${from}-${name}`
      const what = `${kind.slice(0, -1)} ${key}`
      const path = [kind, key]
      if (!isExternal) {
        return [{ rule: 'resource-name', what, from, to, edits: [{ path: [...path, 'name'], value: to }] }]
      }
      const note =
        kind === 'volumes'
          ? 'it is external, so the new one starts empty'
          : 'it is external, so the new one connects only these services'
      const edits: Edit[] = [{ path, value: { name: to }, directive: 'override' }]
      return [{ rule: 'resource-name', what, from: `${from} (external)`, to, edits, note }]
    }),
  )
}

/** `subnet`: fixed subnets and addresses are left to Docker, which picks free ones. */
export function subnetChanges({ original }: CopyContext): Change[] {
  const networks = sectionOf(original.model, 'networks').flatMap(([key, node]): Change[] => {
    const config = get(get(node, 'ipam'), 'config')
    const items = config?.kind === 'sequence' ? config.items : []
    const subnets = items.flatMap((item) => stringOf(get(item, 'subnet')) ?? [])
    if (subnets.length === 0) return []
    const edits: Edit[] = [{ path: ['networks', key, 'ipam', 'config'], value: null, directive: 'reset' }]
    return [
      {
        rule: 'subnet',
        what: `network ${key} subnet`,
        from: subnets.join(', '),
        to: 'chosen by Docker',
        edits,
      },
    ]
  })
  const services = servicesIn(original.model)
  const addresses = services.flatMap(([service, node]) =>
    sectionOf(node, 'networks').flatMap(([network, settings]) =>
      ['ipv4_address', 'ipv6_address'].flatMap((key): Change[] => {
        const from = stringOf(get(settings, key))
        if (from === undefined) return []
        const path = ['services', service, 'networks', network, key]
        const users = services
          .filter(([other, body]) => other !== service && mentions(body, from))
          .map(([other]) => other)
        const change = { rule: 'subnet', what: `${service} address`, from, to: 'chosen by Docker' }
        const note = users.length === 0 ? {} : { note: `${users.join(', ')} still refers to ${from}` }
        return [{ ...change, edits: [{ path, value: null, directive: 'reset' as const }], ...note }]
      }),
    ),
  )
  return [...networks, ...addresses]
}

/** Returns true if any value of a service contains a text as a word. */
function mentions(node: Node, text: string): boolean {
  if (node.kind === 'scalar') return node.text.split(/[^\w.:]+|:(?=\d+$)/).includes(text)
  if (node.kind === 'sequence') return node.items.some((item) => mentions(item, text))
  return [...node.entries.values()].some(({ value }) => mentions(value, text))
}

/** `image`: an image that is built here has a tag of the copy's own, wherever it is used. */
export function imageChanges({ source: { name }, original, used }: CopyContext): Change[] {
  const services = servicesIn(original.model)
  const imageOf = (node: MappingNode): string => stringOf(get(node, 'image')) ?? ''
  const built = new Set(
    services.filter(([, node]) => get(node, 'build') !== undefined).map(([, node]) => imageOf(node)),
  )
  return services.flatMap(([service, node]): Change[] => {
    const at = ['services', service]
    const changes: Change[] = []
    const image = imageOf(node)
    if (built.has(image) && used.has(`image ${image}`)) {
      const to = tagged(image, name)
      const edits = [{ path: [...at, 'image'], value: to }]
      changes.push({ rule: 'image', what: `${service} image`, from: image, to, edits })
    }
    const tags = stringsOf(get(get(node, 'build'), 'tags')).map(({ text }) => text)
    if (tags.length > 0) {
      const value = tags.map((tag) => tagged(tag, name))
      const edits: Edit[] = [{ path: [...at, 'build', 'tags'], value, directive: 'override' }]
      changes.push({
        rule: 'image',
        what: `${service} tags`,
        from: tags.join(', '),
        to: value.join(', '),
        edits,
      })
    }
    return changes
  })
}

/** `app:1` → `app:1-blue`, `host:5000/app` → `host:5000/app:latest-blue`; what a digest says goes. */
function tagged(image: string, copy: string): string {
  const [reference = ''] = image.split('@')
  return /:[^/]*$/.test(reference) ? `${reference}-${copy}` : `${reference}:latest-${copy}`
}

/** What the copy's project takes of the names that a host has only once. */
export function namesOf(model: Node | undefined, project: string): Set<string> {
  const names = new Set([`project ${project}`])
  for (const [service, node] of servicesIn(model)) {
    const container = stringOf(get(node, 'container_name'))
    if (container !== undefined && container !== '') names.add(`container ${container}`)
    const image = stringOf(get(node, 'image')) || `${project}-${service}`
    if (get(node, 'build') !== undefined) names.add(`image ${image}`)
  }
  for (const kind of ['networks', 'volumes'] as const) {
    for (const [key, node] of sectionOf(model, kind)) {
      const external = get(node, 'external')
      const isExternal = external?.kind === 'mapping' || isTrue(external)
      const pinned = stringOf(get(node, 'name')) ?? stringOf(get(external, 'name'))
      names.add(`${kind.slice(0, -1)} ${pinned ?? (isExternal ? key : `${project}_${key}`)}`)
    }
  }
  return names
}
