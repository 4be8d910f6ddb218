/** `include:` (compose-go 2.9.1, `loader/include.go`). */
import type { Problem } from '../problem.js'
import {
  type Entry,
  get,
  type MappingNode,
  type Node,
  type ScalarNode,
  type Span,
  spanOf,
  stringOf,
  stringsOf,
} from './node.js'
import { parse } from './parse.js'
import { refused } from './problems.js'

/** One entry of `include:`. Paths are as written, variables not expanded. */
export interface IncludeEntry {
  /** The included file, and files that override it. Relative to the folder of the project that includes. */
  readonly paths: readonly string[]
  /** Where relative paths in the included file start; defaults to the folder of the first path. */
  readonly projectDirectory?: string
  /** Env files with defaults for the included files' variables; defaults to `.env` in the project directory. */
  readonly envFiles: readonly string[]
  readonly span: Span
}

/**
 * Returns the `include:` entries of all documents of a Compose file, in order.
 * @param text decoded
 * @param file how problems and places name the file
 */
export function includePaths(
  text: string,
  file = 'compose.yaml',
): { entries: IncludeEntry[]; problems: Problem[] } {
  const { documents, problems } = parse(text, file)
  const includes = (documents ?? []).map(includesOf)
  const entries = includes.flatMap(({ items }) =>
    items.map(({ node, paths, projectDirectory, envFiles }) => ({
      paths: paths.map(({ raw }) => raw),
      envFiles: envFiles.map(({ raw }) => raw),
      span: spanOf(node),
      ...(projectDirectory === undefined ? {} : { projectDirectory: projectDirectory.raw }),
    })),
  )
  return { entries, problems: [...problems, ...includes.flatMap(({ problems }) => problems)] }
}

/** An `include:` entry as nodes. */
export interface IncludeNode {
  readonly node: Node
  readonly paths: readonly ScalarNode[]
  readonly projectDirectory: ScalarNode | undefined
  readonly envFiles: readonly ScalarNode[]
}

/** Returns the `include:` entries of one document. */
export function includesOf(document: Node): { items: IncludeNode[]; problems: Problem[] } {
  const include = get(document, 'include')
  const next = 'Write `- path/to/compose.yaml`.'
  if (include === undefined || (include.kind === 'scalar' && include.type === 'null'))
    return { items: [], problems: [] }
  if (include.kind !== 'sequence')
    return { items: [], problems: [refused(include, '`include` must be a list', next)] }
  const items: IncludeNode[] = []
  const problems: Problem[] = []
  for (const node of include.items) {
    const paths = stringsOf(node.kind === 'mapping' ? get(node, 'path') : node)
    const directory = get(node, 'project_directory')
    const projectDirectory = stringOf(directory) === undefined ? undefined : (directory as ScalarNode)
    if (paths.length === 0) problems.push(refused(node, 'An entry of `include` has no path', next))
    else items.push({ node, paths, projectDirectory, envFiles: stringsOf(get(node, 'env_file')) })
  }
  return { items, problems }
}

const SECTIONS = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models']

/**
 * Adds what includes bring to the file that includes them, which they may not contradict.
 * @param entries of the top level; changed in place
 * @param spend called with the number of keys that are written; throws when it is too much
 */
export function importResources(
  imported: readonly MappingNode[],
  entries: Map<string, Entry>,
  spend: (items: number) => void,
): Problem[] {
  const problems: Problem[] = []
  for (const section of SECTIONS) {
    const own = entries.get(section)
    const others = imported.flatMap((model) => model.entries.get(section) ?? [])
    const [first, ...rest] = [
      ...(own ? [own] : []),
      ...others.filter(({ value }) => value.kind === 'mapping'),
    ]
    if (first?.value.kind !== 'mapping') continue
    const together = new Map(first.value.entries)
    for (const { value } of rest) {
      if (value.kind !== 'mapping') continue
      spend(value.entries.size)
      for (const [name, entry] of value.entries) {
        const existing = together.get(name)
        if (existing === undefined) together.set(name, entry)
        else if (!equal(existing.value, entry.value)) {
          const message = `Entry ${section}.${name} conflicts with the one of an included file (${spanOf(entry.key).file})`
          const next = 'Rename one of them, or override it in a second file.'
          problems.push(refused(existing.key, message, next))
        }
      }
    }
    entries.set(section, { key: first.key, value: { ...first.value, entries: together } })
  }
  return problems
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
