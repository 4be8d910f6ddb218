/** Parses the output of `docker ps`. */
import { canonicalAddress } from '../ports/overlap.js'

export interface Container {
  /** All 64 digits. */
  readonly id: string
  readonly name: string
  readonly image: string
  /** Compose's labels; the directory is a path on the machine that ran Compose. */
  readonly project: string | null
  readonly service: string | null
  readonly directory: string | null
  /** False for one that was stopped, has ended, or keeps being restarted. */
  readonly isRunning: boolean
}

export interface PublishedRange {
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string
  /** Without brackets; '' for all. */
  readonly address: string
  readonly from: number
  readonly to: number
  /** The port in the container that `from` leads to. */
  readonly target: number
}

export interface PublishingContainer {
  readonly container: Container
  readonly published: readonly PublishedRange[]
}

const FIELDS = {
  id: '.ID',
  names: '.Names',
  image: '.Image',
  ports: '.Ports',
  status: '.Status',
  project: '(.Label "com.docker.compose.project")',
  service: '(.Label "com.docker.compose.service")',
  directory: '(.Label "com.docker.compose.project.working_dir")',
} as const

/** One JSON object a line. `{{json .}}` joins all labels with commas, which a folder name may contain. */
export const PS_FORMAT = `{${Object.entries(FIELDS)
  .map(([key, field]) => `"${key}":{{json ${field}}}`)
  .join(',')}}`

/** Parses the output of `docker ps --all --no-trunc --format PS_FORMAT`. @returns null if it is anything else */
export function parseContainers(output: string): PublishingContainer[] | null {
  const containers = output.split('\n').flatMap((line) => (line === '' ? [] : [parseContainer(line)]))
  return containers.some((container) => container === null) ? null : (containers as PublishingContainer[])
}

function parseContainer(line: string): PublishingContainer | null {
  let fields: Readonly<Record<string, unknown>> | null
  try {
    fields = JSON.parse(line)
  } catch {
    return null
  }
  const text = (key: keyof typeof FIELDS) => {
    const value = fields?.[key]
    return typeof value === 'string' ? value : ''
  }
  const id = text('id')
  if (id === '') return null
  return {
    container: {
      id,
      name: parseName(text('names')) || id.slice(0, 12),
      image: text('image'),
      project: text('project') || null,
      service: text('service') || null,
      directory: text('directory') || null,
      isRunning: text('status').startsWith('Up'),
    },
    published: parsePorts(text('ports')),
  }
}

/** A linked container has several names: `web/redis,redis`. */
function parseName(names: string): string {
  return names.split(',').find((name) => !name.includes('/')) ?? ''
}

/** `[ADDRESS:]PORT[-PORT]->PORT[-PORT]/PROTOCOL`; older clients print a bare `::`. */
const PUBLISHED = /^(?:(.+):)?(\d{1,5})(?:-(\d{1,5}))?->(\d+)(?:-\d+)?\/([a-z]+)$/

/** Parses `0.0.0.0:6971->6379/tcp, [::]:6971->6379/tcp`; leaves out ports that are not published (`6379/tcp`). */
export function parsePorts(text: string): PublishedRange[] {
  return text.split(',').flatMap((entry) => {
    const match = PUBLISHED.exec(entry.trim())
    if (match === null) return []
    const [, address = '', from = '', to = from, target = '', protocol = ''] = match
    const ports = { from: Number(from), to: Number(to), target: Number(target) }
    return [{ protocol, address: canonicalAddress(address), ...ports }]
  })
}
