/** Defaults from the env files of an include; the variables of the including project win (compose-go 2.9.1, `loader/include.go`). */
import { join } from 'node:path'
import { decode, encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import type { Problem } from '../problem.js'
import type { IncludeNode } from './include.js'
import type { ReadText } from './load.js'
import type { ScalarNode, Scope } from './node.js'
import { resolvePath } from './path.js'
import { unreadAt } from './problems.js'

/** The lookups of included files. The same env files under the same scope are read once. */
export class EnvDefaults {
  private readonly known = new Map<Lookup, Map<string, Lookup>>()

  constructor(
    private readonly readText: ReadText,
    private readonly problems: Problem[],
  ) {}

  /**
   * @param directory the project directory of the include, whose `.env` is the default
   * @returns the scope's own lookup if there is no env file
   */
  lookup(item: IncludeNode, directory: string, scope: Scope): Lookup {
    const files =
      item.envFiles.length === 0
        ? [join(directory, '.env')]
        : item.envFiles.map(({ text }) => resolvePath(scope.includeBase, text))
    const known = cacheFor(this.known, scope.lookup)
    const id = files.join('\0')
    const remembered = known.get(id)
    if (remembered !== undefined) return remembered
    let values: ReadonlyMap<string, string> = new Map()
    let found = false
    for (const [index, file] of files.entries()) {
      const text = this.readText(file)
      if (typeof text === 'string') {
        found = true
        const reading = readEnv(parseEnv(encode(text)), environmentOf(text, scope.lookup), values)
        values = reading.values
        for (const refusal of reading.refusals) this.problems.push(refusalProblem(file, refusal))
      } else if (text !== null || item.envFiles.length > 0) {
        const named = item.envFiles[index] ?? item.projectDirectory ?? (item.paths[0] as ScalarNode)
        this.problems.push(unreadAt(named, 'An env file of an include', file, text?.why ?? null))
      }
    }
    const lookup = found ? withDefaults(scope.lookup, values) : scope.lookup
    known.set(id, lookup)
    return lookup
  }
}

/** @param values byte strings */
function withDefaults(lookup: Lookup, values: ReadonlyMap<string, string>): Lookup {
  const defaults = new Map([...values].map(([name, value]) => [decode(name), decode(value)]))
  return (name) => lookup(name) ?? defaults.get(name)
}

/** The variables of a lookup that a text may refer to, as byte strings. */
function environmentOf(text: string, lookup: Lookup): Map<string, string> {
  const environment = new Map<string, string>()
  for (const [name] of text.matchAll(/[\p{L}_][\p{L}\p{N}_.[\]-]*/gu)) {
    const value = lookup(name)
    if (value !== undefined) environment.set(encode(name), encode(value))
  }
  return environment
}

/** Returns the cache of a lookup: what a file reads as depends on the variables. */
export function cacheFor<V>(caches: Map<Lookup, Map<string, V>>, lookup: Lookup): Map<string, V> {
  const cache = caches.get(lookup) ?? new Map<string, V>()
  caches.set(lookup, cache)
  return cache
}
