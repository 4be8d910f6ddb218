import type { Lookup } from '../env/expand.js'
import { type Problem, problem } from '../problem.js'
import { checkService } from './check-values.js'
import { Loader, type ReadText, TooLarge } from './load.js'
import { checkCycles, type NameUse, namesOf } from './names.js'
import {
  type Entry,
  get,
  isTrue,
  type MappingNode,
  type Node,
  type ScalarNode,
  type Span,
  spanOf,
  stringsOf,
} from './node.js'
import type { ParsedFiles } from './parse.js'
import { refused } from './problems.js'
import { type PublishedPort, publishedPorts } from './published.js'
import { type Mount, mountsOf } from './volume.js'

/** A product's Compose files as Compose understands them. */
export interface ComposeProject {
  /** Every Compose file that was read: those named, those they include and extend. */
  readonly files: readonly string[]
  /** Those of them that only services are taken from, by `extends`. */
  readonly extendedOnly: readonly string[]
  /** The top-level `name:`, which sets the project's name. */
  readonly name?: Setting
  readonly services: readonly Service[]
  /** The published ports of all services, in their order. */
  readonly ports: readonly PublishedPort[]
  readonly volumes: readonly Resource[]
  readonly networks: readonly Resource[]
  /** The names of those that are declared. */
  readonly secrets: readonly string[]
  readonly configs: readonly string[]
  /** The merged files; its variables are those that `docker compose config --variables` lists. */
  readonly model: MappingNode | undefined
  /** Every document that was read, even if a later one overrides it; none without a model. */
  readonly trees: readonly Node[]
  readonly problems: readonly Problem[]
}

/** A service, whether or not a profile keeps it from starting. */
export interface Service {
  readonly name: string
  /** Its key and its body, in the last file that defines it. */
  readonly span: Span
  readonly profiles: readonly string[]
  readonly image?: Setting
  readonly containerName?: Setting
  /** With `host`, the ports of the container are the host's, and `ports:` has no effect. */
  readonly networkMode?: Setting
  readonly mounts: readonly Mount[]
  /** The services, networks, secrets and configs that it refers to. */
  readonly names: readonly NameUse[]
  readonly body: MappingNode
  /** Whether it has an image, a build or a provider. */
  readonly hasSource: boolean
}

/** A key with one value. */
interface Setting {
  /** The value, variables expanded. */
  readonly text: string
  /** The value as written. */
  readonly raw: string
  /** The value's place. */
  readonly span: Span
  /** From the start of the key to the end of the value. */
  readonly entry: Span
}

/** A volume or network under the top-level key of that name. */
export interface Resource {
  readonly name: string
  readonly span: Span
  /** Whether it is made outside of Compose; then all products share it. */
  readonly external: boolean
  /** The `name:` that replaces `<project>_<key>`. */
  readonly fixedName?: Setting
}

/**
 * Reads Compose files as Docker Compose does. Nothing in them makes it throw.
 * @param files the entry files, each overriding those before it
 * @param readText called with the entry paths and the paths that these lead to
 * @param lookup the variables: the shell's before the product env's
 * @param directory the project directory, where relative paths start; defaults to the folder of the first file
 * @param parsed the files that were parsed before, to which this project's are added
 */
export function readProject(
  files: readonly string[],
  readText: ReadText,
  lookup: Lookup,
  directory = folderOf(files[0] ?? ''),
  parsed: ParsedFiles = new Map(),
): ComposeProject {
  const loader = new Loader(readText, directory, lookup, parsed)
  try {
    return describe(loader, loader.model(files))
  } catch (error) {
    // A stack overflow is a RangeError: files can pass all limits on depth and size, and still be too deep together.
    if (!(error instanceof TooLarge || error instanceof RangeError)) throw error
    const place = { file: files[0] ?? '' }
    const next = 'Look for services that extend each other in a long chain.'
    loader.problems.push(problem('compose-refused', place, 'The merged files are too large', next))
    return describe(loader, undefined)
  }
}

function folderOf(file: string): string {
  const end = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'))
  return end === -1 ? '.' : end === 0 ? '/' : file.slice(0, end)
}

function describe(loader: Loader, model: MappingNode | undefined): ComposeProject {
  const problems = [...loader.problems]
  const refuse = (node: Node, message: string) => problems.push(refused(node, message))
  const report = (found: readonly Problem[]) => {
    for (const each of found) problems.push(each)
  }
  const section = (key: string): (readonly [string, Entry])[] => {
    const node = get(model, key)
    if (node?.kind === 'mapping') return [...node.entries]
    if (node !== undefined) refuse(node, `\`${key}\` must be a mapping`)
    return []
  }
  const settingOf = (node: Node | undefined, name: string): Setting | undefined => {
    const entry = node?.kind === 'mapping' ? node.entries.get(name) : undefined
    if (entry?.value.kind === 'scalar' && entry.value.type === 'string')
      return toSetting(entry.key, entry.value)
    if (entry !== undefined) refuse(entry.value, `\`${name}\` must be a string`)
    return undefined
  }
  const serviceOf = (name: string, { key }: Entry, body: MappingNode): Service => {
    if (!/^[a-zA-Z0-9._-]+$/.test(name)) refuse(key, `${JSON.stringify(name)} is not a valid service name`)
    const image = settingOf(body, 'image')
    const containerName = settingOf(body, 'container_name')
    const networkMode = settingOf(body, 'network_mode')
    const { mounts, problems } = mountsOf(body)
    report(problems)
    return {
      name,
      span: key.source === body.source ? spanOf(key, key.start, body.end) : spanOf(key),
      profiles: [...new Set(stringsOf(get(body, 'profiles')).map(({ text }) => text))],
      mounts,
      names: namesOf(body),
      body,
      hasSource: body.entries.has('build') || body.entries.has('provider') || (image?.raw ?? '') !== '',
      ...(image && { image }),
      ...(containerName && { containerName }),
      ...(networkMode && { networkMode }),
    }
  }
  const resourcesOf = (kind: 'volumes' | 'networks'): Resource[] =>
    section(kind).map(([name, { key, value }]) => {
      const external = get(value, 'external')
      // `external: { name: x }` is the old way to write `external: true` and `name: x`.
      const fixedName = settingOf(value, 'name') ?? settingOf(external, 'name')
      const isExternal = external?.kind === 'mapping' || isTrue(external)
      return { name, span: spanOf(key), external: isExternal, ...(fixedName && { fixedName }) }
    })

  if ((model?.entries.size ?? 0) === 0 && problems.length === 0) {
    const place = { file: [...loader.files][0] ?? '' }
    const next = 'Write `services:` and the services below it, indented.'
    problems.push(problem('compose-refused', place, 'The Compose file is empty', next))
  }
  const services: Service[] = []
  const ports: PublishedPort[] = []
  const dependents: Parameters<typeof checkCycles>[0][number][] = []
  for (const [name, entry] of section('services')) {
    if (entry.value.kind !== 'mapping') {
      refuse(entry.value, `Service ${name} must be a mapping`)
      continue
    }
    const service = serviceOf(name, entry, entry.value)
    services.push(service)
    dependents.push({ name, node: entry.key, names: service.names })
    report(checkService(entry))
    const published = publishedPorts(name, entry.value)
    report(published.problems)
    for (const port of published.ports) ports.push(port)
  }
  const cycle = checkCycles(dependents)
  if (cycle !== null) problems.push(cycle)
  const name = settingOf(model, 'name')
  const files = [...loader.files]
  return {
    files,
    extendedOnly: files.filter((file) => !loader.whole.has(file)),
    services,
    ports,
    volumes: resourcesOf('volumes'),
    networks: resourcesOf('networks'),
    secrets: section('secrets').map(([name]) => name),
    configs: section('configs').map(([name]) => name),
    model,
    trees: model === undefined ? [] : loader.trees,
    problems: distinct(problems),
    ...(name && { name }),
  }
}

function toSetting(key: ScalarNode, value: ScalarNode): Setting {
  // An alias has its value in another place, so that the entry ends with the key.
  const isTogether = key.source === value.source && key.end <= value.start
  const entry = spanOf(key, key.start, isTogether ? value.end : key.end)
  return { text: value.text, raw: value.raw, span: spanOf(value), entry }
}

/** A file that is both included and extended has its problems once; of several refusals of one value, the first says why. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>()
  for (const each of problems) {
    const { code, file, line, column, message } = each
    const key = [code, file, line, column, code === 'compose-refused' && column ? '' : message].join('\0')
    if (!seen.has(key)) seen.set(key, each)
  }
  return [...seen.values()]
}

/** Returns true for two services that have profiles, but none in common. */
export function areExclusive(
  { services }: Pick<ComposeProject, 'services'>,
  one: string,
  two: string,
): boolean {
  const profilesOf = (service: string): readonly string[] =>
    services.find(({ name }) => name === service)?.profiles ?? []
  const [first, second] = [profilesOf(one), profilesOf(two)]
  return first.length > 0 && second.length > 0 && !first.some((profile) => second.includes(profile))
}
