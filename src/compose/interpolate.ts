import { expand, piecesOf } from '../env/expand.js'
import type { Problem } from '../problem.js'
import { type Entry, isOpen, type Node, perNode, type ScalarNode, type Scope } from './node.js'
import { problemAt, refused } from './problems.js'

/** What a mapping was before its variables were expanded. */
const origins = new WeakMap<Node, Node>()

/** Returns a function that remembers its results for all projects that read a file: the values of variables must not matter to it. */
export function perEntry<T>(of: (key: ScalarNode, value: Node) => T): (entry: Entry) => T {
  const known = new WeakMap<Node, { readonly value: Node; readonly result: T }>()
  return ({ key, value: expanded }) => {
    const value = origins.get(expanded) ?? expanded
    let last = known.get(key)
    if (last?.value !== value) last = { value, result: of(key, value) }
    known.set(key, last)
    return last.result
  }
}

function hasVariables(node: Node): boolean {
  return node.kind === 'scalar' ? isOpen(node) : holdsVariables(node)
}

const holdsVariables = perNode((node): boolean => {
  if (node.kind === 'mapping') return [...node.entries.values()].some(({ value }) => hasVariables(value))
  return node.kind === 'sequence' && node.items.some(hasVariables)
})

/**
 * Expands the variables in every string of a tree (never in keys). A value that cannot be expanded is a problem; a
 * required variable that is missing then reads as empty, so that the rest of the file can be checked.
 */
export function interpolate(root: Node, scope: Scope): { tree: Node; problems: Problem[] } {
  const problems: Problem[] = []
  const source = { ...root.source, scope }
  // A node that aliases repeat is expanded, and reported, once.
  const done = new Map<Node, Node>()
  const visit = (node: Node): Node => {
    // A part without variables stays the same node.
    if (!hasVariables(node)) return node
    const known = done.get(node)
    if (known !== undefined) return known
    const result = expanded(node)
    done.set(node, result)
    if (node.kind === 'mapping') origins.set(result, node)
    return result
  }
  const expanded = (node: Node): Node => {
    if (node.kind === 'scalar') return scalar({ ...node, source })
    if (node.kind === 'sequence') return { ...node, source, items: node.items.map(visit) }
    const entries = new Map(node.entries)
    for (const [name, { key, value }] of node.entries)
      if (hasVariables(value)) entries.set(name, { key, value: visit(value) })
    return { ...node, source, entries }
  }
  const scalar = (node: ScalarNode): ScalarNode => {
    if (node.type !== 'string') return node
    const result = expand(node.raw, scope.lookup)
    if (result.ok) return { ...node, text: result.value }
    const message = `This value cannot be expanded: ${result.error.reason}`
    if (result.error.kind !== 'required') {
      problems.push(refused(node, message, 'Write a literal `$` as `$$`.'))
      return node
    }
    const next = 'Set the variable in the product env, or give it a default.'
    problems.push(problemAt('required-missing', node, message, next))
    const text = piecesOf(node.raw, scope.lookup).map(({ value }) => value)
    return { ...node, text: text.join('') }
  }
  return { tree: visit(root), problems }
}
