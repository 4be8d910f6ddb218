import type { Problem } from '../problem.js'
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
import { refused } from './problems.js'

/** A reference of a service to something else in the project. */
export interface NameUse {
  readonly kind: 'service' | 'network' | 'secret' | 'config'
  readonly name: string
  /** `depends_on`, `links`… */
  readonly key: string
  readonly span: Span
  /** As written, variables not expanded. */
  readonly raw: string
}

/** The names that one service refers to; mounted volumes are its `mounts`. */
export function namesOf(service: MappingNode): NameUse[] {
  const uses: NameUse[] = []
  const add = (kind: NameUse['kind'], key: string, node: ScalarNode, name = node.text): void => {
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

interface Dependent {
  readonly name: string
  readonly node: Node
  readonly names: readonly NameUse[]
}

/** Returns a problem for the first services that depend on each other in a circle (compose-go 2.9.1, `loader/validate.go`). */
export function checkCycles(services: readonly Dependent[]): Problem | null {
  const byName = new Map(services.map((service) => [service.name, service]))
  const begin = ({ name, node, names }: Dependent) => {
    const next = names.filter(({ kind }) => kind === 'service').map(({ name }) => name)
    return { name, node, next }
  }
  const begun = new Map<string, 'open' | 'done'>()
  for (const service of services) {
    if (begun.has(service.name)) continue
    // Recursion would overflow the stack in a chain of a hundred thousand services.
    const stack = [begin(service)]
    begun.set(service.name, 'open')
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const name = top.next.pop()
      const dependency = byName.get(name ?? '')
      if (name === undefined) {
        begun.set(top.name, 'done')
        stack.pop()
      } else if (begun.get(name) === 'open') {
        const names = stack.map((each) => each.name)
        const circle = [...names.slice(names.indexOf(name)), name].join(' → ')
        const message = `Services depend on each other in a circle: ${circle}`
        return refused(top.node, message, 'Remove one of these dependencies.')
      } else if (dependency !== undefined && !begun.has(name)) {
        begun.set(name, 'open')
        stack.push(begin(dependency))
      }
    }
  }
  return null
}
