/** What a feature uses that a host has only once, apart from ports and bind mounts. */
import {
  get,
  type MappingNode,
  type Node,
  type ScalarNode,
  type Span,
  spanOf,
  stringOf,
  stringsOf,
} from '../compose/node.js'
import { isFixed, isOwn, type LintContext } from './context.js'

export interface HostSingleton {
  /** The subnet of a network, the address of a service, the folder or share of a volume, or a foreign container. */
  readonly kind: 'subnet' | 'address' | 'device' | 'container'
  /** `Service redis`, `Network backend` */
  readonly owner: string
  readonly key: string
  readonly span: Span
  /** With variables expanded. */
  readonly text: string
}

/** Returns those in the feature's own files that are the same in every product. */
export function hostSingletons(context: LintContext, ...kinds: HostSingleton['kind'][]): HostSingleton[] {
  const model = context.compose?.model
  const all: HostSingleton[] = []
  const add = (
    kind: HostSingleton['kind'],
    owner: string,
    key: string,
    node: Node | undefined,
    text = stringOf(node),
  ): void => {
    if (!kinds.includes(kind) || text === undefined || text === '') return
    const { raw } = node as ScalarNode
    const span = spanOf(node as ScalarNode)
    if (isOwn(context, span) && isFixed(context, raw, text)) all.push({ kind, owner, key, span, text })
  }
  for (const [name, service] of sectionOf(model, 'services')) {
    for (const [, network] of sectionOf(service, 'networks')) {
      for (const key of ['ipv4_address', 'ipv6_address'])
        add('address', `Service ${name}`, key, get(network, key))
    }
    for (const key of ['network_mode', 'ipc', 'pid']) {
      const node = get(service, key)
      add('container', `Service ${name}`, key, node, containerOf(stringOf(node)))
    }
    for (const node of stringsOf(get(service, 'volumes_from')))
      add('container', `Service ${name}`, 'volumes_from', node, containerOf(node.text).split(':')[0])
    for (const node of stringsOf(get(service, 'external_links')))
      add('container', `Service ${name}`, 'external_links', node, node.text.split(':')[0])
  }
  for (const [name, network] of sectionOf(model, 'networks')) {
    const config = get(get(network, 'ipam'), 'config')
    for (const item of config?.kind === 'sequence' ? config.items : [])
      add('subnet', `Network ${name}`, 'subnet', get(item, 'subnet'))
  }
  for (const [name, volume] of sectionOf(model, 'volumes')) {
    const options = get(volume, 'driver_opts')
    const isReadOnly = /(?:^|,)ro(?:,|$)/.test(stringOf(get(options, 'o')) ?? '')
    if (stringOf(get(options, 'type')) === 'tmpfs' || isReadOnly) continue
    add('device', `Volume ${name}`, 'device', get(options, 'device'))
  }
  return all
}

function sectionOf(node: Node | undefined, key: string): [string, MappingNode][] {
  const section = get(node, key)
  if (section?.kind !== 'mapping') return []
  return [...section.entries].flatMap(([name, { value }]): [string, MappingNode][] =>
    value.kind === 'mapping' ? [[name, value]] : [],
  )
}

function containerOf(text = ''): string {
  return text.startsWith('container:') ? text.slice('container:'.length) : ''
}
