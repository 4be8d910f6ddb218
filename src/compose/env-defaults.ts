/** `loader/include.go`: an included project's own env files give defaults; what the including project knows wins. */
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

/** What the variables of included files stand for. The same env files under the same scope are read once. */
export class EnvDefaults {
  private readonly known = new Map<Lookup, Map<string, Lookup>>()

  constructor(
    private readonly readText: ReadText,
    private readonly problems: Problem[],
  ) {}

  /**
   * @param directory the project directory of the include, whose `.env` is taken where it names no env files
   * @returns the scope's own lookup where there is no env file
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
    const values = new Map<string, string>()
    const lookup: Lookup = (name) => scope.lookup(name) ?? values.get(name)
    let found = false
    for (const [index, file] of files.entries()) {
      const text = this.readText(file)
      if (typeof text === 'string') {
        found = true
        this.read(file, text, lookup, values)
      } else if (text !== null || item.envFiles.length > 0) {
        const named = item.envFiles[index] ?? item.projectDirectory ?? (item.paths[0] as ScalarNode)
        this.problems.push(unreadAt(named, 'An env file of an include', file, text?.why ?? null))
      }
    }
    const result = found ? lookup : scope.lookup
    known.set(id, result)
    return result
  }

  private read(file: string, text: string, lookup: Lookup, values: Map<string, string>): void {
    const environment = new Map<string, string>()
    for (const [name] of text.matchAll(/[\p{L}_][\p{L}\p{N}_.[\]-]*/gu)) {
      const value = lookup(name)
      if (value !== undefined) environment.set(encode(name), encode(value))
    }
    const reading = readEnv(parseEnv(encode(text)), environment)
    for (const refusal of reading.refusals) this.problems.push(refusalProblem(file, refusal))
    for (const [name, value] of reading.values) values.set(decode(name), decode(value))
  }
}

/** Returns the cache of a lookup, since a file depends on the variables that it is read with. */
export function cacheFor<V>(memories: Map<Lookup, Map<string, V>>, lookup: Lookup): Map<string, V> {
  let known = memories.get(lookup)
  if (known === undefined) {
    known = new Map()
    memories.set(lookup, known)
  }
  return known
}
