/**
 * Merges what a later Compose file, or a service that extends another, changes (compose-go 2.9.1, `override/merge.go`):
 * mappings key by key, lists joined, anything else replaced, and the rows below are the exceptions.
 */
import { type Entry, get, type MappingNode, type Node, type ScalarNode, type SequenceNode } from './node.js'

/**
 * `sequence` and `mapping` first bring both sides into that form; `keyed` is a sequence of `KEY=VALUE` in which the
 * last one with a key counts (`override/uncity.go`).
 */
type Exception = 'replace' | 'sequence' | 'keyed' | 'mapping' | 'build' | 'logging'

const EXCEPTIONS: readonly (readonly [pattern: string, Exception])[] = [
  ['networks.*.ipam.config', 'replace'],
  ['networks.*.labels', 'keyed'],
  ['volumes.*.labels', 'sequence'],
  ['services.*.annotations', 'keyed'],
  ['services.*.build', 'build'],
  ['services.*.build.additional_contexts', 'keyed'],
  ['services.*.build.args', 'keyed'],
  ['services.*.build.extra_hosts', 'sequence'],
  ['services.*.build.labels', 'keyed'],
  ['services.*.command', 'replace'],
  ['services.*.depends_on', 'mapping'],
  ['services.*.deploy.labels', 'keyed'],
  ['services.*.dns', 'keyed'],
  ['services.*.dns_opt', 'keyed'],
  ['services.*.dns_search', 'keyed'],
  ['services.*.entrypoint', 'replace'],
  ['services.*.env_file', 'keyed'],
  ['services.*.environment', 'keyed'],
  ['services.*.extra_hosts', 'sequence'],
  ['services.*.healthcheck.test', 'replace'],
  ['services.*.label_file', 'sequence'],
  ['services.*.labels', 'keyed'],
  ['services.*.logging', 'logging'],
  ['services.*.models', 'mapping'],
  ['services.*.networks', 'mapping'],
  ['services.*.sysctls', 'keyed'],
  ['services.*.tmpfs', 'keyed'],
  ['services.*.ulimits.*', 'replace'],
]

const PATTERNS = EXCEPTIONS.map(([pattern, exception]) => ({ parts: pattern.split('.'), exception }))

export interface MergeContext {
  refuse(node: Node, message: string, next: string): void
  /** Called with the number of list items or keys that a merge writes; throws when it is too much. */
  spend(items: number): void
}

/**
 * @param path of both: `['services', 'web']`
 * @param keepResets whether a `!reset` stays in the tree, so that it also reaches what is merged later
 */
export function merge(
  base: Node,
  over: Node,
  path: readonly string[],
  context: MergeContext,
  keepResets = false,
): Node {
  const exception = PATTERNS.find(({ parts }) => matches(parts, path))?.exception
  const mappings = (one: MappingNode, two: MappingNode) => mergeMappings(one, two, path, context, keepResets)
  switch (exception) {
    case 'replace':
      return over
    case 'sequence':
      return join(toSequence(base), toSequence(over), context)
    case 'keyed':
      return lastOfEach(join(toSequence(base), toSequence(over), context))
    case 'mapping':
      return mappings(toMapping(base, path), toMapping(over, path))
    case 'build':
      return mappings(toBuild(base), toBuild(over))
    case 'logging': {
      const [one, two] = [get(base, 'driver'), get(over, 'driver')]
      if (one?.kind === 'scalar' && two?.kind === 'scalar' && one.text !== two.text) return over
    }
  }
  if (isNull(over)) return base
  if (base.kind === 'scalar') return over
  if (base.kind === 'sequence' && over.kind === 'sequence') return join(base, over, context)
  if (base.kind === 'mapping' && over.kind === 'mapping') return mappings(base, over)
  const message = `Key ${path.join('.')} cannot be overridden: it is a ${over.kind} here, but a ${base.kind} before`
  context.refuse(over, message, 'Write it in the same form.')
  return base
}

function mergeMappings(
  base: MappingNode,
  over: MappingNode,
  path: readonly string[],
  context: MergeContext,
  keepResets: boolean,
): MappingNode {
  const entries = new Map(base.entries)
  context.spend(base.entries.size + over.entries.size)
  for (const [key, entry] of over.entries) {
    const existing = entries.get(key)
    const { directive } = entry.value
    if (directive === 'reset' && !keepResets) entries.delete(key)
    else if (directive !== undefined || existing === undefined) entries.set(key, entry)
    else
      entries.set(key, {
        key: entry.key,
        value: merge(existing.value, entry.value, [...path, entry.key.raw], context, keepResets),
      })
  }
  return { ...base, entries }
}

/** Removes the directives of a merged tree: what is reset goes, what overrides stays. */
export function settle<N extends Node>(node: N): N {
  if (node.kind === 'scalar') return node
  if (node.kind === 'sequence') {
    const items = node.items.filter(({ directive }) => directive !== 'reset').map(settle)
    const isSame = items.length === node.items.length && items.every((item, at) => item === node.items[at])
    return isSame ? plain(node) : plain({ ...node, items })
  }
  let changed = false
  const entries = new Map<string, Entry>()
  for (const [key, entry] of node.entries) {
    const value = settle(entry.value)
    changed ||= value !== entry.value
    if (value.directive !== 'reset')
      entries.set(key, value === entry.value ? entry : { key: entry.key, value })
  }
  return changed || entries.size < node.entries.size ? plain({ ...node, entries }) : plain(node)
}

function plain<N extends Node>(node: N): N {
  if (node.directive !== 'override') return node
  const { directive: _, ...rest } = node
  return rest as N
}

function matches(parts: readonly string[], path: readonly string[]): boolean {
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index])
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.type === 'null'
}

function join(base: SequenceNode, over: SequenceNode, context: MergeContext): SequenceNode {
  context.spend(base.items.length + over.items.length)
  return { ...base, items: [...base.items, ...over.items] }
}

function lastOfEach(sequence: SequenceNode): SequenceNode {
  const items = new Map<unknown, Node>()
  for (const item of sequence.items) {
    items.set(item.kind === 'scalar' ? item.text.split('=', 1)[0] : item, item)
  }
  return { ...sequence, items: [...items.values()] }
}

/** `{A: 1}` → `[A=1]`, a string → a list of one. */
function toSequence(node: Node): SequenceNode {
  if (node.kind === 'sequence') return node
  const { source, start, end } = node
  if (node.kind === 'scalar') {
    return { kind: 'sequence', source, start, end, items: node.type === 'string' ? [node] : [] }
  }
  const items = [...node.entries].flatMap(([key, { key: keyNode, value }]): Node[] => {
    if (isNull(value)) return [{ ...keyNode, type: 'string' }]
    const values = value.kind === 'sequence' ? value.items : [value]
    return values.map((item) => (item.kind === 'scalar' ? prefixed(`${key}=`, item) : item))
  })
  return { kind: 'sequence', source, start, end, items }
}

function prefixed(prefix: string, { text, raw, ...rest }: ScalarNode): ScalarNode {
  return { ...rest, type: 'string', text: prefix + text, raw: prefix + raw, verbatim: -1 }
}

/** `[a, b]` → `{a: , b: }`; with `depends_on`, `{a: {condition: service_started}, b: …}`. */
function toMapping(node: Node, path: readonly string[] = []): MappingNode {
  if (node.kind === 'mapping') return node
  const { source, start, end } = node
  const entries = new Map<string, Entry>()
  for (const item of node.kind === 'sequence' ? node.items : []) {
    if (item.kind !== 'scalar') continue
    const value: ScalarNode = { ...item, type: 'null', text: '', raw: '', verbatim: -1, start: item.end }
    const started = path.at(-1) === 'depends_on' ? withCondition(item) : value
    entries.set(item.text, { key: item, value: started })
  }
  return { kind: 'mapping', source, start, end, entries }
}

function withCondition(item: ScalarNode): MappingNode {
  const { source, start, end } = item
  const scalar = (text: string): ScalarNode => ({ ...item, text, raw: text, verbatim: -1 })
  const condition: Entry = { key: scalar('condition'), value: scalar('service_started') }
  return { kind: 'mapping', source, start, end, entries: new Map([['condition', condition]]) }
}

function toBuild(node: Node): MappingNode {
  if (node.kind !== 'scalar' || node.type !== 'string') return toMapping(node)
  const { source, start, end } = node
  const key: ScalarNode = { ...node, text: 'context', raw: 'context', verbatim: -1 }
  return { kind: 'mapping', source, start, end, entries: new Map([['context', { key, value: node }]]) }
}
