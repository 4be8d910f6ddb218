import {
  get,
  type MappingNode,
  type Node,
  type ScalarNode,
  type Span,
  spanOf,
  stringOf,
  stringsOf,
} from './node.js'

/** What a service refers to by a name that stands elsewhere in the project. */
export interface NameUse {
  readonly kind: 'service' | 'network' | 'secret' | 'config'
  readonly name: string
  /** The key that says so: `depends_on`, `links`… */
  readonly key: string
  readonly span: Span
  /** As written, variables not expanded. */
  readonly raw: string
}

/** The names that one service refers to; mounted volumes are its `mounts`. */
export function namesOf(service: MappingNode): NameUse[] {
  const uses: NameUse[] = []
  const add = (kind: NameUse['kind'], key: string, node: ScalarNode | undefined, name = node?.text): void => {
    if (node !== undefined && name !== undefined)
      uses.push({ kind, name, key, span: spanOf(node), raw: node.raw })
  }
  for (const node of keysOrItems(get(service, 'depends_on'))) add('service', 'depends_on', node)
  for (const node of stringsOf(get(service, 'links'))) add('service', 'links', node, upToColon(node.text))
  for (const node of stringsOf(get(service, 'volumes_from'))) {
    if (!node.text.startsWith('container:')) add('service', 'volumes_from', node, upToColon(node.text))
  }
  for (const key of ['network_mode', 'ipc', 'pid']) {
    const node = get(service, key)
    const text = stringOf(node)
    if (text?.startsWith('service:')) add('service', key, node as ScalarNode, text.slice('service:'.length))
  }
  for (const node of keysOrItems(get(service, 'networks'))) add('network', 'networks', node)
  for (const [key, kind] of [['secrets', 'secret'] as const, ['configs', 'config'] as const]) {
    const list = get(service, key)
    for (const item of list?.kind === 'sequence' ? list.items : []) {
      const node = item.kind === 'mapping' ? get(item, 'source') : item
      if (stringOf(node) !== undefined) add(kind, key, node as ScalarNode)
    }
  }
  return uses
}

function keysOrItems(node: Node | undefined): ScalarNode[] {
  return node?.kind === 'mapping' ? [...node.entries.values()].map(({ key }) => key) : stringsOf(node)
}

/** `name:alias` → `name` */
function upToColon(text: string): string {
  return text.split(':', 1)[0] as string
}
