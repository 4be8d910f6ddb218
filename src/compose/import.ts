/** `loader/include.go`: what is included joins the file's own services, volumes…, and may not contradict them. */
import { type Entry, get, type MappingNode, type Node, spanOf } from './node.js'

const SECTIONS = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models']

/** What an import asks of the reader. */
interface ImportContext {
  /** Counts what is merged, and throws where it gets too much. */
  spend(items: number): void
  refuse(node: Node, message: string, next: string): void
}

/**
 * Adds what an include brings to the entries of the file that includes it.
 * @param entries of the top level; changed in place
 */
export function importResources(
  imported: MappingNode,
  entries: Map<string, Entry>,
  context: ImportContext,
): void {
  for (const section of SECTIONS) {
    const from = imported.entries.get(section)
    if (from?.value.kind !== 'mapping') continue
    const own = entries.get(section)
    if (own === undefined) entries.set(section, from)
    if (own?.value.kind !== 'mapping') continue
    const together = new Map(own.value.entries)
    context.spend(from.value.entries.size + together.size)
    for (const [name, entry] of from.value.entries) {
      const existing = together.get(name)
      if (existing === undefined) together.set(name, entry)
      else if (!equal(existing.value, entry.value)) {
        const message = `Entry ${section}.${name} conflicts with the one of an included file (${spanOf(entry.key).file})`
        context.refuse(existing.key, message, 'Rename one of them, or override it in a second file.')
      }
    }
    entries.set(section, { key: own.key, value: { ...own.value, entries: together } })
  }
}

function equal(one: Node, two: Node): boolean {
  if (one === two) return true
  if (one.kind === 'scalar') return two.kind === 'scalar' && one.type === two.type && one.text === two.text
  if (one.kind === 'sequence') {
    return (
      two.kind === 'sequence' &&
      one.items.length === two.items.length &&
      one.items.every((item, index) => equal(item, two.items[index] as Node))
    )
  }
  if (two.kind !== 'mapping' || one.entries.size !== two.entries.size) return false
  return [...one.entries].every(([key, { value }]) => {
    const other = get(two, key)
    return other !== undefined && equal(value, other)
  })
}
