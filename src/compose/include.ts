import type { Problem } from '../problem.js'
import { get, type Node, type ScalarNode, type Span, spanOf, stringOf, stringsOf } from './node.js'
import { parse } from './parse.js'
import { problemAt } from './problems.js'

/** One entry of `include:`. Paths are as written, variables not expanded. */
export interface IncludeEntry {
  /** The first path is the included file, further ones override it. Relative to the folder of the project that includes. */
  readonly paths: readonly string[]
  /** Where the included file's own relative paths start; undefined is the folder of its first path. */
  readonly projectDirectory?: string
  /** Env files that give the included files' variables defaults; none is the `.env` in the project directory. */
  readonly envFiles: readonly string[]
  readonly span: Span
}

/**
 * The `include:` entries of a Compose file, in order, those of all its documents.
 * @param text the file's decoded text
 * @param file how problems and places name the file
 * @returns no entries and a problem where Compose could not read the file or its `include:`
 */
export function includePaths(
  text: string,
  file = 'compose.yaml',
): { entries: IncludeEntry[]; problems: Problem[] } {
  const { documents, problems } = parse(text, file)
  const entries: IncludeEntry[] = []
  const found = [...problems]
  for (const document of documents ?? []) {
    const includes = includesOf(document)
    found.push(...includes.problems)
    for (const { node, paths, projectDirectory, envFiles } of includes.items) {
      entries.push({
        paths: paths.map(({ raw }) => raw),
        envFiles: envFiles.map(({ raw }) => raw),
        span: spanOf(node),
        ...(projectDirectory === undefined ? {} : { projectDirectory: projectDirectory.raw }),
      })
    }
  }
  return { entries, problems: found }
}

/** An `include:` entry as nodes, for the reader, which has expanded them. */
export interface IncludeNode {
  readonly node: Node
  readonly paths: readonly ScalarNode[]
  readonly projectDirectory: ScalarNode | undefined
  readonly envFiles: readonly ScalarNode[]
}

/** The `include:` entries of one document. */
export function includesOf(document: Node): { items: IncludeNode[]; problems: Problem[] } {
  const include = get(document, 'include')
  if (include === undefined || (include.kind === 'scalar' && include.type === 'null'))
    return { items: [], problems: [] }
  if (include.kind !== 'sequence')
    return { items: [], problems: [malformed(include, '`include` must be a list')] }
  const items: IncludeNode[] = []
  const problems: Problem[] = []
  for (const node of include.items) {
    const paths = stringsOf(node.kind === 'mapping' ? get(node, 'path') : node)
    if (paths.length === 0) {
      problems.push(malformed(node, 'An entry of `include` has no path'))
      continue
    }
    const directory = get(node, 'project_directory')
    const projectDirectory = stringOf(directory) === undefined ? undefined : (directory as ScalarNode)
    items.push({ node, paths, projectDirectory, envFiles: stringsOf(get(node, 'env_file')) })
  }
  return { items, problems }
}

function malformed(node: Node, message: string): Problem {
  return problemAt('compose-refused', node, message, 'Write `- path/to/compose.yaml`.')
}
