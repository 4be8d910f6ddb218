import { dirname } from 'node:path'
import type { Loader } from './load.js'
import { merge, settle } from './merge.js'
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

/**
 * `extends`: a service starts from another one, of the same file or of another (compose-go 2.9.1,
 * `loader/extends.go`). Only the extended service is taken from the other file; its `include` is not looked at.
 */

/** compose-go has no limit; one that only a generated file reaches keeps the recursion within the stack. */
const MAX_CHAIN = 500

/** The services that names refer to, and where the file that holds them stands. */
export interface Services {
  readonly file: string
  readonly scope: Scope
  readonly entries: Map<string, Entry>
  /** Services whose own `extends` is already applied. */
  readonly done: Set<string>
}

/** The document with `extends` applied to every service. */
export function applyExtends(document: MappingNode, file: string, scope: Scope, loader: Loader): MappingNode {
  const services = document.entries.get('services')
  if (services === undefined) return document
  if (services.value.kind !== 'mapping') {
    loader.refuse(services.value, '`services` must be a mapping', 'Write the services below it, indented.')
    return document
  }
  const entries = new Map(services.value.entries)
  const within: Services = { file, scope, entries, done: new Set() }
  for (const name of services.value.entries.keys()) extend(name, within, loader, [])
  const value = { ...services.value, entries }
  return { ...document, entries: new Map(document.entries).set('services', { key: services.key, value }) }
}

/** Applies `extends` to one service and what it extends, and returns it; undefined if there is nothing to inherit. */
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
    loader.refuse(
      reference,
      `Circular reference: ${[...chain, id].join(' → ')}`,
      'Remove one of these `extends`.',
    )
    return undefined
  }
  if (chain.length > MAX_CHAIN) {
    loader.refuse(
      reference,
      '`extends` is nested too deeply',
      'Extend the last service of the chain directly.',
    )
    return undefined
  }
  const base = baseOf(reference, services, loader, [...chain, id])
  const own = new Map(service.entries)
  own.delete('extends')
  const without: MappingNode = { ...service, entries: own }
  const merged =
    base === undefined ? without : (merge(settle(base), without, SERVICE, loader, true) as MappingNode)
  // The service's own place stands for it, not that of the service it extends.
  const result = { ...merged, source: service.source, start: service.start, end: service.end }
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
  if (from === undefined) return undefined
  if (!from.entries.has(name)) {
    loader.refuse(
      reference,
      `Service ${(node as ScalarNode).raw} cannot be extended: ${from.file} does not define it`,
      'Correct the name.',
    )
    return undefined
  }
  return extend(name, from, loader, chain)
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
  let services: MappingNode | undefined
  for (const document of documents) {
    const section = get(document, 'services')
    if (section?.kind !== 'mapping') continue
    services =
      services === undefined ? section : (merge(services, section, ['services'], loader) as MappingNode)
  }
  if (services === undefined) {
    loader.refuse(
      reference,
      `No service of ${file} can be extended: the file has no services`,
      'Correct the name of the file.',
    )
    return undefined
  }
  loader.checkPorts(settle(services))
  const found = { file, scope, entries: new Map(services.entries), done: new Set<string>() }
  loader.extended(scope.lookup).set(file, found)
  return found
}
