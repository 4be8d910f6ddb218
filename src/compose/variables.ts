import { type Reference, references } from '../env/expand.js'
import type { Node, ScalarNode, Span } from './node.js'
import { spanOf } from './node.js'

/** A variable that Compose files refer to. */
export interface Variable {
  readonly name: string
  /** In the order of the files. */
  readonly uses: readonly VariableUse[]
}

/** One place that refers to a variable. */
interface VariableUse {
  /** The value that holds the reference. */
  readonly span: Span
  /** The value as written. */
  readonly raw: string
  readonly operator: Reference['operator']
  /** What `:-` or `-` falls back to, as written. */
  readonly default?: string
  /** What `:+` or `+` puts in its place, as written. */
  readonly alternative?: string
  /** Whether Compose refuses the file without it (`:?`, `?`). */
  readonly required: boolean
  /** Whether the variable is set where the file is read: the env files of an include count, too. */
  readonly isSet: boolean
}

/**
 * Every variable in the values of some trees (Compose expands no keys), by name. A variable inside a default or
 * alternative counts; one inside the message of `:?` does not, as in `docker compose config --variables`.
 */
export function variablesOf(trees: readonly (Node | undefined)[]): Variable[] {
  const uses = new Map<string, VariableUse[]>()
  // One node can hang in several trees, or several times in one.
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (node.kind === 'scalar') {
      if (node.type === 'string' && node.raw.includes('$') && !seen.has(node)) {
        seen.add(node)
        collect(node, uses)
      }
      return
    }
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'sequence') node.items.forEach(visit)
    else for (const { value } of node.entries.values()) visit(value)
  }
  for (const tree of trees) if (tree !== undefined) visit(tree)
  return [...uses]
    .map(([name, found]) => ({ name, uses: found }))
    .sort((one, two) => (one.name < two.name ? -1 : 1))
}

function collect(node: ScalarNode, uses: Map<string, VariableUse[]>): void {
  let span: Span | undefined
  for (const { name, operator, operand } of counted(node.raw)) {
    span ??= spanOf(node)
    const use: VariableUse = {
      span,
      raw: node.raw,
      operator,
      required: operator.endsWith('?'),
      isSet: node.source.scope.lookup(name) !== undefined,
      ...(operator.endsWith('-') ? { default: operand } : {}),
      ...(operator.endsWith('+') ? { alternative: operand } : {}),
    }
    const known = uses.get(name)
    if (known === undefined) uses.set(name, [use])
    else known.push(use)
  }
}

/** References inside a message follow their reference in the list, and are as many as the message has. */
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
