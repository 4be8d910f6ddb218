import type { Lookup } from '../env/expand.js'
import { type Problem, problem } from '../problem.js'
import { REFERENCE } from './check-keys.js'
import { checkCycles, checkService } from './consistency.js'
import { checkFormats } from './formats.js'
import { Loader, type ReadText, TooLarge } from './load.js'
import { type NameUse, namesOf } from './names.js'
import {
  type Entry,
  get,
  type MappingNode,
  type Node,
  type ScalarNode,
  type Span,
  spanOf,
  stringsOf,
} from './node.js'
import type { ParsedFiles } from './parse.js'
import { problemAt } from './problems.js'
import { type PublishedPort, publishedPorts } from './published.js'
import { isTrue, type Mount, mountsOf } from './volume.js'

/** What Compose would make of a product's Compose files. */
export interface ComposeProject {
  /** Every Compose file that was read: those named, those they include and extend. */
  readonly files: readonly string[]
  /** Those of them that only services are taken from, by `extends`: what they declare otherwise does not count. */
  readonly extendedOnly: readonly string[]
  /** The top-level `name:`, which pins the project's name. */
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
  /** Its key and its body, in the file that states it last. */
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
  /** Whether it says what it runs: an image, a build or a provider. */
  readonly hasSource: boolean
}

/** A key with one value. */
interface Setting {
  /** The value, variables expanded. */
  readonly text: string
  /** The value before that. */
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
  /** The `name:` that takes the place of `<project>_<key>`. */
  readonly fixedName?: Setting
}

/**
 * Reads Compose files as Docker Compose does, and never throws on what is in them.
 * @param files the entry files, each overriding those before it; relative paths in all of them start at `directory`
 * @param readText a file's text, decoded (invalid UTF-8 as U+FFFD, which is reported); null if it is not there
 * @param lookup a variable's value, the shell's before the product env's; undefined if it is unset
 * @param directory the project directory; without it, the folder of the first file
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
    return read(loader, loader.model(files))
  } catch (error) {
    // A stack overflow is what is left of a file that slipped through the limits on depth and size.
    if (!(error instanceof TooLarge || error instanceof RangeError)) throw error
    const place = { file: files[0] ?? '' }
    const next = 'Look for services that extend each other in a long chain.'
    loader.problems.push(problem('compose-refused', place, 'The merged files are too large', next))
    return read(loader, undefined)
  }
}

function read(loader: Loader, model: MappingNode | undefined): ComposeProject {
  const problems = [...loader.problems]
  if ((model?.entries.size ?? 0) === 0 && problems.length === 0) {
    const next = 'Write `services:` and the services below it, indented.'
    problems.push(
      problem('compose-refused', { file: [...loader.files][0] ?? '' }, 'The Compose file is empty', next),
    )
  }
  const services: Service[] = []
  const ports: PublishedPort[] = []
  const dependents: Parameters<typeof checkCycles>[0][number][] = []
  for (const [name, entry] of section(model, 'services', problems)) {
    if (entry.value.kind !== 'mapping') {
      refuse(entry.value, `Service ${name} must be a mapping`, problems)
      continue
    }
    const service = serviceOf(name, entry, entry.value, problems)
    services.push(service)
    dependents.push({ name, node: entry.key, names: service.names })
    checkFormats(name, entry.value, problems)
    checkService(name, entry.value, problems)
    for (const port of publishedPorts(name, entry.value, problems)) ports.push(port)
  }
  checkCycles(dependents, problems)
  const name = settingOf(model, 'name', problems)
  return {
    files: [...loader.files],
    extendedOnly: [...loader.files].filter((file) => !loader.whole.has(file)),
    services,
    ports,
    volumes: resourcesOf(model, 'volumes', problems),
    networks: resourcesOf(model, 'networks', problems),
    secrets: [...section(model, 'secrets', problems)].map(([name]) => name),
    configs: [...section(model, 'configs', problems)].map(([name]) => name),
    model,
    trees: model === undefined ? [] : loader.trees,
    problems: distinct(problems),
    ...(name === undefined ? {} : { name }),
  }
}

function folderOf(file: string): string {
  const end = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'))
  return end === -1 ? '.' : end === 0 ? '/' : file.slice(0, end)
}

function section(model: Node | undefined, key: string, problems: Problem[]): Iterable<[string, Entry]> {
  const node = get(model, key)
  if (node === undefined) return []
  if (node.kind === 'mapping') return node.entries
  refuse(node, `\`${key}\` must be a mapping`, problems)
  return []
}

function serviceOf(name: string, { key }: Entry, value: MappingNode, problems: Problem[]): Service {
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    refuse(key, `${JSON.stringify(name)} is not a valid service name`, problems)
  const image = settingOf(value, 'image', problems)
  const containerName = settingOf(value, 'container_name', problems)
  const networkMode = settingOf(value, 'network_mode', problems)
  return {
    name,
    span: key.source === value.source ? spanOf(key, key.start, value.end) : spanOf(key),
    profiles: [...new Set(stringsOf(get(value, 'profiles')).map(({ text }) => text))],
    mounts: mountsOf(value, problems),
    names: namesOf(value),
    body: value,
    hasSource: value.entries.has('build') || value.entries.has('provider') || (image?.raw ?? '') !== '',
    ...(image === undefined ? {} : { image }),
    ...(containerName === undefined ? {} : { containerName }),
    ...(networkMode === undefined ? {} : { networkMode }),
  }
}

function settingOf(node: Node | undefined, name: string, problems: Problem[]): Setting | undefined {
  const entry = node?.kind === 'mapping' ? node.entries.get(name) : undefined
  if (entry === undefined) return undefined
  if (entry.value.kind !== 'scalar' || entry.value.type !== 'string') {
    refuse(entry.value, `\`${name}\` must be a string`, problems)
    return undefined
  }
  const { key, value } = entry as { key: ScalarNode; value: ScalarNode }
  // A value behind an alias stands elsewhere: then the entry is only known to start at its key.
  const together = key.source === value.source && key.end <= value.start
  return {
    text: value.text,
    raw: value.raw,
    span: spanOf(value),
    entry: spanOf(key, key.start, together ? value.end : key.end),
  }
}

function resourcesOf(model: Node | undefined, kind: 'volumes' | 'networks', problems: Problem[]): Resource[] {
  return [...section(model, kind, problems)].map(([name, { key, value }]) => {
    const external = get(value, 'external')
    // `external: { name: x }` is the old way to write `external: true` and `name: x`.
    const fixedName = settingOf(value, 'name', problems) ?? settingOf(external, 'name', problems)
    return {
      name,
      span: spanOf(key),
      external: external?.kind === 'mapping' || (external?.kind === 'scalar' && isTrue(external)),
      ...(fixedName === undefined ? {} : { fixedName }),
    }
  })
}

function refuse(node: Node, message: string, problems: Problem[]): void {
  problems.push(problemAt('compose-refused', node, message, REFERENCE))
}

/**
 * A file that is included in one place and extended in another is read twice, its problems reported once; and of
 * several checks that refuse one value, the first says why.
 */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>()
  for (const each of problems) {
    const { code, file, line, column, message } = each
    const key = [code, file, line, column, code === 'compose-refused' && column ? '' : message].join('\0')
    if (!seen.has(key)) seen.set(key, each)
  }
  return [...seen.values()]
}

/** Whether two services have profiles of which none is the same. */
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
