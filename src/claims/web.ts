/** Which ports a browser opens: by a mark in the settings, by the Compose file, otherwise by a guess. */
import type { PortClaim } from './claim.js'
import { ownerHost } from './host-names.js'

export interface Web {
  readonly scheme: 'http' | 'https'
  /** Where to start; `/` by default. */
  readonly path: string
  /** What the guess is from; null if a file says so. */
  readonly guessedFrom: 'label' | 'image' | 'container port' | 'variable' | null
  /** The port to open first: at most one of a product or instance. */
  readonly isFront: boolean
  /** Null for a random port. */
  readonly url: string | null
}

/** What is known of a port. */
export interface PortUse {
  /** `app_protocol` in a Compose file. */
  readonly appProtocol?: string | undefined
  /** The container port; null if no Compose file publishes the port. */
  readonly container: number | null
  readonly variable: string | null
  readonly protocol: string
  readonly service?: string | null
  readonly image?: string | undefined
  /** `key=value` */
  readonly labels?: readonly string[]
}

/** The ports that `http:` of the settings marks: the value by variable or service, the front door first. */
export type WebMarks = Readonly<Record<string, string>>

/** A path, after another scheme than HTTP; or that the port is not HTTP. */
export const MARK_PATTERN = '^(?:none|(?:https?:)?/[!-~]*)$'

/** Container ports of web servers, by convention. */
const HTTP_PORTS: ReadonlySet<number> = new Set([
  80, 443, 3000, 4200, 5000, 5173, 5601, 8000, 8008, 8025, 8080, 8081, 8088, 8443, 8888, 9000, 9001, 9090,
  9443, 15672,
])
const HTTPS_PORTS: ReadonlySet<number> = new Set([443, 8443, 9443])
const HTTP_NAME = /(?:^|_)(?:HTTPS?|WEB|UI|DASHBOARD|ADMIN|CONSOLE)(?:_|$)/i

/** The HTTP port of images that listen on another one, or that speak something else on one of those above. */
const IMAGES: Readonly<Record<string, number>> = {
  'clickhouse-server': 8123,
  clickhouse: 8123,
  consul: 8500,
  couchdb: 5984,
  elasticsearch: 9200,
  influxdb: 8086,
  maildev: 1080,
  meilisearch: 7700,
  neo4j: 7474,
  opensearch: 9200,
  vault: 8200,
}

/** Labels of Traefik and caddy-docker-proxy that name the container port. */
const LABEL =
  /^(?:traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port=|caddy(?:_\d+)?\.reverse_proxy=.*\{\{ *upstreams +(?:https? +)?)(\d+)/

/** Decides whether a port speaks HTTP. @returns null if it does not; the front door and the URL are not known yet */
export function webOf(use: PortUse, marks: WebMarks = {}): Web | null {
  const { appProtocol, protocol, variable, service } = use
  if (protocol !== 'tcp') return null
  const mark = markOf(marks, { variable, service: service ?? null })
  if (mark === 'none') return null
  if (mark !== undefined) return web(mark.startsWith('https:'), null, mark.replace(/^https?:/, ''))
  if (appProtocol === undefined) return guess(use)
  return /^(?:https?|h2c?|grpc-web|wss?)$/i.test(appProtocol)
    ? web(/^(?:https|wss)$/i.test(appProtocol))
    : null
}

/** Returns the mark of a port: that of its variable, otherwise of its service. */
function markOf(
  marks: WebMarks,
  { variable, service }: { readonly variable: string | null; readonly service: string | null },
): string | undefined {
  const of = (name: string | null) => (name !== null && Object.hasOwn(marks, name) ? marks[name] : undefined)
  return of(variable) ?? of(service)
}

function web(isHttps: boolean, guessedFrom: Web['guessedFrom'] = null, path = '/'): Web {
  return { scheme: isHttps ? 'https' : 'http', path, guessedFrom, isFront: false, url: null }
}

function guess({ container, variable, image = '', labels = [] }: PortUse): Web | null {
  const isHttps =
    (container !== null && HTTPS_PORTS.has(container)) || /(?:^|_)HTTPS(?:_|$)/i.test(variable ?? '')
  if (labels.some((label) => Number(LABEL.exec(label)?.[1]) === container)) return web(isHttps, 'label')
  const [, name = '', tag = ''] = /([^/:@]+)(?::([^/@]*))?(?:@.*)?$/.exec(image) ?? []
  const known = Object.hasOwn(IMAGES, name) ? IMAGES[name] : undefined
  if (container !== null && known !== undefined) return known === container ? web(isHttps, 'image') : null
  // FastCGI, on port 9000.
  if (name === 'php' && tag.includes('fpm')) return null
  if (container !== null && HTTP_PORTS.has(container)) return web(isHttps, 'container port')
  return variable !== null && HTTP_NAME.test(variable) ? web(isHttps, 'variable') : null
}

/** Names of services that people open. */
const FRONT_SERVICE = /^(?:web|www|app|site|ui|front(?:-?end)?|nginx|caddy|apache|httpd|proxy|gateway)$/i

/** Adds the front door and the URLs. @param domain of host names that contain the owner's name; null for plain addresses */
export function withUrls(
  claims: readonly PortClaim[],
  own: WebMarks,
  domain: string | null,
): readonly PortClaim[] {
  const front = frontOf(claims, own)
  return claims.map((claim) => {
    if (claim.web === null) return claim
    return { ...claim, web: { ...claim.web, isFront: claim === front, url: urlOf(claim, claim.web, domain) } }
  })
}

/** Returns the first port that `http:` of product.yaml marks, otherwise the likeliest one. */
function frontOf(claims: readonly PortClaim[], own: WebMarks): PortClaim | undefined {
  const order = Object.keys(own)
  const placeOf = ({ variable, service }: PortClaim) => {
    const place = order.findIndex((name) => name === variable || name === service)
    return place === -1 ? order.length : place
  }
  const rank = (claim: PortClaim): number[] => [
    placeOf(claim),
    Number(claim.service === null),
    Number(claim.feature !== null),
    claim.profiles.length,
    Number(!FRONT_SERVICE.test(claim.service ?? '')),
    Number(claim.web?.scheme === 'https'),
  ]
  const ranked = claims
    .filter(({ web, outcome }) => web !== null && outcome !== 'random')
    .map((claim) => ({ claim, rank: rank(claim) }))
  // Stable: of equal ones, the first counts.
  return ranked.sort((a, b) => firstDifference(a.rank, b.rank))[0]?.claim
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((each, index) => each !== b[index])
  return at === -1 ? 0 : (a[at] as number) - (b[at] as number)
}

/** Addresses at which a browser reaches the port as `localhost`. */
const LOCAL = ['', '0.0.0.0', '::', '127.0.0.1', '::1']

/** @param domain null for the plain address */
export function urlOf(claim: PortClaim, { scheme, path }: Web, domain: string | null): string | null {
  const { address, from, outcome } = claim
  if (outcome === 'random') return null
  const host =
    domain !== null && LOCAL.includes(address)
      ? ownerHost(claim, domain)
      : LOCAL.slice(0, 3).includes(address)
        ? 'localhost'
        : address.includes(':')
          ? `[${address}]`
          : address
  return `${scheme}://${host}:${from}${path === '/' ? '' : path}`
}
