import type { Problem } from '../problem.js'
import { isOpen } from './check-keys.js'
import { get, type Node, type ScalarNode, type Span, spanOf, stringOf } from './node.js'
import { resolvePath } from './path.js'
import { problemAt } from './problems.js'

/** One entry of a service's `volumes:`. */
export interface Mount {
  readonly span: Span
  /** The entry as written, variables not expanded. */
  readonly raw: string
  /** `bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`. */
  readonly type: string
  /** The host path of a bind mount, seen from where the caller stands (`~` stays); the name of a volume; '' if anonymous. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** The mounts of one service; of several with the same target, the last. */
export function mountsOf(node: Node, problems: Problem[]): Mount[] {
  const volumes = get(node, 'volumes')
  if (volumes === undefined) return []
  if (volumes.kind !== 'sequence') {
    complain(volumes, '`volumes` must be a list', problems)
    return []
  }
  const mounts = new Map<string, Mount>()
  for (const item of volumes.items) {
    const mount = mountOf(item)
    if (typeof mount !== 'string') mounts.set(mount.target, mount)
    // `${HOME}:/x` is for the shell to fill.
    else if (!isOpen(item)) complain(item, mount, problems)
  }
  return [...mounts.values()]
}

/** One mount, or what Compose objects to. */
function mountOf(item: Node): Mount | string {
  const span = spanOf(item)
  if (item.kind === 'mapping') {
    const raw = item.source.text.slice(item.start, item.end).trimEnd()
    const type = stringOf(get(item, 'type'))
    if (type === undefined) return 'A mount has no `type`'
    const target = stringOf(get(item, 'target'))
    if (target === undefined) return 'A mount has no `target`'
    if (type === 'bind' && stringOf(get(item, 'source')) === undefined) return 'A bind mount has no `source`'
    const readOnly = get(item, 'read_only')
    const source = sourceOf(type, stringOf(get(item, 'source')) ?? '', item)
    return { span, raw, type, source, target, readOnly: readOnly?.kind === 'scalar' && isTrue(readOnly) }
  }
  if (item.kind !== 'scalar' || item.type !== 'string') return 'A volume must be a string or a mapping'
  const parsed = parseVolume(item.text)
  if (typeof parsed === 'string') return parsed
  return { span, raw: item.raw, ...parsed, source: sourceOf(parsed.type, parsed.source, item) }
}

function sourceOf(type: string, source: string, { source: file }: Node): string {
  const absolute = /^(~|[a-zA-Z]:|\\\\)/.test(source)
  return type !== 'bind' || source === '' || absolute ? source : resolvePath(file.scope.directory, source)
}

/** compose-go 2.9.1, `loader/interpolate.go` (`toBoolean`). */
export function isTrue({ text }: ScalarNode): boolean {
  return /^(true|y|yes|on)$/i.test(text)
}

/** `[SOURCE:]TARGET[:OPTIONS]` (compose-go 2.9.1, `format/volume.go`). */
function parseVolume(spec: string): Pick<Mount, 'type' | 'source' | 'target' | 'readOnly'> | string {
  if (spec === '') return 'The volume is empty'
  if (spec.length <= 2) return { type: 'volume', source: '', target: spec, readOnly: false }
  const parts: string[] = []
  for (const part of spec.split(':')) {
    const last = parts.at(-1)
    // `C:\data`: the colon behind a single letter is a Windows drive's.
    if (last !== undefined && /^\p{L}$/u.test(last)) parts[parts.length - 1] = `${last}:${part}`
    else parts.push(part)
  }
  if (parts.includes('')) return 'A volume has an empty part between colons'
  if (parts.length > 3) return 'A volume has too many colons'
  const [source, target] = parts.length === 1 ? ['', parts[0] as string] : (parts as [string, string])
  const readOnly = (parts[2] ?? '')
    .split(',')
    .reduce((only, word) => (word === 'ro' || word === 'rw' ? word === 'ro' : only), false)
  const bind = /^([./~]|\\\\|\p{L}:)/u.test(source)
  return {
    type: bind ? 'bind' : 'volume',
    source,
    target: target.length > 1 ? target.replace(/\/+$/, '') : target,
    readOnly,
  }
}

function complain(node: Node, message: string, problems: Problem[]): void {
  problems.push(problemAt('compose-refused', node, message, 'Write `- data:/var/lib/data`.'))
}
