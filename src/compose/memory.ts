import type { Lookup } from '../env/expand.js'

/** What is remembered of each lookup: the same file comes to something else where its variables do. */
export function memoryOf<V>(memories: Map<Lookup, Map<string, V>>, lookup: Lookup): Map<string, V> {
  let known = memories.get(lookup)
  if (known === undefined) {
    known = new Map()
    memories.set(lookup, known)
  }
  return known
}
