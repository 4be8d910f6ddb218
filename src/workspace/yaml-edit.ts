/** Edits a YAML file in one place, and keeps every other byte. Byte strings can be parsed, as YAML's own characters are ASCII. */
import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { encode } from '../env/bytes.js'

export interface StatedOffset {
  /** Null for the product itself. */
  readonly instance: string | null
  readonly offset: number
  /** The text whose hash it is, for the comment. */
  readonly hashed: string
}

const OFFSET_COMMENT = /^[ \t]+# crc32\("[^"\r\n]*"\), chosen by product check --fix(?=\r?\n|$)/

/** Sets offsets in a `product.yaml`; null if a person has to edit it, because of an alias, for example. */
export function withOffsets(text: string | null, offsets: readonly StatedOffset[]): string | null {
  let edited: string | null = text ?? ''
  for (const { instance, offset, hashed } of offsets) {
    if (edited === null) return null
    const path = instance === null ? ['offset'] : ['instances', instance, 'offset']
    const value = { text: `${offset}`, comment: ` # crc32("${hashed}"), chosen by product check --fix` }
    const change = (source: string, doc: Document) => setIn(source, doc, path, value)
    edited = edit(edited, path, () => offset, change)
  }
  return edited
}

/**
 * Appends an item, a name or a relative path, to a list under a top-level key, in the list's own style.
 * @param earlier the items that a new list starts with; null if no list may be created
 * @returns null if a person has to edit it: the list is an alias, for example
 */
export function withListItem(
  text: string | null,
  key: string,
  item: string,
  earlier: readonly string[] | null,
): string | null {
  const wanted = (old: unknown = earlier) => [...((old as readonly string[] | null) ?? []), encode(item)]
  return edit(text ?? '', [key], wanted, (source, doc) => {
    const list = isMap(doc.contents) ? pairOf(doc.contents, key) : undefined
    if (list !== undefined)
      return append(source, list.key as Node, list.value as Node | null, encode(yamlText(item)))
    if (earlier === null) return null
    const items = [...earlier, item].map(yamlText).join(', ')
    return setIn(source, doc, [key], { text: encode(`[${items}]`), comment: '' })
  })
}

const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i
const PLAIN = /^(?:\.\.\/|[A-Za-z])[\w./:@+-]*$/

/** Writes a scalar that every YAML reads as text, even if it looks like a number or a boolean. */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !WORD.test(text) ? text : `"${text}"`
}

/** What replaces the text from `at` to `end`. */
export interface Change {
  readonly at: number
  readonly end: number
  readonly text: string
}

/** A value in flow style, and the comment behind it in block style. */
interface Value {
  readonly text: string
  readonly comment: string
}

const BOM = '\xef\xbb\xbf'

/** Makes a change, and proves that it sets the value at the path and nothing else. */
export function edit(
  bytes: string,
  path: readonly string[],
  wanted: (old: unknown) => unknown,
  change: (text: string, doc: Document) => Change | null,
): string | null {
  const bom = bytes.startsWith(BOM) ? BOM : ''
  const text = bytes.slice(bom.length)
  const docs = documentsOf(text)
  if (docs === null) return null
  const having = docs.findIndex(({ contents }) => isMap(contents) && pairOf(contents, path[0] as string))
  // Of several documents, none is the right one for a new key.
  const index = having === -1 && docs.length === 1 ? 0 : having
  const doc = docs[index]
  const made = doc === undefined ? null : change(text, doc)
  if (made === null) return null
  const after = text.slice(0, made.at) + made.text + text.slice(made.end)
  const before = valuesOf(docs)
  const read = documentsOf(after)
  if (before === null || read === null) return null
  before[index] = withValue((before[index] ?? {}) as Tree, path, wanted)
  return isDeepStrictEqual(valuesOf(read), before) ? bom + after : null
}

/** Returns at least one; null if the text is not valid YAML. */
function documentsOf(text: string): Document[] | null {
  const docs = [...parseAllDocuments(text)] as Document[]
  if (docs.length === 0) docs.push(parseDocument(text))
  return docs.some(({ errors }) => errors.length > 0) ? null : docs
}

function valuesOf(docs: readonly Document[]): unknown[] | null {
  try {
    return docs.map((doc) => doc.toJS({ maxAliasCount: 10_000 }))
  } catch {
    return null
  }
}

type Tree = { readonly [key: string]: unknown }

function withValue(tree: Tree, [key, ...rest]: readonly string[], wanted: (old: unknown) => unknown): Tree {
  if (key === undefined) return tree
  const old = tree[key]
  return { ...tree, [key]: rest.length === 0 ? wanted(old) : withValue((old ?? {}) as Tree, rest, wanted) }
}

/** Finds a pair by its key as settings read it: 0 is "0". */
export function pairOf(map: YAMLMap, key: string) {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)
}

/** Sets a value, with the keys that lead to it; null if there is no place for it. */
function setIn(text: string, doc: Document, path: readonly string[], value: Value): Change | null {
  const root = doc.contents
  if (root === null || (isScalar(root) && root.value === null))
    return linesAt(text, text.length, blockLines(text, '', path, value))
  let map: unknown = root
  for (const [depth, key] of path.entries()) {
    if (!isMap(map)) return null
    const inner = (pairOf(map, key)?.value ?? null) as Node | null
    if (inner === null) return addPair(text, map, path.slice(depth), value, depth === 0)
    // An alias gets a value of its own.
    if (depth === path.length - 1 || !isMap(inner)) return replace(text, inner, path.slice(depth + 1), value)
    map = inner
  }
  return null
}

function replace(text: string, { range }: Node, path: readonly string[], value: Value): Change | null {
  if (range == null) return null
  const old = OFFSET_COMMENT.exec(text.slice(range[1]))?.[0]
  const now = flowValue(path, value.text)
  return old === undefined
    ? { at: range[0], end: range[1], text: now }
    : { at: range[0], end: range[1] + old.length, text: now + value.comment }
}

/** Adds keys to a map that does not have the first of them. */
function addPair(
  text: string,
  map: YAMLMap,
  path: readonly string[],
  value: Value,
  isRoot: boolean,
): Change | null {
  const [key = '', ...rest] = path
  if (map.flow) return addToFlow(map, `${keyText(key)}: ${flowValue(rest, value.text)}`)
  const indent = indentAt(text, startOf(map.items[0]?.key))
  if (indent === null) return null
  const end = isRoot ? (/^\.\.\.(?=\s|$)/m.exec(text)?.index ?? text.length) : lineEnd(text, lastByte(map))
  return linesAt(text, end, blockLines(text, indent, path, value))
}

function append(text: string, key: Node, value: Node | null, item: string): Change | null {
  if (isSeq(value) && value.flow) return addToFlow(value, item)
  const list = isSeq(value) ? value : null
  // `include:` without a value.
  const isEmpty = isScalar(value) && value.value === null && value.range?.[0] === value.range?.[1]
  if (list === null && !isEmpty) return null
  const indent = indentAt(text, startOf(list ?? key))
  if (indent === null) return null
  const end = list === null ? (startOf(value) ?? 0) : lastByte(list)
  return linesAt(text, lineEnd(text, end), `${indent}${list === null ? '  ' : ''}- ${item}${eolOf(text)}`)
}

/** Directly behind the last item, as a comment may follow. */
function addToFlow(node: YAMLMap | YAMLSeq, item: string): Change | null {
  const start = startOf(node)
  if (start === null) return null
  if (node.items.length === 0)
    return { at: start + 1, end: start + 1, text: isMap(node) ? ` ${item} ` : item }
  const at = lastByte(node.items.at(-1)) + 1
  return { at, end: at, text: `, ${item}` }
}

/** `instances:` / `  blue:` / `    offset: 12`, each on its line. */
function blockLines(text: string, indent: string, path: readonly string[], value: Value): string {
  const lines = path.map((key, depth) => `${indent}${'  '.repeat(depth)}${keyText(key)}:`)
  return `${lines.join(eolOf(text))} ${value.text}${value.comment}${eolOf(text)}`
}

function flowValue(path: readonly string[], value: string): string {
  return path.reduceRight((inner, key) => `{ ${keyText(key)}: ${inner} }`, value)
}

/** A key that YAML reads as text: an instance may be called 0 or true. */
function keyText(key: string): string {
  return parseDocument(key).toJS() === key ? key : JSON.stringify(key)
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

function linesAt(text: string, at: number, lines: string): Change {
  const isLineStart = at === 0 || text[at - 1] === '\n'
  return { at, end: at, text: isLineStart ? lines : eolOf(text) + lines }
}

/** Returns the indentation before a position; null if other text precedes it on its line. */
function indentAt(text: string, at: number | null): string | null {
  if (at === null) return null
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  return /^ *$/.test(before) ? before : null
}

export function startOf(node: unknown): number | null {
  return (node as Node | undefined)?.range?.[0] ?? null
}

export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline + 1
}

/** The last byte of a node's content, without the blank lines and comments behind it. */
export function lastByte(node: unknown): number {
  if (isPair(node)) return Math.max(lastByte(node.key), lastByte(node.value))
  if ((isMap(node) || isSeq(node)) && !node.flow) return Math.max(0, ...node.items.map(lastByte))
  const range = (node as Node | null)?.range
  return range == null ? 0 : Math.max(0, range[1] - 1)
}
