/**
 * What refers to a variable that is stated only further down. Compose reads a file from top to bottom, so such a
 * reference is empty, however clear it is what was meant.
 */
import { referencesIn } from '../env/read.js'
import type { Expected } from './assemble.js'
import type { Origin } from './candidates.js'

/** A reference to what stands below it. */
export interface ForwardReference {
  readonly key: string
  /** The name that it refers to. */
  readonly name: string
  /** The template, and the line in it; null for a line of the product env, whose number `line` is then. */
  readonly origin: Origin | null
  readonly line: number
  /** Where the name is stated: the template, or null for a line of the product env. */
  readonly below: Origin | null
}

/**
 * The forward references of a new product env, in order. One with a default, or another operator, says itself what is
 * to be where the variable is not.
 * @param all the statements of the new product env
 * @param earlier what is read from env files before this one
 */
export function forwardReferences(
  all: readonly Expected[],
  earlier: ReadonlyMap<string, string> = new Map(),
): ForwardReference[] {
  // A name alone leaves its value to the shell.
  const assigns = all.flatMap(({ key, kind }, index) => (kind === 'assign' ? [[key, index] as const] : []))
  const first = new Map(assigns.reverse())
  const last = new Map(all.map(({ key }, index) => [key, index]))
  return all.flatMap(({ key, line, origin, raw, quote }, index) => {
    // Of a key that is stated again, only the last line counts.
    if (last.get(key) !== index) return []
    const plain = referencesIn(raw, quote).filter(
      ({ name, operator }) => operator === '' && !earlier.has(name),
    )
    return [...new Set(plain.map(({ name }) => name))].flatMap((name) => {
      const place = first.get(name) ?? index
      return place <= index ? [] : [{ key, name, origin, line, below: all[place]?.origin ?? null }]
    })
  })
}
