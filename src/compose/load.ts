import { dirname, join } from 'node:path'
import { decode, encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import { problemAt } from './complain.js'
import { applyExtends, type Services } from './extends.js'
import { type IncludeNode, includesOf } from './include.js'
import { interpolate } from './interpolate.js'
import { type MergeContext, merge, settle } from './merge.js'
import { type Entry, get, type MappingNode, type Node, type Scope, spanOf } from './node.js'
import { parse } from './parse.js'
import { isRemote, resolvePath } from './path.js'

/** Gives a file's decoded text; null if there is none. Called with the entry paths and paths that these lead to. */
export type ReadText = (path: string) => string | null

/** A product that merges more than this many list items and keys is refused: Compose would need gigabytes for it. */
const MAX_MERGED = 5_000_000

/** Thrown through the whole load, and caught by the reader: everything merged so far is worth nothing then. */
export class TooLarge extends Error {}

/**
 * Reads Compose files into one tree (compose-go 2.9.1, `loader/loader.go`). For every document of every file, in this
 * order: parse, expand variables, apply `extends`, apply `include`, merge into what earlier files said.
 */
export class Loader implements MergeContext {
  readonly problems: Problem[] = []
  /** Every Compose file that was read, in the order of reading. */
  readonly files = new Set<string>()
  /** The trees that were read, variables expanded, for whoever wants to see all of the text. */
  readonly trees: Node[] = []
  private merged = 0
  /** Two features that include the same third one share its tree; without that, nesting doubles the work at every level. */
  private readonly included = new Map<Lookup, Map<string, MappingNode>>()
  private readonly extendedFiles = new Map<Lookup, Map<string, Services>>()
  private readonly documents = new Map<Lookup, Map<string, readonly Node[] | null>>()

  constructor(private readonly readText: ReadText) {}

  spend(items: number): void {
    this.merged += items
    if (this.merged > MAX_MERGED) throw new TooLarge()
  }

  /**
   * One project: its files, each overriding those before it.
   * @param chain the files that include this one, outermost first
   */
  model(files: readonly string[], scope: Scope, chain: readonly string[] = []): MappingNode | undefined {
    let model: MappingNode | undefined
    for (const file of files) {
      for (const document of this.read(file, scope, 'A Compose file') ?? []) {
        if (document.kind !== 'mapping') {
          this.refuse(
            document,
            'The top level must be a mapping.',
            'Write `services:` and the services below it.',
          )
          continue
        }
        const extended = applyExtends(document, file, scope, this)
        const whole = this.applyIncludes(extended, scope, [...chain, file])
        model = settle(model === undefined ? whole : (merge(model, whole, [], this) as MappingNode))
      }
    }
    return model
  }

  /**
   * The documents of one file with variables expanded, from memory the second time.
   * @param what what the file is, for the problem if it is missing
   * @param from what names the file
   */
  read(file: string, scope: Scope, what: string, from?: Node): readonly Node[] | null {
    const known = memory(this.documents, scope.lookup)
    const id = `${file}\0${scope.directory}`
    let documents = known.get(id)
    if (documents !== undefined) return documents
    documents = this.readFresh(file, scope, what, from)
    known.set(id, documents)
    return documents
  }

  private readFresh(file: string, scope: Scope, what: string, from?: Node): readonly Node[] | null {
    const text = this.readText(file)
    if (text === null) {
      const message = `${what} is not there: ${file}`
      this.problems.push(
        from === undefined
          ? problem('compose-missing', { file }, message, 'Correct the path.')
          : problemAt('compose-missing', from, message, 'Correct the path.'),
      )
      return null
    }
    this.files.add(file)
    const parsed = parse(text, file, scope)
    this.problems.push(...parsed.problems)
    const documents = parsed.documents?.map((node) => interpolate(node, this.problems)) ?? null
    for (const document of documents ?? []) this.trees.push(document)
    return documents
  }

  /** The files that were extended so far, whose services are worked out once for all that extend them. */
  extended(lookup: Lookup): Map<string, Services> {
    return memory(this.extendedFiles, lookup)
  }

  refuse(node: Node, message: string, next: string): void {
    this.problems.push(problemAt('compose-refused', node, message, next))
  }

  /** `loader/include.go`: what is included joins the file's own services, volumes…, and may not contradict them. */
  private applyIncludes(document: MappingNode, scope: Scope, chain: readonly string[]): MappingNode {
    const { items, problems } = includesOf(document)
    this.problems.push(...problems)
    const entries = new Map(document.entries)
    for (const item of items) {
      const imported = this.include(item, scope, chain)
      for (const section of imported === undefined ? [] : IMPORTED) {
        this.importSection(section, imported as MappingNode, entries)
      }
    }
    entries.delete('include')
    return { ...document, entries }
  }

  private include(item: IncludeNode, scope: Scope, chain: readonly string[]): MappingNode | undefined {
    if (item.paths.some(({ text }) => isRemote(text))) {
      this.remote(item.node, item.paths[0]?.text ?? '')
      return undefined
    }
    const paths = item.paths.map(({ text }) => resolvePath(scope.directory, text))
    const [first] = paths as [string]
    if (chain.includes(first)) {
      this.refuse(
        item.node,
        `Include cycle: ${[...chain, first].join(' → ')}`,
        'Take one of these includes out.',
      )
      return undefined
    }
    if (chain.length > MAX_NESTING) {
      this.refuse(item.node, 'Includes nested too deeply.', 'Include the file directly.')
      return undefined
    }
    const given = item.projectDirectory?.text ?? ''
    const directory = given === '' ? dirname(first) : resolvePath(scope.directory, given)
    const lookup = this.includeLookup(item, directory, scope)
    const known = memory(this.included, lookup)
    const id = [directory, ...paths].join('\0')
    let model = known.get(id)
    if (model === undefined) {
      for (const [index, path] of paths.entries()) {
        this.read(path, { directory, lookup }, 'An included Compose file', item.paths[index])
      }
      model = this.model(paths, { directory, lookup }, chain)
      if (model !== undefined) known.set(id, model)
    }
    return model
  }

  private readonly lookups = new Map<Lookup, Map<string, Lookup>>()

  /** The included project's own env files give defaults: what the including project knows wins. */
  private includeLookup(item: IncludeNode, directory: string, scope: Scope): Lookup {
    const files =
      item.envFiles.length === 0
        ? [join(directory, '.env')]
        : item.envFiles.map(({ text }) => resolvePath(scope.directory, text))
    const known = memory(this.lookups, scope.lookup)
    const id = files.join('\0')
    const remembered = known.get(id)
    if (remembered !== undefined) return remembered
    const values = new Map<string, string>()
    const lookup: Lookup = (name) => scope.lookup(name) ?? values.get(name)
    let found = false
    for (const [index, file] of files.entries()) {
      const text = this.readText(file)
      if (text !== null) {
        found = true
        this.readEnvFile(file, text, lookup, values)
      } else if (item.envFiles.length > 0) {
        const message = `An env file of an include is not there: ${file}`
        this.problems.push(
          problemAt('compose-missing', item.envFiles[index] as Node, message, 'Correct the path.'),
        )
      }
    }
    const result = found ? lookup : scope.lookup
    known.set(id, result)
    return result
  }

  private readEnvFile(file: string, text: string, lookup: Lookup, values: Map<string, string>): void {
    const environment = new Map<string, string>()
    for (const [name] of text.matchAll(/[\p{L}_][\p{L}\p{N}_.[\]-]*/gu)) {
      const value = lookup(name)
      if (value !== undefined) environment.set(encode(name), encode(value))
    }
    const reading = readEnv(parseEnv(encode(text)), environment)
    for (const { line, reason } of reading.refusals) {
      const next = 'Correct the line; Compose refuses every command until then.'
      this.problems.push(problem('env-refused', { file, line }, reason, next))
    }
    for (const [name, value] of reading.values) values.set(decode(name), decode(value))
  }

  remote(node: Node, path: string): void {
    const message = `A remote Compose file is not looked at: ${path}`
    const next = 'Check its ports and variables by hand, or keep a copy in the workspace.'
    this.problems.push(problemAt('compose-remote', node, message, next))
  }

  private importSection(section: string, imported: MappingNode, entries: Map<string, Entry>): void {
    const from = imported.entries.get(section)
    if (from?.value.kind !== 'mapping') return
    const own = entries.get(section)
    if (own === undefined || own.value.kind !== 'mapping') {
      entries.set(section, from)
      return
    }
    const together = new Map(own.value.entries)
    this.spend(from.value.entries.size + together.size)
    for (const [name, entry] of from.value.entries) {
      const existing = together.get(name)
      if (existing === undefined) together.set(name, entry)
      else if (!equal(existing.value, entry.value)) {
        const message = `${section}.${name} conflicts with an imported resource (${spanOf(entry.key).file}).`
        this.refuse(existing.key, message, 'Give one of them another name, or override it in a second file.')
      }
    }
    entries.set(section, { key: own.key, value: { ...own.value, entries: together } })
  }
}

const IMPORTED = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models']
const MAX_NESTING = 100

function memory<V>(memories: Map<Lookup, Map<string, V>>, lookup: Lookup): Map<string, V> {
  let known = memories.get(lookup)
  if (known === undefined) {
    known = new Map()
    memories.set(lookup, known)
  }
  return known
}

function equal(one: Node, two: Node): boolean {
  if (one === two) return true
  if (one.kind === 'scalar') return two.kind === 'scalar' && one.type === two.type && one.text === two.text
  if (one.kind === 'sequence') {
    return (
      two.kind === 'sequence' &&
      one.items.length === two.items.length &&
      one.items.every((item, index) => equal(item, two.items[index] as Node))
    )
  }
  if (two.kind !== 'mapping' || one.entries.size !== two.entries.size) return false
  return [...one.entries].every(([key, { value }]) => {
    const other = get(two, key)
    return other !== undefined && equal(value, other)
  })
}
