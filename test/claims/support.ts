import type { PortClaim } from '../../src/claims/claim.js'
import type { Owner } from '../../src/claims/resolve.js'

/** A claim with what the test is about; the rest is a feature's TCP port 8000 on all addresses. */
export function claim(about: Partial<PortClaim> = {}): PortClaim {
  const from = about.from ?? 8000
  return {
    product: 'shop',
    instance: null,
    feature: 'web',
    variable: 'WEB_HOST_PORT',
    service: 'web',
    base: null,
    offset: null,
    offsetFrom: null,
    address: '',
    from,
    to: about.to ?? from,
    protocol: 'tcp',
    target: 80,
    outcome: 'pinned',
    isScheme: false,
    profiles: [],
    web: null,
    file: 'products/shop/.env',
    line: 1,
    ...about,
  }
}

/** A claim that an offset moves. */
export function movable(base: number, offset: number, about: Partial<PortClaim> = {}): PortClaim {
  const to = about.base?.to ?? base
  const bound = { from: base, to, address: about.base?.address ?? about.address ?? '' }
  const ports = { base: bound, offset, offsetFrom: 'crc32' as const, from: base + offset, to: to + offset }
  return claim({ outcome: 'planned', ...about, ...ports })
}

/** An owner of the claims, which get its name. */
export function owner(
  product: string,
  offset: number,
  claims: readonly PortClaim[],
  {
    instance = null,
    ...more
  }: { instance?: string | null; offsetFrom?: Owner['offsetFrom']; isRunning?: boolean } = {},
): Owner {
  return {
    product,
    instance,
    offset,
    offsetFrom: 'crc32',
    ...more,
    claims: claims.map((each) => ({ ...each, product, instance })),
  }
}
