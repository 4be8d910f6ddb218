import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml'
import { type Problem, problem } from '../problem.js'
import type { Entry, MappingNode, Node, ScalarNode, Scope, Source } from './node.js'
import { spanOf } from './node.js'
import { shorten } from './problems.js'
import { resolvePlain } from './scalar.js'
import { composeDocuments, MAX_DEPTH, Refusal, TOO_DEEP } from './yaml.js'

/** Nodes that aliases may add to a file: the protection from YAML bombs. */
const MAX_ALIASED = 1_000_000

interface Parsed {
  readonly source: Source
  /** Whether it may have `!reset` or `!override`. */
  readonly hasDirectives: boolean
  /** Null if Compose refuses the text, or if it is too large. */
  readonly documents: readonly Node[] | null
  readonly problems: readonly Problem[]
}

/** The files that one run has parsed, for all projects that read them: by path and scope without the variables. */
export type ParsedFiles = Map<string, Parsed>

/** Parses a file unless it is known with the same text. Variables in the trees are not expanded. */
export function parseOnce(files: ParsedFiles, text: string, file: string, scope: Scope): Parsed {
  const { directory, includeBase, isRelative } = scope
  const id = `${file}\0${directory}\0${includeBase}\0${isRelative}`
  const known = files.get(id)
  if (known?.source.text === text) return known
  const parsed = parse(text, file, { ...scope, lookup: NOWHERE.lookup })
  files.set(id, parsed)
  return parsed
}

/** Parses YAML with go-yaml's rules where they differ from YAML 1.2. @param file how problems name the file */
export function parse(text: string, file: string, scope: Scope = NOWHERE): Parsed {
  const yaml = withLineFeeds(text)
  const source: Source = { file, text, scope, lines: lineStarts(yaml) }
  const hasDirectives = /!(?:reset|override)/.test(text)
  try {
    const documents: Node[] = []
    for (const document of composeDocuments(yaml)) {
      if (document.contents !== null) documents.push(new Converter(source).root(document.contents))
      else if (document.directives?.docStart) documents.push(nullAt(source, document.range[0]))
    }
    return { source, hasDirectives, documents, problems: [] }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // What is missing at the end of the file is reported in its last line.
    const start = error.at < text.length ? error.at : text.trimEnd().length
    const { line, column } = spanOf({ source, start, end: start })
    const refusal = problem('compose-refused', { file, line, column }, shorten(error.message), error.next)
    return { source, hasDirectives, documents: null, problems: [refusal] }
  }
}

const NOWHERE: Scope = { directory: '', includeBase: '', isRelative: false, lookup: () => undefined }

/** A node, and its measure if every alias were written out. */
interface Measured {
  readonly node: Node
  readonly size: number
  readonly depth: number
}

class Converter {
  private readonly anchors = new Map<string, Measured | 'open'>()
  private aliased = 0

  constructor(private readonly source: Source) {}

  root(node: ParsedNode): Node {
    return this.convert(node).node
  }

  private convert(node: ParsedNode | null, at = 0, nesting = 0): Measured {
    if (node === null) return { node: nullAt(this.source, at), size: 1, depth: 1 }
    if (nesting > MAX_DEPTH) throw new Refusal(TOO_DEEP, node.range[0])
    if (isAlias(node)) return this.alias(node.source, node.range[0])
    const { anchor } = node
    if (anchor !== undefined) this.anchors.set(anchor, 'open')
    let measured: Measured = isScalar(node)
      ? { node: scalar(node, this.source), size: 1, depth: 1 }
      : this.collection(node, nesting)
    if (measured.node.directive === 'reset')
      measured = { ...measured, node: { ...nullAt(this.source, node.range[0]), directive: 'reset' } }
    if (measured.depth > MAX_DEPTH) throw new Refusal(TOO_DEEP, node.range[0])
    if (anchor !== undefined) this.anchors.set(anchor, measured)
    return measured
  }

  private alias(name: string, at: number): Measured {
    const target = this.anchors.get(name)
    if (target === undefined) throw new Refusal('The alias refers to an anchor that is not defined', at)
    if (target === 'open') throw new Refusal('The anchor contains itself', at)
    this.aliased += target.size
    if (this.aliased > MAX_ALIASED) throw new Refusal('The aliases expand to too many values', at)
    return target
  }

  private collection(node: ParsedNode, nesting: number): Measured {
    const [start, end] = node.range
    const located = { source: this.source, start, end, ...directiveOf(node) }
    let size = 1
    let depth = 0
    const child = (item: ParsedNode | null, at: number): Node => {
      const measured = this.convert(item, at, nesting + 1)
      size += measured.size
      depth = Math.max(depth, measured.depth)
      return measured.node
    }
    if (isSeq<ParsedNode>(node)) {
      const items = node.items.map((item) => child(item, end))
      return { node: { kind: 'sequence', items, ...located }, size, depth: depth + 1 }
    }
    if (!isMap<ParsedNode, ParsedNode | null>(node)) throw new Refusal('The YAML is not valid here', start)
    const entries = new Map<string, Entry>()
    const seen = new Set<string>()
    let merge: Node | undefined
    for (const pair of node.items) {
      const key = child(pair.key, end)
      if (key.kind !== 'scalar') throw new Refusal('A key must be a string', key.start)
      const value = child(pair.value, key.end)
      const isMerge = key.raw === '<<' && (pair.key as Scalar).type === 'PLAIN'
      if (seen.has(key.raw)) {
        throw new Refusal(`Key ${JSON.stringify(key.raw)} is already defined`, key.start)
      }
      seen.add(key.raw)
      if (isMerge) merge = value
      else if (key.type !== 'string') throw new Refusal('A key must be a string: put it in quotes', key.start)
      else entries.set(key.raw, { key, value })
    }
    if (merge !== undefined) mergeInto(entries, merge)
    return { node: { kind: 'mapping', entries, ...located }, size, depth: depth + 1 }
  }
}

/** `<<`: the mapping's own keys win, then the earlier of several merged mappings. */
function mergeInto(entries: Map<string, Entry>, merge: Node): void {
  const from = merge.kind === 'sequence' ? merge.items : [merge]
  for (const mapping of from) {
    if (mapping.kind !== 'mapping')
      throw new Refusal('`<<` must be a mapping or a list of mappings', merge.start)
    for (const [key, entry] of mapping.entries) if (!entries.has(key)) entries.set(key, entry)
  }
}

function scalar(node: Scalar, source: Source): ScalarNode {
  const [start, end] = node.range as [number, number, number]
  const raw = node.source ?? ''
  const plain = node.type === 'PLAIN'
  const tagged = node.tag?.replace('tag:yaml.org,2002:', '!!')
  const typed = tagged === undefined ? plain : /^!!(int|float|bool|null|timestamp)$/.test(tagged)
  const resolved = typed ? resolvePlain(raw) : { type: 'string' as const, text: raw }
  const inner = plain ? start : start + 1
  const verbatim =
    source.text.startsWith(raw, inner) && end - start === raw.length + 2 * (inner - start) ? inner : -1
  return { kind: 'scalar', ...resolved, raw, verbatim, source, start, end, ...directiveOf(node) }
}

function directiveOf(node: { tag?: string | undefined }): Pick<MappingNode, 'directive'> {
  if (node.tag === '!reset') return { directive: 'reset' }
  if (node.tag === '!override') return { directive: 'override' }
  return {}
}

function nullAt(source: Source, at: number): ScalarNode {
  return { kind: 'scalar', type: 'null', text: '', raw: '', verbatim: -1, source, start: at, end: at }
}

/** Compose takes a lone CR for a line end, the `yaml` package does not. Offsets stay the same. */
function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text
}

function lineStarts(text: string): number[] {
  const lines = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.push(at + 1)
  return lines
}
