/** Adds an item to a list in a YAML file by one insertion: every byte that was there stays. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { yamlText } from './yaml-text.js'

/**
 * A text with one more item at the end of a list under a top-level key: in the list's own style, block or flow. Where
 * there is no such key, it is made.
 * @param item a name or a relative path
 * @param earlier the items that a new list starts with; null if no list is to be made
 * @returns null where that cannot be done by an insertion (the list is an alias, the text is no valid YAML…)
 */
export function withListItem(
  text: string,
  key: string,
  item: string,
  earlier: readonly string[] | null,
): string | null {
  const docs = documentsOf(text)
  if (docs === null) return null
  const doc = docs.find((each) => pairOf(each, key) !== undefined) ?? (docs.length <= 1 ? docs[0] : undefined)
  const pair = doc === undefined ? undefined : pairOf(doc, key)
  const edit =
    pair !== undefined
      ? intoList(text, pair, yamlText(item))
      : earlier !== null && docs.length <= 1
        ? newList(text, doc, key, [...earlier, item].map(yamlText))
        : null
  if (edit === null) return null
  const after = text.slice(0, edit.at) + edit.insert + text.slice(edit.at)
  const length = isSeq(pair?.value) ? pair.value.items.length : (earlier?.length ?? 0)
  return isAsMeant(after, docs.length, key, item, pair === undefined || isSeq(pair.value) ? length + 1 : 1)
    ? after
    : null
}

interface Insertion {
  /** Offset into the text. */
  readonly at: number
  readonly insert: string
}

function documentsOf(text: string): Document[] | null {
  // An empty stream comes as a list without documents that has other properties.
  const docs = [...parseAllDocuments(text)] as Document[]
  return docs.some(({ errors }) => errors.length > 0) ? null : docs
}

function pairOf({ contents }: Document, key: string): Pair | undefined {
  return isMap(contents)
    ? contents.items.find((pair) => isScalar(pair.key) && pair.key.value === key)
    : undefined
}

function intoList(text: string, pair: Pair, item: string): Insertion | null {
  const { value } = pair
  if (isSeq(value)) return value.flow ? intoFlow(text, value, item) : intoBlock(text, value, item)
  // `include:` with nothing behind it.
  const isEmpty = isScalar(value) && value.value === null && value.range?.[0] === value.range?.[1]
  if (!isEmpty || isAlias(value)) return null
  const at = startOf(pair.key)
  const indent = at === null ? null : indentAt(text, at)
  return indent === null ? null : lineAfter(text, value.range?.[0] ?? 0, `${indent}  - ${item}`)
}

function intoFlow(text: string, list: YAMLMap | YAMLSeq, item: string): Insertion | null {
  const last = endOf(list.items.at(-1))
  const at = last ?? (list.range?.[0] ?? 0) + 1
  if (last === null && text[at - 1] !== '[' && text[at - 1] !== '{') return null
  return { at, insert: last === null ? item : `, ${item}` }
}

function intoBlock(text: string, list: YAMLSeq, item: string): Insertion | null {
  const start = list.range?.[0]
  const last = endOf(list.items.at(-1))
  if (start === undefined || last === null) return null
  const indent = indentAt(text, start)
  return indent === null ? null : lineAfter(text, last, `${indent}- ${item}`)
}

function newList(
  text: string,
  doc: Document | undefined,
  key: string,
  items: readonly string[],
): Insertion | null {
  const list = `${key}: [${items.join(', ')}]`
  const root = doc?.contents ?? null
  if (isMap(root) && root.flow) return intoFlow(text, root, list)
  if (root !== null && !isMap(root)) {
    if (!isScalar(root) || root.value !== null) return null
  }
  const first = isMap(root) ? startOf(root.items[0]?.key) : null
  const indent = first === null ? '' : indentAt(text, first)
  return indent === null ? null : lineAfter(text, text.length, indent + list)
}

/** A new line behind the one that a position is in, in the text's own line ends. */
function lineAfter(text: string, position: number, line: string): Insertion {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const startsLine = position === 0 || text[position - 1] === '\n'
  const newline = text.indexOf('\n', position)
  if (startsLine) return { at: position, insert: line + eol }
  return newline === -1
    ? { at: text.length, insert: eol + line + eol }
    : { at: newline + 1, insert: line + eol }
}

/** The blanks before a position; null if something else stands before it on its line. */
function indentAt(text: string, at: number): string | null {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at).replace(/^\ufeff/, '')
  return /^ *$/.test(before) ? before : null
}

function startOf(node: unknown): number | null {
  return isScalar(node) ? (node.range?.[0] ?? null) : null
}

/** Where an item of a list, or an entry of a mapping, ends. */
function endOf(node: unknown): number | null {
  if (isScalar(node) || isCollection(node) || isAlias(node)) return node.range?.[1] ?? null
  return isPair(node) ? (endOf(node.value) ?? endOf(node.key)) : null
}

/** Whether an edited text reads as it was meant: the same documents, and the item at the end of the list. */
function isAsMeant(text: string, documents: number, key: string, item: string, length: number): boolean {
  const docs = documentsOf(text)
  if (docs === null || docs.length !== Math.max(1, documents)) return false
  const list = docs.map((doc) => pairOf(doc, key)?.value).find((value) => value !== undefined)
  const last = isSeq(list) && list.items.length === length ? list.items.at(-1) : undefined
  return isScalar(last) && last.value === item
}
