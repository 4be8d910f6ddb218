/** Removes an item from a list in a YAML file, and keeps every other byte. */
import { type Document, isMap, isNode, isSeq, type Node, type YAMLSeq } from 'yaml'
import { type Change, edit, lastByte, lineEnd, pairOf, startOf } from './yaml-edit.js'

/**
 * Removes the first matching item of a list under a top-level key, with its comments; an emptied list becomes `[]`.
 * @param text a byte string
 * @param name the comment above the first item stays unless it contains this: it may be about the whole list
 * @returns null if a person has to edit it: the list is an alias, for example
 */
export function withoutListItem(
  text: string,
  key: string,
  name: string,
  isItem: (value: unknown) => boolean,
): string | null {
  let index = -1
  const wanted = (old: unknown) => (old as readonly unknown[]).filter((_, at) => at !== index)
  return edit(text, [key], wanted, (source, doc) => {
    const pair = isMap(doc.contents) ? pairOf(doc.contents, key) : undefined
    if (!isSeq(pair?.value)) return null
    index = pair.value.items.findIndex((node) => isItem(jsOf(node, doc)))
    if (index === -1) return null
    if (pair.value.flow) return fromFlow(source, pair.value, index)
    return fromBlock(source, pair.key as Node, pair.value, index, name)
  })
}

function jsOf(node: unknown, doc: Document): unknown {
  return isNode(node) ? node.toJS(doc) : undefined
}

function fromFlow(text: string, list: YAMLSeq, index: number): Change | null {
  const [previous, item, next] = [list.items[index - 1], list.items[index], list.items[index + 1]]
  const [start, itemStart, nextStart] = [startOf(list), startOf(item), startOf(next)]
  if (start === null || itemStart === null) return null
  const change =
    nextStart !== null
      ? { at: itemStart, end: nextStart, text: '' }
      : previous !== undefined
        ? { at: lastByte(previous) + 1, end: lastByte(item) + 1, text: '' }
        : { at: start + 1, end: lastByte(list), text: '' }
  return text.slice(change.at, change.end).includes('#') ? null : change
}

function fromBlock(text: string, key: Node, list: YAMLSeq, index: number, name: string): Change | null {
  const item = list.items[index]
  const itemStart = startOf(item)
  if (itemStart === null) return null
  const line = lineStart(text, itemStart)
  const [, indent] = /^( *)- +$/.exec(text.slice(line, itemStart)) ?? []
  if (indent === undefined) return null
  let at = line
  while (at > 0 && isComment(text.slice(lineStart(text, at - 1), at), indent)) at = lineStart(text, at - 1)
  if (index === 0 && !text.slice(at, line).includes(name)) at = line
  const end = lineEnd(text, lastByte(item))
  if (list.items.length > 1) return { at, end, text: '' }
  const [colon = ''] = /^ *:/.exec(text.slice(key.range?.[1])) ?? []
  const keyEnd = (key.range?.[1] ?? 0) + colon.length
  return { at: keyEnd, end, text: ` []${text.slice(keyEnd, at)}` }
}

/** An item that is commented out is nobody's comment. */
function isComment(line: string, indent: string): boolean {
  return line.startsWith(`${indent}#`) && !/^# *- /.test(line.slice(indent.length))
}

function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}
