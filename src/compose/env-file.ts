import { get, isTrue, type MappingNode, type ScalarNode, type Span, spanOf, stringsOf } from './node.js'
import { resolvePath } from './path.js'

/** A file of variables that a service names. */
export interface EnvFile {
  readonly key: 'env_file' | 'label_file'
  readonly span: Span
  /** The path as written, variables not expanded. */
  readonly raw: string
  /** With variables expanded. */
  readonly text: string
  /** Relative to the caller's folder, or absolute. */
  readonly path: string
  /** Whether Compose refuses the project without it. */
  readonly required: boolean
  /** With `format: raw`, Compose can only refuse a name. */
  readonly isRaw: boolean
}

export function envFilesOf(service: MappingNode): EnvFile[] {
  const files: EnvFile[] = []
  const add = (key: EnvFile['key'], node: ScalarNode, required = true, isRaw = false): void => {
    const { raw, text, source } = node
    const path = resolvePath(source.scope.directory, text)
    files.push({ key, span: spanOf(node), raw, text, path, required, isRaw })
  }
  const list = get(service, 'env_file')
  for (const item of list?.kind === 'sequence' ? list.items : list === undefined ? [] : [list]) {
    const [path] = stringsOf(item.kind === 'mapping' ? get(item, 'path') : item)
    if (path === undefined) continue
    const required = get(item, 'required')
    const format = get(item, 'format')
    const isRequired = required?.kind !== 'scalar' || isTrue(required)
    add('env_file', path, isRequired, format?.kind === 'scalar' && format.text === 'raw')
  }
  for (const path of stringsOf(get(service, 'label_file'))) add('label_file', path)
  return files
}
