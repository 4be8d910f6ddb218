import { expand, type Lookup, type Reference, references } from '../env/expand.js'
import type { Problem } from '../problem.js'
import type { Entry, Node, ScalarNode, Scope } from './node.js'
import { problemAt } from './problems.js'

/** A stretch of a value: text as written, or what one top-level reference became. */
interface Piece {
  readonly value: string
  readonly reference?: Reference
}

/**
 * Expands the variables in every string of a tree (never in keys), as Compose does with a file before it looks at
 * anything else in it. A value that cannot be expanded is a problem; a required variable that is missing then reads
 * as empty, so that the rest of the file can still be looked at.
 */
export function interpolate(root: Node, scope: Scope, problems: Problem[]): Node {
  const source = { ...root.source, scope }
  // Aliases make one node hang in several places; it is expanded, and reported, once.
  const done = new Map<Node, Node>()
  const visit = (node: Node): Node => {
    if (node.kind === 'scalar' && !node.raw.includes('$')) return node
    const known = done.get(node)
    if (known !== undefined) return known
    const result = node.kind === 'scalar' ? interpolateScalar({ ...node, source }, problems) : children(node)
    done.set(node, result)
    return result
  }
  // A part without variables stays the same node, which every project that reads the file shares.
  const children = (node: Exclude<Node, ScalarNode>): Node => {
    if (node.kind === 'sequence') {
      const items = node.items.map(visit)
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, source, items }
    }
    let entries: Map<string, Entry> | undefined
    for (const [name, { key, value }] of node.entries) {
      const result = visit(value)
      if (result === value) continue
      entries ??= new Map(node.entries)
      entries.set(name, { key, value: result })
    }
    return entries === undefined ? node : { ...node, source, entries }
  }
  return visit(root)
}

function interpolateScalar(node: ScalarNode, problems: Problem[]): ScalarNode {
  if (node.type !== 'string') return node
  const { lookup } = node.source.scope
  const result = expand(node.raw, lookup)
  if (result.ok) return { ...node, text: result.value }
  const message = `This value cannot be expanded: ${result.error.reason}`
  if (result.error.kind !== 'required') {
    problems.push(problemAt('compose-refused', node, message, 'Write a literal `$` as `$$`.'))
    return node
  }
  const next = 'Set the variable in the product env, or give it a default.'
  problems.push(problemAt('required-missing', node, message, next))
  return { ...node, text: piecesOf(node.raw, lookup).reduce((text, { value }) => text + value, '') }
}

/** A value in pieces, so that a part of the expanded text can be traced to the variables that it comes from. */
export function piecesOf(raw: string, lookup: Lookup): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  const literal = (end: number) => {
    const text = raw.slice(at, end)
    const result = expand(text, lookup)
    if (text !== '') pieces.push({ value: result.ok ? result.value : text })
  }
  for (const reference of topLevel(raw)) {
    literal(reference.start)
    const result = expand(raw.slice(reference.start, reference.end), lookup)
    pieces.push({ value: result.ok ? result.value : '', reference })
    at = reference.end
  }
  literal(raw.length)
  return pieces
}

/** The references of a text that do not stand inside another one's default, alternative or message. */
function topLevel(raw: string): Reference[] {
  const all = references(raw)
  const top: Reference[] = []
  for (let index = 0; index < all.length; index++) {
    const reference = all[index] as Reference
    top.push(reference)
    // `references` lists what is inside an operand right behind the reference itself.
    if (reference.operator !== '') index += references(reference.operand).length
  }
  return top
}
