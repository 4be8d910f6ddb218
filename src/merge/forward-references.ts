/** References to variables that are set further down, which Compose reads as empty. */
import { mayExpand, referencesIn } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import type { Expected } from './assemble.js'
import type { Origin } from './candidates.js'

/**
 * Reports the forward references of a new product env, except those with an operator such as `:-`, which provide for it.
 * @param earlier the variables of env files that Compose reads before this one
 * @param isLost returns true if the merge would change the value that a variable had
 */
export function forwardReferences(
  all: readonly Expected[],
  earlier: ReadonlyMap<string, string> = new Map(),
  env: string,
  isLost: (key: string) => boolean,
): Problem[] {
  if (!all.some(({ raw }) => mayExpand(raw))) return []
  // A name alone takes its value from the shell.
  const assigns = all.flatMap(({ key, kind }, index) => (kind === 'assign' ? [[key, index] as const] : []))
  const first = new Map(assigns.reverse())
  const last = new Map(all.map(({ key }, index) => [key, index]))
  return all.flatMap(({ key, line, origin, raw, quote }, index) => {
    if (last.get(key) !== index) return []
    const plain = referencesIn(raw, quote).filter(
      ({ name, operator }) => operator === '' && !earlier.has(name) && (first.get(name) ?? index) > index,
    )
    const place = { file: origin?.file ?? env, line }
    return [...new Set(plain.map(({ name }) => name))].map((name) => {
      const next = advice(key, name, origin, all[first.get(name) as number]?.origin ?? null, env)
      if (isLost(key) && origin !== null) {
        const message = `${key} refers to ${name}, which would be set only further down, so ${key} would lose its value`
        return problem('dropped-in-use', place, message, next)
      }
      const message = `${key} refers to ${name}, which is set only further down: Compose reads it as empty there, but a container with env_file gets its value`
      return problem('forward-reference', place, message, next)
    })
  })
}

function advice(key: string, name: string, origin: Origin | null, below: Origin | null, env: string): string {
  if (origin === null) return `Move ${key} below ${name}, or ${name} above ${key}.`
  if (below === null || below.isDecision || origin.isDecision)
    return `In ${env}, move ${name} above the section ${origin.feature}.`
  if (below.feature === origin.feature) return `Move ${name} above ${key} in the template.`
  const order = `Put ${below.feature} before ${origin.feature} in the list of features`
  return `${order}; if both have a section already, delete the two sections and merge again.`
}
