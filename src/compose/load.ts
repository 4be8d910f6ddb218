import { dirname, relative } from 'node:path'
import type { Lookup } from '../env/expand.js'
import { type Problem, problem } from '../problem.js'
import { checkKeys } from './check-keys.js'
import { checkFile } from './check-values.js'
import { cacheFor, EnvDefaults } from './env-defaults.js'
import { applyExtends, type Services } from './extends.js'
import { type IncludeNode, importResources, includesOf } from './include.js'
import { interpolate } from './interpolate.js'
import { type MergeContext, merge, settle } from './merge.js'
import { get, type MappingNode, type Node, type ScalarNode, type Scope } from './node.js'
import { type ParsedFiles, parseOnce } from './parse.js'
import { isRemote, resolvePath } from './path.js'
import { pathText, problemAt, refused, unreadAt } from './problems.js'
import { checkPorts } from './published.js'

/** Returns a file's decoded text; null if there is none, else why it cannot be read. */
export type ReadText = (path: string) => string | null | { readonly why: string }

/** List items and keys. No real project comes near; a few that double at every level would take all memory. */
const MAX_MERGED = 1_000_000

/** Keeps the recursion within the stack. */
const MAX_INCLUDES = 100

/** Thrown through the whole load: what was merged so far is worth nothing then. */
export class TooLarge extends Error {}

/**
 * Reads Compose files into one tree (compose-go 2.9.1, `loader/loader.go`). For every document of every file, in this
 * order: parse, expand variables, apply `extends`, apply `include`, merge into the files before.
 */
export class Loader implements MergeContext {
  readonly problems: Problem[] = []
  /** Every Compose file that was read, in the order of reading. */
  readonly files = new Set<string>()
  /** Those of them that are read for more than a service that another one extends. */
  readonly whole = new Set<string>()
  /** The trees that were read, variables expanded. */
  readonly trees: Node[] = []
  private merged = 0
  private hasDirectives = false
  /** Without a cache, includes that share files would double the work at every level. */
  private readonly included = new Map<Lookup, Map<string, MappingNode>>()
  private readonly extendedFiles = new Map<Lookup, Map<string, Services>>()
  private readonly documents = new Map<Lookup, Map<string, readonly Node[] | null>>()
  private readonly defaults: EnvDefaults
  /** Parts that are checked already: an include's services are checked with the include. */
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

  private report(found: readonly Problem[]): void {
    // Not by one `push(...found)`, which the stack limits.
    for (const each of found) this.problems.push(each)
  }

  refuse(node: Node, message: string, next?: string): void {
    this.problems.push(refused(node, message, next))
  }

  remote(node: ScalarNode): void {
    const message = `A remote Compose file is not checked: ${pathText(node)}`
    const next = 'Check its ports and variables by hand, or copy it into the workspace.'
    this.problems.push(problemAt('compose-remote', node, message, next))
  }

  /** `settle`, which would walk over the whole tree for nothing if no file has a directive. */
  settled<N extends Node>(node: N): N {
    return this.hasDirectives ? settle(node) : node
  }

  /** The files that are extended, whose services are shared by all that extend them. */
  extended(lookup: Lookup): Map<string, Services> {
    return cacheFor(this.extendedFiles, lookup)
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
          const next = 'Write `services:` and the services below it, indented.'
          this.refuse(document, 'The top level of the file must be a mapping', next)
          continue
        }
        const extended = applyExtends(document, file, scope, this)
        const whole = this.applyIncludes(extended, scope, [...chain, file])
        model = this.settled(model === undefined ? whole : (merge(model, whole, [], this) as MappingNode))
        // After each document: Compose also refuses what a later one removes.
        this.report(checkKeys(model, this.checked))
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
      this.report(checkPorts(ports))
    }
  }

  /**
   * The documents of one file with variables expanded, each file and scope once.
   * @param what the kind of file, for the problem if it is missing
   * @param from the value that names the file
   */
  read(file: string, scope: Scope, what: string, from?: ScalarNode): readonly Node[] | null {
    const known = cacheFor(this.documents, scope.lookup)
    const id = `${file}\0${scope.directory}`
    let documents = known.get(id)
    if (documents === undefined) {
      documents = this.readFresh(file, scope, what, from)
      known.set(id, documents)
    }
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
    this.hasDirectives ||= parsed.hasDirectives
    this.report(parsed.problems)
    return (
      parsed.documents?.map((raw) => {
        const { tree, problems } = interpolate(raw, scope)
        this.report(problems)
        this.report(checkFile(raw))
        this.trees.push(tree)
        return tree
      }) ?? null
    )
  }

  private applyIncludes(document: MappingNode, scope: Scope, chain: readonly string[]): MappingNode {
    if (!document.entries.has('include')) return document
    const { items, problems } = includesOf(document)
    this.report(problems)
    const entries = new Map(document.entries)
    const imported = items.flatMap((item) => this.include(item, scope, chain) ?? [])
    this.report(importResources(imported, entries, (count) => this.spend(count)))
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
      const message = `Include cycle: ${[...chain, first].join(' → ')}`
      this.refuse(item.node, message, 'Remove one of these includes.')
      return undefined
    }
    if (chain.length > MAX_INCLUDES) {
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

  /** Relative paths as compose-go has them; from the third file on, they start in odd folders. */
  private within(item: IncludeNode, path: string, scope: Scope): Scope {
    const given = item.projectDirectory?.text ?? ''
    const directory = given === '' ? dirname(path) : resolvePath(scope.includeBase, given)
    const lookup = this.defaults.lookup(item, directory, scope)
    // The root's own includes are in this case, too, as `relative` would only be undone.
    if (given === '' && (scope.isRelative || scope === this.root))
      return { directory, lookup, isRelative: scope.isRelative, includeBase: directory }
    const folder = given === '' ? relative(scope.directory, directory) : given
    const includeBase = resolvePath(this.root.directory, folder)
    return { directory, lookup, isRelative: given !== '' && scope !== this.root, includeBase }
  }
}
