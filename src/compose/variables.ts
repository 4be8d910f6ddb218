import { type Reference, references } from '../env/expand.js'
import type { Node, ScalarNode, Span } from './node.js'
import { spanOf } from './node.js'

/** A variable that Compose files refer to. */
export interface Variable {
  readonly name: string
  readonly uses: readonly VariableUse[]
}

interface VariableUse {
  /** The value that holds the reference. */
  readonly span: Span
  /** The value as written. */
  readonly raw: string
  readonly operator: Reference['operator']
  /** The operand of `:-` or `-`, as written. */
  readonly default?: string
  /** The operand of `:+` or `+`, as written. */
  readonly alternative?: string
  /** Whether Compose refuses the file without it (`:?`, `?`). */
  readonly required: boolean
  /** Whether the variable is set for this file: the env files of an include count, too. */
  readonly isSet: boolean
}

/**
 * Returns every variable in the values of some trees, by name. A variable inside a default or alternative counts; one
 * inside the message of `:?` does not, as in `docker compose config --variables`.
 */
export function variablesOf(trees: readonly (Node | undefined)[]): Variable[] {
  const uses = new Map<string, VariableUse[]>()
  // One node can be in several trees, or several times in one.
  const seen = new Set<Node>()
  const visit = (node: Node | undefined): void => {
    if (node === undefined || seen.has(node)) return
    if (node.kind !== 'scalar') {
      seen.add(node)
      if (node.kind === 'sequence') node.items.forEach(visit)
      else for (const { value } of node.entries.values()) visit(value)
    } else if (node.type === 'string' && node.raw.includes('$')) {
      seen.add(node)
      for (const reference of counted(node.raw)) {
        const known = uses.get(reference.name) ?? []
        known.push(useOf(node, reference))
        uses.set(reference.name, known)
      }
    }
  }
  trees.forEach(visit)
  return [...uses]
    .map(([name, found]) => ({ name, uses: found }))
    .sort((one, two) => (one.name < two.name ? -1 : 1))
}

function useOf(node: ScalarNode, { name, operator, operand }: Reference): VariableUse {
  return {
    span: spanOf(node),
    raw: node.raw,
    operator,
    required: operator.endsWith('?'),
    isSet: node.source.scope.lookup(name) !== undefined,
    ...(operator.endsWith('-') && { default: operand }),
    ...(operator.endsWith('+') && { alternative: operand }),
  }
}

/** `references` lists those inside a message right behind the reference itself. */
function counted(raw: string): Reference[] {
  const all = references(raw)
  const found: Reference[] = []
  for (let index = 0; index < all.length; index++) {
    const reference = all[index] as Reference
    found.push(reference)
    if (reference.operator.endsWith('?')) index += references(reference.operand).length
  }
  return found
}
