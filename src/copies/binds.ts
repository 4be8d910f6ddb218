/** Folders of the host that the original writes to. */
import { relative } from 'node:path'
import { get, type MappingNode, type Node, type ScalarNode, stringOf } from '../compose/node.js'
import type { ComposeProject } from '../compose/project.js'
import { type Mount, mountOf } from '../compose/volume.js'
import { sectionOf, servicesIn } from './model.js'
import type { Change, CopyContext, CopySource, Edit, Value } from './source.js'

/** Folders of the system, which no project has to itself. */
const SYSTEM =
  /^\/(?:etc|proc|sys|dev|run|usr|bin|sbin|lib\w*|boot|var\/run|var\/lib\/docker|var\/log|tmp\/\.X11-unix)(?:\/|$)|docker\.sock$|^\/$/

/** Keys, settings and caches in the user's home, which both copies are meant to use. */
const HOME_SETTINGS =
  /^(?:~|\/home\/[^/]+|\/root|\/Users\/[^/]+)\/\.(?:ssh|aws|azure|kube|docker|gnupg|config|cache|npm|npmrc|m2|gradle|netrc|gitconfig|ssh-agent)(?:\/|$)/

/** A folder that holds data rather than source code, by its name or that of a folder around it. */
const DATA =
  /(?:^|[/._-])(?:data|volumes|storage|pgdata)(?:[/._-]|$)|(?:^|[/._-])(?:db|databases?|mysql|mariadb|postgres(?:ql)?|mongo(?:db)?|redis|uploads?|backups?|logs?|persist\w*|state|cache|media)$/i

/** `bind`: a writable folder outside of the checkout is not shared by two copies. */
export function bindChanges({ source, original, used }: CopyContext): Change[] {
  return servicesIn(original.model).flatMap(([service, node]) => {
    const byTarget = new Map<string, { readonly item: Node; readonly mount: Mount }>()
    const volumes = get(node, 'volumes')
    for (const item of volumes?.kind === 'sequence' ? volumes.items : []) {
      const mount = mountOf(item)
      if (typeof mount !== 'string') byTarget.set(mount.target, { item, mount })
    }
    return [...byTarget.values()].flatMap(({ item, mount }) =>
      used.has(folderName(mount)) ? bindChange(source, service, item, mount) : [],
    )
  })
}

const folderName = ({ source }: Mount): string => `folder ${source}`

/** The folders of the host that a project writes to. */
export function writableFolders({ services }: ComposeProject): string[] {
  const mounts = services.flatMap((service) => service.mounts)
  return mounts.filter(({ type, readOnly }) => type === 'bind' && !readOnly).map(folderName)
}

function bindChange(source: CopySource, service: string, item: Node, mount: Mount): Change[] {
  if (mount.type !== 'bind' || mount.readOnly) return []
  const stays = staysShared(source, mount.source)
  if (stays === 'own') return []
  const what = `${service} ${mount.target}`
  if (stays !== null)
    return [{ rule: 'bind', what, from: mount.source, to: 'shared', edits: [], note: SHARED[stays] }]
  const written =
    item.kind === 'mapping' ? (stringOf(get(item, 'source')) ?? '') : sourceText(item as ScalarNode)
  const from = isRelative(written) ? dotted(relative(source.directory, mount.source)) : written
  const to = `${from.replace(/\/+$/, '')}-${source.name}`
  const value =
    item.kind === 'mapping'
      ? { ...(plain(item) as Record<string, Value>), source: to }
      : `${to}${(item as ScalarNode).text.slice(written.length)}`
  const edits: Edit[] = [{ path: ['services', service, 'volumes', mount.target], value }]
  return [{ rule: 'bind', what, from, to, edits }]
}

/** Why a folder that a project writes to is not moved; null if it is. */
function staysShared(
  { paths }: CopySource,
  path: string,
): 'own' | 'system' | 'settings' | 'file' | 'code' | null {
  const place = path.startsWith('~') ? 'outside' : paths.placeOf(path)
  if (place === 'own') return 'own'
  if (SYSTEM.test(path)) return 'system'
  if (HOME_SETTINGS.test(path)) return 'settings'
  if (paths.kindOf(path) === 'file') return 'file'
  return place === 'outside' || DATA.test(path) ? null : 'code'
}

const SHARED = {
  system: 'it belongs to the system',
  settings: 'it holds settings of the user',
  file: 'it is a file, not a folder with data',
  code: 'it looks like source code',
}

/** Without the dot, Compose takes it for the name of a volume. */
const dotted = (path: string): string => (path.startsWith('.') ? path : `./${path}`)

/** A relative path starts where the file is that has it: in an included file, elsewhere than in the override. */
const isRelative = (path: string): boolean => path.startsWith('.')

/** The source in the short syntax: up to the colon before the target. */
function sourceText({ text }: ScalarNode): string {
  return /^(?:\p{L}:)?[^:]*/u.exec(text)?.[0] ?? ''
}

/** `volume-device`: a volume that stands for a folder or share of the host becomes one of the copy's own. */
export function deviceChanges({ original }: CopyContext): Change[] {
  return sectionOf(original.model, 'volumes').flatMap(([key, node]): Change[] => {
    const options = get(node, 'driver_opts')
    const device = stringOf(get(options, 'device')) ?? ''
    const isReadOnly = /(?:^|,)ro(?:,|$)/.test(stringOf(get(options, 'o')) ?? '')
    if (device === '' || isReadOnly || stringOf(get(options, 'type')) === 'tmpfs') return []
    const edits: Edit[] = [{ path: ['volumes', key, 'driver_opts'], value: null, directive: 'reset' }]
    const note = 'the copy starts with an empty volume'
    return [
      { rule: 'volume-device', what: `volume ${key}`, from: device, to: 'a volume of its own', edits, note },
    ]
  })
}

/** A node as plain data, variables expanded. */
export function plain(node: Node): Value {
  if (node.kind === 'sequence') return node.items.map(plain)
  if (node.kind === 'mapping') return plainMapping(node)
  switch (node.type) {
    case 'int':
    case 'float':
      return Number.isNaN(Number(node.text)) ? node.text : Number(node.text)
    case 'bool':
      return node.text === 'true'
    case 'null':
      return null
    default:
      return node.text
  }
}

function plainMapping({ entries }: MappingNode): Value {
  return Object.fromEntries([...entries].map(([key, { value }]) => [key, plain(value)]))
}
