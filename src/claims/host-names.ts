/** The host names by which a proxy reaches the ports of products. */
import type { PortClaim } from './claim.js'

/** Labels of lower-case letters, digits and hyphens. */
export const DOMAIN_PATTERN = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$'

/** Returns the host name of a product or instance: `my-first-app.localhost`, `my-first-app-blue.localhost`. */
export function ownerHost(
  { product, instance }: Pick<PortClaim, 'product' | 'instance'>,
  domain: string,
): string {
  return `${labelOf(instance === null ? product : `${product}-${instance}`)}.${domain}`
}

/** Returns the host name of an HTTP port: that of its owner for the front door, otherwise with the service before it. */
export function hostNameOf(claim: PortClaim, claims: readonly PortClaim[], domain: string): string {
  const owner = ownerHost(claim, domain)
  if (claim.web?.isFront) return owner
  const { service, variable, target } = claim
  if (service === null) return `${labelOf(variable?.replace(SUFFIX, '') ?? '')}.${owner}`
  const others = claims.filter((other) => other.web !== null && other.service === service)
  const isOnly = others.every((other) => other.target === target)
  return `${labelOf(isOnly ? service : `${service}-${target}`)}.${owner}`
}

/** Of port variables. */
const SUFFIX = /_(?:HOST_PORT|PORT_ONE|PORT_TWO)$/i

/** Returns why a host name is not valid (RFC 1035), as the end of a sentence; null if it is. */
export function badHostName(host: string): string | null {
  if (host.length > 253) return 'which has more than 253 characters'
  const labels = host.split('.')
  if (labels.some((label) => label.length > 63)) return 'which has more than 63 characters between two dots'
  return labels.includes('') ? 'which has nothing between two dots' : null
}

/** Makes a name a label of DNS: `My_App` becomes `my-app`. */
function labelOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
