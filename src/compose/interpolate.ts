import { expand, type Lookup, type Reference, references } from '../env/expand.js'
import type { Problem } from '../problem.js'
import type { Entry, Node, ScalarNode, Scope } from './node.js'
import { problemAt, refused } from './problems.js'

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
    if (node.kind === 'scalar' && !node.raw.includes('$')) return node
    const known = done.get(node)
    if (known !== undefined) return known
    const result = node.kind === 'scalar' ? scalar({ ...node, source }) : children(node)
    done.set(node, result)
    return result
  }
  // A part without variables stays the same node, which all projects that read the file share.
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

/** A part of a value: text as written, or what one top-level reference became. */
interface Piece {
  readonly value: string
  readonly reference?: Reference
}

/** Splits a value, so that a part of the expanded text can be traced to its variables. */
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

/** The references of a text, without those inside another one's default, alternative or message. */
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
