/** Writes an offset into `product.yaml`, keeping everything else: comments, order, style. */
import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isPair, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml'

/** An offset to be stated. */
export interface StatedOffset {
  /** The instance it is for; null for the product itself. */
  readonly instance: string | null
  /** In ports. */
  readonly offset: number
  /** What was hashed for it; goes into a comment. */
  readonly hashed: string
}

/**
 * The text of a `product.yaml` with offsets stated.
 * @param text the file as a byte string, valid by its schema; null where there is none
 * @returns a byte string, in which only the lines of the offsets differ; null where that cannot be: the file is
 *   written in a way that needs a person, such as an anchor on the old offset that others refer to
 */
export function withOffsets(text: string | null, offsets: readonly StatedOffset[]): string | null {
  return offsets.reduce<string | null>(
    (edited, offset) => (edited === null ? null : withOffset(edited, offset)),
    text ?? '',
  )
}

const BOM = '\xef\xbb\xbf'
/** The comment that tells how an offset came about. */
const COMMENT = /^[ \t]+# crc32\("[^"\r\n]*"\), chosen by product check --fix(?=\r?\n|$)/

/** The bytes are read as if each were a character, which the keys in question cannot tell, and no byte gets lost by. */
function withOffset(bytes: string, { instance, offset, hashed }: StatedOffset): string | null {
  const bom = bytes.startsWith(BOM) ? BOM : ''
  const text = bytes.slice(bom.length)
  const path = instance === null ? ['offset'] : ['instances', instance, 'offset']
  const comment = ` # crc32("${hashed}"), chosen by product check --fix`
  const doc = parseDocument(text)
  const wanted = withValue(doc.toJS() ?? {}, path, offset)
  const edited = edit(text, doc, path, offset, comment)
  if (edited === null) return null
  // An edit goes by what nearly all files look like. One that is written in another way is proved wrong here.
  const read = parseDocument(edited)
  return read.errors.length === 0 && isDeepStrictEqual(read.toJS(), wanted) ? bom + edited : null
}

type Tree = { readonly [key: string]: unknown }

function withValue(tree: Tree, [key, ...rest]: readonly string[], value: number): Tree {
  if (key === undefined) return tree
  const inner = rest.length === 0 ? value : withValue((tree[key] ?? {}) as Tree, rest, value)
  return { ...tree, [key]: inner }
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

/** The text with the offset set; null where there is no place for it. */
function edit(text: string, doc: Document, path: string[], offset: number, comment: string): string | null {
  const root = doc.contents
  if (root === null || (isScalar(root) && root.value === null))
    return insertAt(text, text.length, blockLines('', path, offset, comment, eolOf(text)))
  let map: unknown = root
  for (const [depth, key] of path.entries()) {
    if (!isMap(map)) return null
    const inner = valueAt(map, key)
    if (inner === null) return insert(text, map, path.slice(depth), offset, comment, depth === 0)
    // An alias is what another value is called; from here on this one is a value by itself.
    if (depth === path.length - 1 || !isMap(inner)) {
      const value = flowValue(path.slice(depth + 1), offset)
      return replaced(text, inner, value, comment)
    }
    map = inner
  }
  return null
}

/** A value by its key as settings know it, where 0 and "0" are the same. */
function valueAt(map: YAMLMap, key: string): Node | null {
  const pair = map.items.find(({ key: node }) => isScalar(node) && String(node.value) === key)
  return (pair?.value ?? null) as Node | null
}

/** A key that YAML reads as text: an instance may be called 0 or true. */
function keyText(key: string): string {
  return parseDocument(key).toJS() === key ? key : JSON.stringify(key)
}

function replaced(text: string, { range }: Node, value: string, comment: string): string | null {
  if (range == null) return null
  const rest = text.slice(range[1])
  const old = COMMENT.exec(rest)?.[0]
  return text.slice(0, range[0]) + value + (old === undefined ? rest : comment + rest.slice(old.length))
}

/** Adds the keys to a map that lacks the first of them. */
function insert(
  text: string,
  map: YAMLMap,
  path: string[],
  offset: number,
  comment: string,
  isRoot: boolean,
): string | null {
  const [first] = map.items
  const [start, end] = map.range ?? []
  if (start === undefined || end === undefined) return null
  if (map.flow) {
    const inner = `${keyText(path[0] as string)}: ${flowValue(path.slice(1), offset)}`
    if (first === undefined) return `${text.slice(0, start)}{ ${inner} }${text.slice(end)}`
    // Right behind the last pair, and behind its comma where it has one: what follows may be a comment.
    const last = lastByte(map.items.at(-1)) + 1
    const comma = /^\s*,/.exec(text.slice(last, end - 1))?.[0]
    const at = last + (comma?.length ?? 0)
    return `${text.slice(0, at)}${comma === undefined ? ',' : ''} ${inner}${text.slice(at)}`
  }
  const at = (first?.key as Node | undefined)?.range?.[0]
  if (at === undefined) return null
  const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  if (indent.trim() !== '') return null
  const lines = blockLines(indent, path, offset, comment, eolOf(text))
  const documentEnd = /^\.\.\.(?=\s|$)/m.exec(text)?.index
  const last = isRoot ? (documentEnd ?? text.length) : lineEnd(text, lastByte(map))
  return insertAt(text, last, lines)
}

/** `instances:` / `  blue:` / `    offset: 12`, each on its line. */
function blockLines(indent: string, path: string[], offset: number, comment: string, eol: string): string {
  const lines = path.map((key, depth) => `${indent}${'  '.repeat(depth)}${keyText(key)}:`)
  return `${lines.join(eol)} ${offset}${comment}${eol}`
}

function flowValue(path: string[], offset: number): string {
  return path.reduceRight((value, key) => `{ ${keyText(key)}: ${value} }`, `${offset}`)
}

/** Whole lines put in, after a line end. */
function insertAt(text: string, at: number, lines: string): string {
  const before = text.slice(0, at)
  const ended = before === '' || before.endsWith('\n') ? before : before + eolOf(text)
  return ended + lines + text.slice(at)
}

/** Behind the line end after a position. */
function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline + 1
}

/** The last byte of what is in a node; the blank lines and comments behind it are not. */
function lastByte(node: unknown): number {
  if (isPair(node)) return Math.max(lastByte(node.key), lastByte(node.value))
  if ((isMap(node) || isSeq(node)) && !node.flow) return Math.max(0, ...node.items.map(lastByte))
  const range = (node as Node | null)?.range
  return range == null ? 0 : Math.max(0, range[1] - 1)
}
