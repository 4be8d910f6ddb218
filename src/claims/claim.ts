/** A claim: one host port, or range, that a product publishes, and why. */
import type { Offset } from '../ports/offset.js'
import { rangeText } from '../ports/value.js'
import type { Web } from './web.js'

/** The outcomes, each with its meaning. */
export const OUTCOMES = {
  adjusted: 'base port + offset, as in the product env',
  planned: 'base port + offset, not merged yet',
  outdated: 'from an older template or offset; product env --merge --refresh updates it',
  pinned: "the product's own value, which no offset shifts",
  literal: 'a number in a Compose file, or a variable with another name, which no offset shifts',
  random: 'not set, so Docker chooses a random port',
} as const

export type ClaimOutcome = keyof typeof OUTCOMES

export interface PortClaim {
  readonly product: string
  /** Null for the product itself. */
  readonly instance: string | null
  /** Null for a port of the product's own. */
  readonly feature: string | null
  /** Null for a literal port. */
  readonly variable: string | null
  /** Null if no Compose file uses the variable. */
  readonly service: string | null
  /** The feature's base port; its address differs from the claim's only if the port is outdated. */
  readonly base: { readonly from: number; readonly to: number; readonly address: string } | null
  readonly offset: number | null
  /** Null without an offset. */
  readonly offsetFrom: Offset['from'] | null
  /** The host address, without brackets; '' for all. */
  readonly address: string
  /** 0 for a random port. */
  readonly from: number
  readonly to: number
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string
  /** The port in the container that `from` leads to; null if no Compose file uses the variable. */
  readonly target: number | null
  readonly outcome: ClaimOutcome
  /** True if `ports:` in product.yaml sets it. */
  readonly isScheme: boolean
  /** Those of the service, as written; none if it always runs. */
  readonly profiles: readonly string[]
  /** Null if the port does not speak HTTP. */
  readonly web: Web | null
  /** Where the port is set. */
  readonly file: string
  readonly line: number
}

/** `6971`, `8000-8010`, or `random` */
export function claimPorts(claim: Pick<PortClaim, 'from' | 'to' | 'outcome'>): string {
  return claim.outcome === 'random' ? 'random' : rangeText(claim)
}

/** `my_first_app`, or `my_first_app@blue` for an instance */
export function ownerName({ product, instance }: { product: string; instance: string | null }): string {
  return instance === null ? product : `${product}@${instance}`
}

/** Returns the next step for a port that somebody else holds. @param offset one that is free now; null if none is */
export function wayOut({ product, instance }: PortClaim, offset: number | null): string {
  if (offset === null) return 'Stop that, or set another port in this line.'
  const name = instance === null ? product : `${product} --instance ${instance}`
  return `Stop that, or run: product env --merge ${name} --offset ${offset}`
}

/** Returns true if the claim moves with the product's offset, at least with --refresh. */
export function follows({ outcome }: PortClaim): boolean {
  return outcome === 'adjusted' || outcome === 'planned' || outcome === 'outdated'
}
