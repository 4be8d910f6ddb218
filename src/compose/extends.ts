/**
 * `extends`: a service starts from another one, of the same file or of another (compose-go 2.9.1, `loader/extends.go`).
 * Only the extended service is taken from the other file; its `include` is not read.
 */
import { dirname } from 'node:path'
import type { Loader } from './load.js'
import { merge } from './merge.js'
import {
  type Entry,
  get,
  type MappingNode,
  type Node,
  type ScalarNode,
  type Scope,
  stringOf,
} from './node.js'
import { isRemote, resolvePath } from './path.js'

/** Keeps the recursion within the stack; compose-go has no limit. */
const MAX_CHAIN = 500

/** The services of a file. */
export interface Services {
  readonly file: string
  readonly scope: Scope
  readonly entries: Map<string, Entry>
  /** Services whose own `extends` is applied. */
  readonly done: Set<string>
}

/** Returns the document with `extends` applied to every service. */
export function applyExtends(document: MappingNode, file: string, scope: Scope, loader: Loader): MappingNode {
  const services = document.entries.get('services')
  if (services === undefined) return document
  if (services.value.kind !== 'mapping') {
    loader.refuse(services.value, '`services` must be a mapping', 'Write the services below it, indented.')
    return document
  }
  const names = [...services.value.entries].flatMap(([name, { value }]) =>
    get(value, 'extends') ? name : [],
  )
  if (names.length === 0) return document
  const entries = new Map(services.value.entries)
  const within: Services = { file, scope, entries, done: new Set() }
  for (const name of names) extend(name, within, loader, [])
  const value = { ...services.value, entries }
  return { ...document, entries: new Map(document.entries).set('services', { key: services.key, value }) }
}

/** Applies `extends` to one service and to those it extends; undefined if there is nothing to inherit. */
function extend(
  name: string,
  services: Services,
  loader: Loader,
  chain: readonly string[],
): MappingNode | undefined {
  const entry = services.entries.get(name)
  if (entry?.value.kind !== 'mapping') return undefined
  const service = entry.value
  const reference = get(service, 'extends')
  if (reference === undefined || services.done.has(name)) return service
  const id = `${name} in ${services.file}`
  if (chain.includes(id)) {
    const message = `Circular reference: ${[...chain, id].join(' → ')}`
    loader.refuse(reference, message, 'Remove one of these `extends`.')
    return undefined
  }
  if (chain.length > MAX_CHAIN) {
    const next = 'Extend the last service of the chain directly.'
    loader.refuse(reference, '`extends` is nested too deeply', next)
    return undefined
  }
  const base = baseOf(reference, services, loader, [...chain, id])
  const own = new Map(service.entries)
  own.delete('extends')
  const without: MappingNode = { ...service, entries: own }
  const merged = base === undefined ? without : merge(loader.settled(base), without, SERVICE, loader, true)
  // The place is the service's own, not that of the service it extends.
  const { source, start, end } = service
  const result = { ...(merged as MappingNode), source, start, end }
  services.entries.set(name, { key: entry.key, value: result })
  services.done.add(name)
  return result
}

const SERVICE = ['services', 'x']

function baseOf(
  reference: Node,
  services: Services,
  loader: Loader,
  chain: readonly string[],
): MappingNode | undefined {
  const node = stringOf(reference) === undefined ? get(reference, 'service') : reference
  const name = stringOf(node)
  if (name === undefined) {
    loader.refuse(reference, '`extends` names no service', 'Write `extends: { service: NAME }`.')
    return undefined
  }
  const file = get(reference, 'file')
  const from = stringOf(file) === undefined ? services : otherFile(file as ScalarNode, services, loader)
  if (from === undefined || from.entries.has(name)) return from && extend(name, from, loader, chain)
  const message = `Service ${(node as ScalarNode).raw} cannot be extended: ${from.file} does not define it`
  loader.refuse(reference, message, 'Correct the name.')
  return undefined
}

/** The services of another file, whose own relative paths start in that file's folder. */
function otherFile(reference: ScalarNode, from: Services, loader: Loader): Services | undefined {
  if (isRemote(reference.text)) {
    loader.remote(reference)
    return undefined
  }
  const file = resolvePath(from.scope.directory, reference.text)
  const known = loader.extended(from.scope.lookup).get(file)
  if (known !== undefined) return known
  const scope: Scope = { ...from.scope, directory: dirname(file) }
  const documents = loader.read(file, scope, 'An extended Compose file', reference)
  if (documents === null) return undefined
  const sections = documents.map((document) => get(document, 'services'))
  const services = sections
    .filter((section) => section?.kind === 'mapping')
    .reduce<MappingNode | undefined>(
      (base, over) => (base === undefined ? over : (merge(base, over, ['services'], loader) as MappingNode)),
      undefined,
    )
  if (services === undefined) {
    const message = `No service of ${file} can be extended: the file has no services`
    loader.refuse(reference, message, 'Correct the name of the file.')
    return undefined
  }
  loader.checkPorts(loader.settled(services))
  const found = { file, scope, entries: new Map(services.entries), done: new Set<string>() }
  loader.extended(scope.lookup).set(file, found)
  return found
}
