import type { Lookup } from '../env/expand.js'

/**
 * The value tree of a Compose file: what Compose's YAML reader makes of the text, and where each piece stands in it.
 * Anchors, aliases and merge keys are already resolved, so one node may hang in several places; nodes never change.
 */

/** Where a Compose file is read. */
export interface Scope {
  /** The folder that relative paths in the file start from. */
  readonly directory: string
  /** The same for the `project_directory` and `env_file` of its includes (`Loader.within`). */
  readonly includeBase: string
  /** Whether Compose has `directory` as a path relative to the root. */
  readonly isRelative: boolean
  /** What the file's variables stand for. */
  readonly lookup: Lookup
}

/** A file that was read. Its text is decoded; offsets count UTF-16 units, as `String.slice` does. */
export interface Source {
  /** The path as the caller gave it, or as `include` and `extends` lead to it. */
  readonly file: string
  readonly text: string
  readonly scope: Scope
  /** The offset of each line's first character. */
  readonly lines: readonly number[]
}

/** Where a piece of text stands: line and column from 1, and the offsets `[start, end)` in the file's text. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly start: number
  readonly end: number
}

interface Located {
  readonly source: Source
  readonly start: number
  readonly end: number
  /** `!reset` drops what earlier files said, `!override` replaces it instead of merging. */
  readonly directive?: 'reset' | 'override'
}

/** The types that go-yaml gives plain scalars; a quoted one is always a string. */
export type ScalarType = 'string' | 'int' | 'float' | 'bool' | 'null' | 'timestamp'

export interface ScalarNode extends Located {
  readonly kind: 'scalar'
  readonly type: ScalarType
  /** The value: variables expanded, numbers in decimal, `true`/`false`, '' for null. */
  readonly text: string
  /** The value before variables were expanded. */
  readonly raw: string
  /** The offset of `raw` in the file where it stands there character by character; -1 where escapes or folding differ. */
  readonly verbatim: number
}

export interface SequenceNode extends Located {
  readonly kind: 'sequence'
  readonly items: readonly Node[]
}

export interface MappingNode extends Located {
  readonly kind: 'mapping'
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry {
  readonly key: ScalarNode
  readonly value: Node
}

export type Node = ScalarNode | SequenceNode | MappingNode

/** The place of a node, or of a stretch of its file. */
export function spanOf(node: Located, start = node.start, end = node.end): Span {
  const { file, lines } = node.source
  let low = 0
  let high = lines.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lines[middle] as number) <= start) low = middle
    else high = middle
  }
  return { file, line: low + 1, column: start - (lines[low] ?? 0) + 1, start, end }
}

/** The value of a key, if the node is a mapping that has it. */
export function get(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined
}

/** The text of a scalar that is a string; undefined for anything else. */
export function stringOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.type === 'string' ? node.text : undefined
}

/** The strings of a string or a list of strings, as many Compose keys allow both. */
export function stringsOf(node: Node | undefined): ScalarNode[] {
  const items = node?.kind === 'sequence' ? node.items : node === undefined ? [] : [node]
  return items.filter((item): item is ScalarNode => item.kind === 'scalar' && item.type === 'string')
}
