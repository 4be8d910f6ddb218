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

/** Makes a name a label of DNS: `My_App` becomes `my-app`. */
function labelOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
