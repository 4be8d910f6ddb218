import { dirname, relative } from 'node:path'
import type { Lookup } from '../env/expand.js'
import { type Problem, problem } from '../problem.js'
import { checkKeys } from './check-keys.js'
import { cacheFor, EnvDefaults } from './env-defaults.js'
import { applyExtends, type Services } from './extends.js'
import { checkCasts } from './formats.js'
import { importResources } from './import.js'
import { type IncludeNode, includesOf } from './include.js'
import { interpolate } from './interpolate.js'
import { type MergeContext, merge, settle } from './merge.js'
import { get, type MappingNode, type Node, type ScalarNode, type Scope } from './node.js'
import { type ParsedFiles, parseOnce } from './parse.js'
import { isRemote, resolvePath } from './path.js'
import { pathText, problemAt, unreadAt } from './problems.js'
import { checkPorts } from './published.js'

/** Gives a file's decoded text; null if there is none, else why it cannot be read. Called with the entry paths and paths that these lead to. */
export type ReadText = (path: string) => string | null | { readonly why: string }

/** A product that merges more than this many list items and keys is not read: no real one comes near, and a look at all of them would take many seconds. */
const MAX_MERGED = 1_000_000

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
  /** Those of them that are read for more than a service that another one extends. */
  readonly whole = new Set<string>()
  /** The trees that were read, variables expanded, for whoever wants to see all of the text. */
  readonly trees: Node[] = []
  private merged = 0
  /** Two features that include the same third one share its tree; without that, nesting doubles the work at every level. */
  private readonly included = new Map<Lookup, Map<string, MappingNode>>()
  private readonly extendedFiles = new Map<Lookup, Map<string, Services>>()
  private readonly documents = new Map<Lookup, Map<string, readonly Node[] | null>>()
  private readonly defaults: EnvDefaults
  /** What was held against the keys that Compose knows: an include's services are checked with the include. */
  private readonly checked = new WeakSet<Node>()

  private readonly root: Scope

  /** @param directory the project directory of the whole */
  constructor(
    private readonly readText: ReadText,
    directory: string,
    lookup: Lookup,
    private readonly parsed: ParsedFiles,
  ) {
    this.root = { directory, includeBase: directory, isRelative: false, lookup }
    this.defaults = new EnvDefaults(readText, this.problems)
  }

  spend(items: number): void {
    this.merged += items
    if (this.merged > MAX_MERGED) throw new TooLarge()
  }

  /**
   * One project: its files, each overriding those before it.
   * @param chain the files that include this one, outermost first
   */
  model(files: readonly string[], scope = this.root, chain: readonly string[] = []): MappingNode | undefined {
    let model: MappingNode | undefined
    for (const file of files) {
      this.whole.add(file)
      for (const document of this.read(file, scope, 'A Compose file') ?? []) {
        if (document.kind !== 'mapping') {
          this.refuse(
            document,
            'The top level of the file must be a mapping',
            'Write `services:` and the services below it, indented.',
          )
          continue
        }
        const extended = applyExtends(document, file, scope, this)
        const whole = this.applyIncludes(extended, scope, [...chain, file])
        model = settle(model === undefined ? whole : (merge(model, whole, [], this) as MappingNode))
        // After each document: what a later one takes away is refused all the same.
        checkKeys(model, this.problems, this.checked)
        this.checkPorts(get(model, 'services'))
      }
    }
    return model
  }

  /** Refuses ports that Compose cannot read, also of services that nothing uses. */
  checkPorts(services: Node | undefined): void {
    for (const [, { value }] of services?.kind === 'mapping' ? services.entries : []) {
      const ports = get(value, 'ports')
      if (ports === undefined || this.checked.has(ports)) continue
      this.checked.add(ports)
      checkPorts(ports, this.problems)
    }
  }

  /**
   * The documents of one file with variables expanded, from memory the second time.
   * @param what what the file is, for the problem if it is missing
   * @param from what names the file
   */
  read(file: string, scope: Scope, what: string, from?: ScalarNode): readonly Node[] | null {
    const known = cacheFor(this.documents, scope.lookup)
    const id = `${file}\0${scope.directory}`
    let documents = known.get(id)
    if (documents !== undefined) return documents
    documents = this.readFresh(file, scope, what, from)
    known.set(id, documents)
    return documents
  }

  private readFresh(file: string, scope: Scope, what: string, from?: ScalarNode): readonly Node[] | null {
    const text = this.readText(file)
    if (typeof text !== 'string') {
      const message = `${what} does not exist: ${file}`
      if (from !== undefined) this.problems.push(unreadAt(from, what, file, text?.why ?? null))
      else this.problems.push(problem('compose-missing', { file }, message, 'Correct the path.'))
      return null
    }
    this.files.add(file)
    const parsed = parseOnce(this.parsed, text, file, scope)
    this.problems.push(...parsed.problems)
    const documents = parsed.documents?.map((node) => interpolate(node, scope, this.problems)) ?? null
    for (const document of documents ?? []) {
      this.trees.push(document)
      checkCasts(document, this.problems)
    }
    return documents
  }

  /** The files that were extended so far, whose services are worked out once for all that extend them. */
  extended(lookup: Lookup): Map<string, Services> {
    return cacheFor(this.extendedFiles, lookup)
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
      if (imported !== undefined) importResources(imported, entries, this)
    }
    entries.delete('include')
    return { ...document, entries }
  }

  private include(item: IncludeNode, scope: Scope, chain: readonly string[]): MappingNode | undefined {
    const remote = item.paths.find(({ text }) => isRemote(text))
    if (remote !== undefined) {
      this.remote(remote)
      return undefined
    }
    const paths = item.paths.map(({ text }) => resolvePath(scope.directory, text))
    const [first] = paths as [string]
    if (chain.includes(first)) {
      this.refuse(
        item.node,
        `Include cycle: ${[...chain, first].join(' → ')}`,
        'Remove one of these includes.',
      )
      return undefined
    }
    if (chain.length > MAX_NESTING) {
      this.refuse(item.node, 'Includes are nested too deeply', 'Include the file directly.')
      return undefined
    }
    const within = this.within(item, first, scope)
    const known = cacheFor(this.included, within.lookup)
    const id = [within.directory, within.includeBase, within.isRelative, ...paths].join('\0')
    let model = known.get(id)
    if (model === undefined) {
      for (const [index, path] of paths.entries()) {
        this.read(path, within, 'An included Compose file', item.paths[index])
      }
      model = this.model(paths, within, chain)
      if (model !== undefined) known.set(id, model)
    }
    return model
  }

  /** What compose-go makes of relative paths; three files deep, that is not what anybody means. */
  private within(item: IncludeNode, path: string, scope: Scope): Scope {
    const given = item.projectDirectory?.text ?? ''
    const directory = given === '' ? dirname(path) : resolvePath(scope.includeBase, given)
    const folder = given === '' ? relative(scope.directory, directory) : given
    return {
      directory,
      lookup: this.defaults.lookup(item, directory, scope),
      isRelative: given === '' ? scope.isRelative : scope !== this.root,
      includeBase: given === '' && scope.isRelative ? directory : resolvePath(this.root.directory, folder),
    }
  }

  remote(node: ScalarNode): void {
    const message = `A remote Compose file is not checked: ${pathText(node)}`
    const next = 'Check its ports and variables by hand, or copy it into the workspace.'
    this.problems.push(problemAt('compose-remote', node, message, next))
  }
}

/** Of includes within includes: nobody means more, and our own stack has an end. */
const MAX_NESTING = 100
