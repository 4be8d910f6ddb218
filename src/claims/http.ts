/** Ports that a browser opens, and those that it refuses to open. */

/** Container ports of web servers, by convention. */
const HTTP_CONTAINER_PORTS: ReadonlySet<number> = new Set([
  80, 443, 3000, 4200, 5000, 5173, 5601, 8000, 8008, 8025, 8080, 8081, 8088, 8443, 8888, 9000, 9001, 9090,
  9443, 15672,
])
const HTTPS_CONTAINER_PORTS: ReadonlySet<number> = new Set([443, 8443, 9443])
const HTTP_NAME = /(?:^|_)(?:HTTPS?|WEB|UI|DASHBOARD|ADMIN|CONSOLE)(?:_|$)/i

export interface PortUse {
  /** `app_protocol` in a Compose file. */
  readonly appProtocol: string | undefined
  /** The container port; null if no Compose file publishes the port. */
  readonly container: number | null
  readonly variable: string | null
  readonly protocol: string
}

/** Decides by the Compose file, otherwise by the container port or the name of the variable. */
export function isHttp({ appProtocol, container, variable, protocol }: PortUse): boolean {
  if (protocol !== 'tcp') return false
  if (appProtocol !== undefined) return /^(?:https?|h2c?|grpc-web|wss?)$/i.test(appProtocol)
  return (
    (container !== null && HTTP_CONTAINER_PORTS.has(container)) ||
    (variable !== null && HTTP_NAME.test(variable))
  )
}

export function isHttps({ appProtocol, container, variable }: PortUse): boolean {
  if (appProtocol !== undefined) return /^(?:https|wss)$/i.test(appProtocol)
  return (
    (container !== null && HTTPS_CONTAINER_PORTS.has(container)) ||
    /(?:^|_)HTTPS(?:_|$)/i.test(variable ?? '')
  )
}

/** Bad ports of the Fetch standard ("port blocking"), which browsers refuse to open. */
const BAD_PORTS: readonly number[] = [
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]

/** Returns the first port of a range that a browser refuses to open. */
export function refusedByBrowsers(from: number, to: number = from): number | undefined {
  return BAD_PORTS.find((port) => from <= port && port <= to)
}
