/** A running container as `docker ps` tells of it. Pure: text in, data out. */
import { canonicalAddress } from '../ports/overlap.js'

export interface Container {
  /** All 64 digits. */
  readonly id: string
  readonly name: string
  readonly image: string
  /** Compose's project, service and project directory (absolute, on the machine that ran Compose); null without the label. */
  readonly project: string | null
  readonly service: string | null
  readonly directory: string | null
}

/** Host ports that the engine forwards, first and last. */
export interface PublishedRange {
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string
  /** Without brackets; '' is all addresses. */
  readonly address: string
  readonly from: number
  readonly to: number
}

export interface PublishingContainer {
  readonly container: Container
  readonly published: readonly PublishedRange[]
}

/** The fields of `docker ps`, as its `--format` names them. */
const FIELDS = {
  id: '.ID',
  names: '.Names',
  image: '.Image',
  ports: '.Ports',
  project: '(.Label "com.docker.compose.project")',
  service: '(.Label "com.docker.compose.service")',
  directory: '(.Label "com.docker.compose.project.working_dir")',
} as const

/**
 * What to ask `docker ps` for: one JSON object a line. Not `{{json .}}`, where all labels are one text, divided by
 * commas that may as well be part of a folder's name.
 */
export const PS_FORMAT = `{${Object.entries(FIELDS)
  .map(([key, field]) => `"${key}":{{json ${field}}}`)
  .join(',')}}`

/** Parses what `docker ps --no-trunc --format PS_FORMAT` printed. @returns null if that is something else */
export function parseContainers(output: string): PublishingContainer[] | null {
  const containers: PublishingContainer[] = []
  for (const line of output.split('\n')) {
    if (line === '') continue
    const container = parseContainer(line)
    if (container === null) return null
    containers.push(container)
  }
  return containers
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
    },
    published: parsePorts(text('ports')),
  }
}

/** A container that others link to has further names: `web/redis,redis`. */
function parseName(names: string): string {
  return names.split(',').find((name) => !name.includes('/')) ?? ''
}

/** `[ADDRESS:]PORT[-PORT]->PORT[-PORT]/PROTOCOL`; the address is `0.0.0.0`, `[::]` or, from older clients, a bare `::`. */
const PUBLISHED = /^(?:(.+):)?(\d{1,5})(?:-(\d{1,5}))?->\d+(?:-\d+)?\/([a-z]+)$/

/**
 * Parses the ports of a container as `docker ps` prints them: `0.0.0.0:6971->6379/tcp, [::]:6971->6379/tcp`. A port
 * that is not published (`6379/tcp`) is left out.
 */
export function parsePorts(text: string): PublishedRange[] {
  return text.split(',').flatMap((entry) => {
    const match = PUBLISHED.exec(entry.trim())
    if (match === null) return []
    const [, address = '', from = '', to = from, protocol = ''] = match
    return [{ protocol, address: canonicalAddress(address), from: Number(from), to: Number(to) }]
  })
}
