/** Products and instances as a command line names them: `shop` is a product with its instances, `shop@blue` one instance. */
import { type Problem, problem } from '../problem.js'
import { badInstanceName, suggestion } from '../workspace/names.js'

/** What an argument names. */
export interface Named {
  readonly product: string
  /** Null where the argument names no instance. */
  readonly instance: string | null
}

/** Takes an argument apart. No name has an `@` in it. */
export function parseOwner(text: string): Named {
  const at = text.indexOf('@')
  return at === -1
    ? { product: text, instance: null }
    : { product: text.slice(0, at), instance: text.slice(at + 1) }
}

/** A problem if an argument names an instance that is not there, with the nearest one that is. */
export function unknownInstance(owners: readonly Named[], { product, instance }: Named): Problem | null {
  if (instance === null || owners.some((each) => each.product === product && each.instance === instance))
    return null
  const bad = badInstanceName(instance)
  if (bad !== null) return bad
  const known = owners.flatMap((each) => (each.product === product ? (each.instance ?? []) : []))
  const next = suggestion(instance, known, 'instances', "The product's")
  return problem('no-instance', {}, `product ${product} has no instance ${instance}`, next)
}
