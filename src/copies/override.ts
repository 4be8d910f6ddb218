/** The override file: the edits of a copy as a Compose file, between two marks. */
import { Document, isMap, isScalar, isSeq, Scalar, type Node as YamlNode } from 'yaml'
import { encode } from '../env/bytes.js'
import { writeSection } from '../merge/sections.js'
import type { Edit, Value } from './source.js'

interface Tree {
  value?: Value
  directive?: 'override' | 'reset'
  /** Items of a list that several edits add to. */
  items?: Value[]
  readonly children: Map<string, Tree>
}

const tree = (): Tree => ({ children: new Map() })

/**
 * The text of an override file.
 * @param project the copy's Compose project, where the file has to state it
 * @returns a byte string, with its marks
 */
export function overrideText(
  copy: string,
  source: string,
  edits: readonly Edit[],
  project: string | null,
): string {
  const root = tree()
  for (const { path, value, directive } of edits) {
    // Mounts are told apart by their target, and are items of a list in the file.
    const isMount = path[2] === 'volumes' && path.length === 4
    const at = (isMount ? path.slice(0, 3) : path).reduce((node, key) => {
      const next = node.children.get(key) ?? tree()
      node.children.set(key, next)
      return next
    }, root)
    if (isMount) at.items = [...(at.items ?? []), value]
    else Object.assign(at, { value, ...(directive === undefined ? {} : { directive }) })
  }
  const doc = new Document()
  const body = nodeOf(doc, root)
  if (project !== null && isMap(body)) body.items.unshift(doc.createPair('name', project))
  doc.contents = body as never
  return writeSection(copy, source, encode(doc.toString({ lineWidth: 0 })), '\n')
}

function nodeOf(doc: Document, { value, directive, items, children }: Tree, key = ''): YamlNode {
  if (items !== undefined) return valueNode(doc, items)
  if (children.size === 0 && value !== undefined) {
    // A port that stays keeps its variables.
    const node = valueNode(doc, value, key !== 'ports')
    if (directive !== undefined) node.tag = `!${directive}`
    return node
  }
  const map = doc.createNode({})
  for (const [key, child] of children) map.items.push(doc.createPair(key, nodeOf(doc, child, key)))
  return map
}

/** Texts in double quotes, so that no YAML reader takes one for a number. @param isLiteral whether a `$` is one */
function valueNode(doc: Document, value: Value, isLiteral = true): YamlNode {
  const node = doc.createNode(value) as YamlNode
  const visit = (each: unknown): void => {
    if (isScalar(each)) {
      if (typeof each.value !== 'string') return
      if (isLiteral) each.value = each.value.replaceAll('$', '$$$$')
      each.type = Scalar.QUOTE_DOUBLE
    } else if (isSeq(each)) each.items.forEach(visit)
    else if (isMap(each)) for (const pair of each.items) visit(pair.value)
  }
  visit(node)
  return node
}
