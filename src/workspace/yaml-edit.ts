/**
 * Edits a YAML file in one place: every other byte stays. Texts are byte strings; YAML's own characters are ASCII, so the
 * bytes can be parsed as if each were a character.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isAlias,
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

/** An offset to be set. */
export interface StatedOffset {
  /** Null for the product itself. */
  readonly instance: string | null
  /** In ports. */
  readonly offset: number
  /** The text that was hashed for it, which a comment shows. */
  readonly hashed: string
}

const OFFSET_COMMENT = /^[ \t]+# crc32\("[^"\r\n]*"\), chosen by product check --fix(?=\r?\n|$)/

/**
 * Sets offsets in a `product.yaml`.
 * @param text null if there is no file
 * @returns null if a person has to edit it: other values refer to an old offset by an alias, for example
 */
export function withOffsets(text: string | null, offsets: readonly StatedOffset[]): string | null {
  return offsets.reduce<string | null>((edited, { instance, offset, hashed }) => {
    const path = instance === null ? ['offset'] : ['instances', instance, 'offset']
    const comment = ` # crc32("${hashed}"), chosen by product check --fix`
    const change = (source: string, doc: Document) => setIn(source, doc, path, `${offset}`, comment)
    return edited === null ? null : edit(edited, path, () => offset, change)
  }, text ?? '')
}

/**
 * Appends an item to a list under a top-level key, in the list's own style.
 * @param item a name or a relative path
 * @param earlier the items that a new list starts with; null if no list may be created
 * @returns null if a person has to edit it: the list is an alias, for example
 */
export function withListItem(
  text: string | null,
  key: string,
  item: string,
  earlier: readonly string[] | null,
): string | null {
  const wanted = (old: unknown) => [
    ...(((old === undefined ? earlier : old) as string[] | null) ?? []),
    encode(item),
  ]
  return edit(text ?? '', [key], wanted, (source, doc) => {
    const list = isMap(doc.contents) ? pairOf(doc.contents, key) : undefined
    if (list !== undefined)
      return append(source, list.key as Node, list.value as Node | null, encode(yamlText(item)))
    const items = earlier === null ? null : [...earlier, item].map(yamlText)
    return items === null ? null : setIn(source, doc, [key], encode(`[${items.join(', ')}]`), '')
  })
}

const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i
const PLAIN = /^(?:\.\.\/|[A-Za-z])[\w./:@+-]*$/

/** Writes a scalar that every YAML reads as this text, even if it looks like a number or a boolean. @param text a name, an image or a relative path */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !WORD.test(text) ? text : `"${text}"`
}

/** What replaces the text from `at` to `end`. */
interface Change {
  readonly at: number
  readonly end: number
  readonly text: string
}

const BOM = '\xef\xbb\xbf'

/** Makes a change, and proves that it sets the value at the path and nothing else. @param wanted computes the value from the old one */
function edit(
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
  // Which of several documents should get a new key is not known.
  const index = having === -1 && docs.length === 1 ? 0 : having
  const doc = docs[index]
  const made = doc === undefined ? null : change(text, doc)
  if (made === null) return null
  const after = text.slice(0, made.at) + made.text + text.slice(made.end)
  const before = valuesOf(docs)
  const read = documentsOf(after)
  if (before === null || read === null) return null
  const meant = before.map((value, at) =>
    at === index ? withValue((value ?? {}) as Tree, path, wanted) : value,
  )
  return isDeepStrictEqual(valuesOf(read), meant) ? bom + after : null
}

/** At least one; null if the text is not valid YAML. */
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

/** Finds a pair by its key as settings read it, where 0 and "0" are the same. */
function pairOf(map: YAMLMap, key: string) {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)
}

/** Sets a value, or adds the keys that lead to it; null if there is no place for it. @param value in flow style */
function setIn(
  text: string,
  doc: Document,
  path: readonly string[],
  value: string,
  comment: string,
): Change | null {
  const root = doc.contents
  if (root === null || (isScalar(root) && root.value === null))
    return linesAt(text, text.length, blockLines('', path, value, comment, eolOf(text)))
  let map: unknown = root
  for (const [depth, key] of path.entries()) {
    if (!isMap(map)) return null
    const inner = (pairOf(map, key)?.value ?? null) as Node | null
    if (inner === null) return addPair(text, map, path.slice(depth), value, comment, depth === 0)
    // An alias becomes a value of its own.
    if (depth === path.length - 1 || !isMap(inner))
      return replace(text, inner, flowValue(path.slice(depth + 1), value), comment)
    map = inner
  }
  return null
}

function replace(text: string, { range }: Node, value: string, comment: string): Change | null {
  if (range == null) return null
  const old = OFFSET_COMMENT.exec(text.slice(range[1]))?.[0]
  return {
    at: range[0],
    end: range[1] + (old?.length ?? 0),
    text: value + (old === undefined ? '' : comment),
  }
}

/** Adds keys to a map that does not have the first of them. */
function addPair(
  text: string,
  map: YAMLMap,
  path: readonly string[],
  value: string,
  comment: string,
  isRoot: boolean,
): Change | null {
  if (map.flow) return addToFlow(map, flowPairs(path, value))
  const indent = indentAt(text, startOf(map.items[0]?.key))
  if (indent === null) return null
  const end = isRoot ? (/^\.\.\.(?=\s|$)/m.exec(text)?.index ?? text.length) : lineEnd(text, lastByte(map))
  return linesAt(text, end, blockLines(indent, path, value, comment, eolOf(text)))
}

function append(text: string, key: Node, value: Node | null, item: string): Change | null {
  if (isSeq(value) && value.flow) return addToFlow(value, item)
  const list = isSeq(value) ? value : null
  // `include:` with nothing behind it.
  const isEmpty = isScalar(value) && value.value === null && value.range?.[0] === value.range?.[1]
  if ((list === null && !isEmpty) || isAlias(value)) return null
  const indent = indentAt(text, list === null ? startOf(key) : (list.range?.[0] ?? null))
  if (indent === null) return null
  const end = list === null ? (value?.range?.[0] ?? 0) : lastByte(list)
  return linesAt(text, lineEnd(text, end), `${indent}${list === null ? '  ' : ''}- ${item}${eolOf(text)}`)
}

/** Right behind the last item: a comment may follow. */
function addToFlow(node: YAMLMap | YAMLSeq, item: string): Change | null {
  const [start] = node.range ?? []
  if (start === undefined) return null
  const at = node.items.length === 0 ? start + 1 : lastByte(node.items.at(-1)) + 1
  const padded = isMap(node) ? ` ${item} ` : item
  return { at, end: at, text: node.items.length === 0 ? padded : `, ${item}` }
}

/** `instances:` / `  blue:` / `    offset: 12`, each on its line. */
function blockLines(
  indent: string,
  path: readonly string[],
  value: string,
  comment: string,
  eol: string,
): string {
  const lines = path.map((key, depth) => `${indent}${'  '.repeat(depth)}${keyText(key)}:`)
  return `${lines.join(eol)} ${value}${comment}${eol}`
}

function flowPairs([key = '', ...rest]: readonly string[], value: string): string {
  return `${keyText(key)}: ${flowValue(rest, value)}`
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

/** Inserts whole lines, after the end of a line. */
function linesAt(text: string, at: number, lines: string): Change {
  const isLineStart = at === 0 || text[at - 1] === '\n'
  return { at, end: at, text: isLineStart ? lines : eolOf(text) + lines }
}

/** The indentation before a position; null if other text precedes it on its line. */
function indentAt(text: string, at: number | null): string | null {
  if (at === null) return null
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  return /^ *$/.test(before) ? before : null
}

function startOf(node: unknown): number | null {
  return (node as Node | undefined)?.range?.[0] ?? null
}

function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline + 1
}

/** The last byte of a node's content, without the blank lines and comments behind it. */
function lastByte(node: unknown): number {
  if (isPair(node)) return Math.max(lastByte(node.key), lastByte(node.value))
  if ((isMap(node) || isSeq(node)) && !node.flow) return Math.max(0, ...node.items.map(lastByte))
  const range = (node as Node | null)?.range
  return range == null ? 0 : Math.max(0, range[1] - 1)
}
