import type { Problem } from '../problem.js'
import { get, isOpen, isTrue, type Node, type Span, spanOf, stringOf } from './node.js'
import { resolvePath } from './path.js'
import { refused } from './problems.js'

/** One entry of a service's `volumes:`. */
export interface Mount {
  readonly span: Span
  /** The entry as written, variables not expanded. */
  readonly raw: string
  /** `bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`. */
  readonly type: string
  /** The host path of a bind mount, relative to the caller's folder (`~` stays); the name of a volume; '' if anonymous. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

const NEXT = 'Write `- data:/var/lib/data`.'

/** The mounts of one service; of several with the same target, the last. */
export function mountsOf(service: Node): { mounts: Mount[]; problems: Problem[] } {
  const volumes = get(service, 'volumes')
  if (volumes === undefined) return { mounts: [], problems: [] }
  if (volumes.kind !== 'sequence')
    return { mounts: [], problems: [refused(volumes, '`volumes` must be a list', NEXT)] }
  const mounts = new Map<string, Mount>()
  const problems: Problem[] = []
  for (const item of volumes.items) {
    const mount = mountOf(item)
    if (typeof mount !== 'string') mounts.set(mount.target, mount)
    else if (!isOpen(item)) problems.push(refused(item, mount, NEXT))
  }
  return { mounts: [...mounts.values()], problems }
}

/** One mount, or a message that says why Compose refuses it. */
export function mountOf(item: Node): Mount | string {
  const span = spanOf(item)
  if (item.kind === 'mapping') {
    const raw = item.source.text.slice(item.start, item.end).trimEnd()
    const type = stringOf(get(item, 'type'))
    const source = stringOf(get(item, 'source'))
    const target = stringOf(get(item, 'target'))
    if (type === undefined) return 'A mount has no `type`'
    if (target === undefined) return 'A mount has no `target`'
    if (type === 'bind' && source === undefined) return 'A bind mount has no `source`'
    const readOnly = isTrue(get(item, 'read_only'))
    return { span, raw, type, source: sourceOf(type, source ?? '', item), target, readOnly }
  }
  if (item.kind !== 'scalar' || item.type !== 'string') return 'A volume must be a string or a mapping'
  const parsed = parseVolume(item.text)
  if (typeof parsed === 'string') return parsed
  return { span, raw: item.raw, ...parsed, source: sourceOf(parsed.type, parsed.source, item) }
}

function sourceOf(type: string, source: string, { source: file }: Node): string {
  const isAbsolute = /^(~|[a-zA-Z]:|\\\\)/.test(source)
  return type !== 'bind' || source === '' || isAbsolute ? source : resolvePath(file.scope.directory, source)
}

/** `[SOURCE:]TARGET[:OPTIONS]` (compose-go 2.9.1, `format/volume.go`). */
function parseVolume(spec: string): Pick<Mount, 'type' | 'source' | 'target' | 'readOnly'> | string {
  if (spec === '') return 'The volume is empty'
  if (spec.length <= 2) return { type: 'volume', source: '', target: spec, readOnly: false }
  const parts: string[] = []
  for (const part of spec.split(':')) {
    const last = parts.at(-1)
    // The colon behind a single letter is a Windows drive's: `C:\data`.
    if (last !== undefined && /^\p{L}$/u.test(last)) parts[parts.length - 1] = `${last}:${part}`
    else parts.push(part)
  }
  if (parts.includes('')) return 'A volume has an empty part between colons'
  if (parts.length > 3) return 'A volume has too many colons'
  const [source, target] = parts.length === 1 ? ['', parts[0] as string] : (parts as [string, string])
  const access = parts[2]?.split(',').findLast((word) => word === 'ro' || word === 'rw')
  return {
    type: /^([./~]|\\\\|\p{L}:)/u.test(source) ? 'bind' : 'volume',
    source,
    target: target.length > 1 ? target.replace(/\/+$/, '') : target,
    readOnly: access === 'ro',
  }
}
