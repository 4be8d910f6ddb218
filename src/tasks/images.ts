/** Well-known images: the ports that they listen on, and the settings that their containers need. */
import { webOf } from '../claims/web.js'

interface KnownImage {
  /** As on Docker Hub, without `library/`. */
  readonly names: readonly string[]
  /** The default: a version, as `latest` changes without notice. */
  readonly tag: string
  /** In the container. */
  readonly port: number
  /** The base port that people expect, if it differs. */
  readonly base?: number
  /** The folder in the container whose files must outlive it. */
  readonly data?: string | ((tag: string) => string)
  /** The password without which it does not start: the variable, and the user. */
  readonly password?: { readonly variable: string; readonly of: string }
  /** Other variables without which it does not start. */
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: string
  /** Its data belongs to one host name, and a container's own changes with each container. */
  readonly hostname?: true
}

const KNOWN_IMAGES: readonly KnownImage[] = [
  { names: ['redis', 'valkey/valkey'], tag: '7', port: 6379, data: '/data' },
  {
    names: ['postgres'],
    tag: '17',
    port: 5432,
    // From 18, the image keeps a folder for each major version, and refuses the old one.
    data: (tag) =>
      /^\d+/.test(tag) && Number.parseInt(tag, 10) < 18 ? '/var/lib/postgresql/data' : '/var/lib/postgresql',
    password: { variable: 'POSTGRES_PASSWORD', of: 'the user postgres' },
  },
  {
    names: ['mysql'],
    tag: '8.4',
    port: 3306,
    data: '/var/lib/mysql',
    password: { variable: 'MYSQL_ROOT_PASSWORD', of: 'root' },
  },
  {
    names: ['mariadb'],
    tag: '11',
    port: 3306,
    data: '/var/lib/mysql',
    password: { variable: 'MARIADB_ROOT_PASSWORD', of: 'root' },
  },
  { names: ['mongo'], tag: '8', port: 27017, data: '/data/db' },
  { names: ['nginx'], tag: '1.27-alpine', port: 80, base: 8080 },
  { names: ['httpd'], tag: '2.4', port: 80, base: 8080 },
  { names: ['caddy'], tag: '2', port: 80, base: 8080, data: '/data' },
  { names: ['phpmyadmin', 'phpmyadmin/phpmyadmin'], tag: '5', port: 80, base: 8081 },
  { names: ['adminer'], tag: '5', port: 8080 },
  { names: ['rabbitmq'], tag: '4', port: 5672, data: '/var/lib/rabbitmq', hostname: true },
  { names: ['nats'], tag: '2', port: 4222 },
  { names: ['memcached'], tag: '1.6', port: 11211 },
  {
    names: ['elasticsearch'],
    tag: '8.17.0',
    port: 9200,
    data: '/usr/share/elasticsearch/data',
    environment: { 'discovery.type': 'single-node', 'xpack.security.enabled': 'false' },
  },
  { names: ['influxdb'], tag: '2', port: 8086, data: '/var/lib/influxdb2' },
  { names: ['getmeili/meilisearch'], tag: 'v1.12', port: 7700, data: '/meili_data' },
  { names: ['mailhog/mailhog'], tag: 'v1.0.1', port: 8025 },
  { names: ['axllent/mailpit'], tag: 'v1.21', port: 8025 },
  {
    names: ['minio/minio'],
    tag: 'RELEASE.2025-04-22T22-12-26Z',
    port: 9000,
    data: '/data',
    command: 'server /data',
  },
  { names: ['grafana/grafana'], tag: '11.4.0', port: 3000, data: '/var/lib/grafana' },
  { names: ['prom/prometheus'], tag: 'v3.1.0', port: 9090, data: '/prometheus' },
]

/** The container port of an unknown image. */
const UNKNOWN_PORT = 8080

export interface Image {
  /** With its tag, if one is known. */
  readonly reference: string
  /** The reference has a version. */
  readonly pinned: boolean
  readonly containerPort: number
  /** The container port is a guess. */
  readonly guessed: boolean
  /** A browser can open it. */
  readonly http: boolean
  /** The base port that people expect. */
  readonly base: number
  readonly data: string | null
  readonly password: { readonly variable: string; readonly of: string } | null
  readonly environment: Readonly<Record<string, string>>
  readonly command: string | null
  readonly hostname: boolean
}

/** A host with a port, folders, a tag and a digest. */
const REFERENCE =
  /^(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?\/)?[a-zA-Z0-9][a-zA-Z0-9._-]*(?:\/[a-zA-Z0-9._-]+)*(?::\w[\w.-]{0,127})?(?:@[a-zA-Z0-9+._-]+:[0-9a-fA-F]+)?$/

export function isImage(text: string): boolean {
  return REFERENCE.test(text)
}

/** @param asked by default, the well-known image of the feature's name, otherwise an image of that name */
export function imageFor(feature: string, asked: string | undefined, containerPort?: number): Image {
  const own = asked === undefined ? (known(feature) ?? knownAs(feature)) : undefined
  const name = asked ?? (own === undefined ? feature.toLowerCase() : (own.names[0] as string))
  const { repository, tag, digest } = partsOf(name)
  const row = own ?? known(repository)
  // Another publisher's image (bitnami/redis) listens on the same port, but may keep its data elsewhere.
  const port = containerPort ?? row?.port ?? knownAs(repository)?.port
  const pinned = (tag !== '' && tag !== 'latest') || digest || own !== undefined
  const container = port ?? UNKNOWN_PORT
  const isKnownPort = row !== undefined && container === row.port
  return {
    reference: own === undefined ? name : `${name}:${own.tag}`,
    pinned,
    containerPort: container,
    guessed: port === undefined,
    http:
      port !== undefined && webOf({ container, variable: null, protocol: 'tcp', image: repository }) !== null,
    base: isKnownPort && row.base !== undefined ? row.base : container < 1024 ? container + 8000 : container,
    data: typeof row?.data === 'function' ? row.data(own?.tag ?? tag) : (row?.data ?? null),
    password: row?.password ?? null,
    environment: row?.environment ?? {},
    command: row?.command ?? null,
    hostname: row?.hostname ?? false,
  }
}

/** Splits a reference. A tag follows a colon in the last segment of the path. */
function partsOf(reference: string): { repository: string; tag: string; digest: boolean } {
  const [name = '', digest] = reference.split('@')
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  const repository = colon === -1 ? name : name.slice(0, colon)
  return { repository, tag: colon === -1 ? '' : name.slice(colon + 1), digest: digest !== undefined }
}

function known(repository: string): KnownImage | undefined {
  const plain = repository.replace(/^(?:docker\.io\/)?(?:library\/)?/, '')
  return KNOWN_IMAGES.find(({ names }) => names.includes(plain))
}

/** Compares only the last segment of the path. */
function knownAs(repository: string): KnownImage | undefined {
  const last = (name: string) => name.slice(name.lastIndexOf('/') + 1)
  return KNOWN_IMAGES.find(({ names }) => names.some((name) => last(name) === last(repository).toLowerCase()))
}
