/** Reading the merged Compose model: sections, pairs, lists. */
import { get, type MappingNode, type Node, type ScalarNode } from '../compose/node.js'

/** The entries of a section that are mappings; a network or volume may be empty, and then has no keys. */
export function sectionOf(node: Node | undefined, key: string): [string, MappingNode | undefined][] {
  const section = get(node, key)
  if (section?.kind !== 'mapping') return []
  return [...section.entries].map(([name, { value }]) => [name, value.kind === 'mapping' ? value : undefined])
}

/** The services. */
export function servicesIn(model: Node | undefined): [string, MappingNode][] {
  return sectionOf(model, 'services').flatMap(([name, node]): [string, MappingNode][] =>
    node === undefined ? [] : [[name, node]],
  )
}

/** One pair of a mapping, or of a list of `KEY=VALUE`. */
export interface Pair {
  readonly key: string
  /** Variables expanded. */
  readonly text: string
  /** The scalar that the value is part of. */
  readonly node: ScalarNode
}

/** The pairs of `environment`, `args` and the like; those without a value are left to the shell. */
export function pairsOf(node: Node | undefined): Pair[] {
  if (node?.kind === 'mapping') {
    return [...node.entries].flatMap(([key, { value }]): Pair[] =>
      value.kind === 'scalar' && value.type !== 'null' ? [{ key, text: value.text, node: value }] : [],
    )
  }
  if (node?.kind !== 'sequence') return []
  return node.items.flatMap((item): Pair[] => {
    if (item.kind !== 'scalar') return []
    const sign = item.text.indexOf('=')
    return sign === -1 ? [] : [{ key: item.text.slice(0, sign), text: item.text.slice(sign + 1), node: item }]
  })
}

/** The names in a list, or the keys of a mapping. */
export function namesIn(node: Node | undefined): string[] {
  if (node?.kind === 'mapping') return [...node.entries.keys()]
  if (node?.kind !== 'sequence') return []
  return node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
}
