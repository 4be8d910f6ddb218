import type { Lookup } from '../env/expand.js'

/**
 * The value tree of a Compose file. Anchors, aliases and merge keys are resolved, so one node may be part of several
 * others; nodes never change.
 */

/** The circumstances in which a Compose file is read. */
export interface Scope {
  /** The folder where relative paths in the file start. */
  readonly directory: string
  /** The same for the `project_directory` and `env_file` of its includes (`Loader.within`). */
  readonly includeBase: string
  /** Whether `directory` is relative to the root for Compose. */
  readonly isRelative: boolean
  readonly lookup: Lookup
}

/** A file that was read. Offsets count UTF-16 units. */
export interface Source {
  readonly file: string
  readonly text: string
  readonly scope: Scope
  /** The offset of each line's first character. */
  readonly lines: readonly number[]
}

/** A place in a file: line and column from 1, and the offsets `[start, end)` in its text. */
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
  /** `!reset` drops the value of earlier files, `!override` replaces it instead of merging. */
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
  /** The offset of `raw` in the file; -1 if escapes or folding make the text differ. */
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

/** Returns the place of a node, or of a part of its file. */
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

export function get(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined
}

export function stringOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.type === 'string' ? node.text : undefined
}

/** Returns the strings of a string or a list, as many Compose keys allow both. */
export function stringsOf(node: Node | undefined): ScalarNode[] {
  const items = node?.kind === 'sequence' ? node.items : node === undefined ? [] : [node]
  return items.filter((item): item is ScalarNode => item.kind === 'scalar' && item.type === 'string')
}

/** Returns `key=value` of a mapping or a list, as in `labels`. */
export function pairsOf(node: Node | undefined): string[] {
  if (node?.kind !== 'mapping') return stringsOf(node).map(({ text }) => text)
  return [...node.entries].flatMap(([key, { value }]) =>
    value.kind === 'scalar' ? `${key}=${value.text}` : [],
  )
}

/** compose-go 2.9.1, `loader/interpolate.go` (`toBoolean`). */
export function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && /^(true|y|yes|on)$/i.test(node.text)
}

/** Returns a function that remembers its results: nodes never change, and projects share those of a file. */
export function perNode<T extends {}>(of: (node: Node) => T): (node: Node) => T {
  const known = new WeakMap<Node, T>()
  return (node) => {
    const result = known.get(node) ?? of(node)
    known.set(node, result)
    return result
  }
}

/** Returns true for a value with a variable, which the product may set to another value. */
export function isOpen(node: Node): boolean {
  return node.kind === 'scalar' && node.raw.includes('$')
}
