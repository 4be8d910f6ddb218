/**
 * A claim: one host port, or range, that a product takes on the host, and why. Everything that looks at many
 * products (`ports`, `whois`, `check`) looks at claims.
 */
import { rangeText } from '../ports/value.js'

/** How a port came about, and what each word for it means. */
export const OUTCOMES = {
  /** The feature's base port + the product's offset, as the product env holds it. */
  adjusted: 'base port + offset, as the product env has it',
  planned: 'base port + offset, to be merged yet',
  /** In a section that nobody touched. */
  outdated: 'from an older template or offset; product env --merge --refresh moves it',
  pinned: "the product's own value, which nothing moves",
  literal: 'no offset reaches it: it stands in a Compose file, or in a variable of another name',
  random: 'no port is set, so Docker picks a random one',
} as const

export type ClaimOutcome = keyof typeof OUTCOMES

export interface PortClaim {
  readonly product: string
  /** Null for the product itself. */
  readonly instance: string | null
  /** Null where the port is the product's own. */
  readonly feature: string | null
  /** Null for a literal port. */
  readonly variable: string | null
  /** The service of the Compose file; null where no Compose file uses the variable. */
  readonly service: string | null
  /**
   * The base port, or range, that the feature states, and the address that goes with it; null where there is none.
   * The address is the claim's own, but where the port is outdated.
   */
  readonly base: { readonly from: number; readonly to: number; readonly address: string } | null
  /** In ports; null where none applies. */
  readonly offset: number | null
  /** The address on the host, without brackets; '' is all of them. */
  readonly address: string
  /** First and last host port, both inclusive; 0 for a random port. */
  readonly from: number
  readonly to: number
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string
  readonly outcome: ClaimOutcome
  /** Whether `ports:` of the product's settings sets it. */
  readonly isScheme: boolean
  /** Whether a browser would open it, and whether over TLS. */
  readonly http: boolean
  readonly https: boolean
  /** Where the port is stated. */
  readonly file: string
  readonly line: number
}

/** The ports of a claim for people: `6971`, `8000-8010`, or `random`. */
export function claimPorts(claim: Pick<PortClaim, 'from' | 'to' | 'outcome'>): string {
  return claim.outcome === 'random' ? 'random' : rangeText(claim)
}

/** A product, or one of its instances, for people: `my_first_app@blue`. */
export function ownerName({ product, instance }: { product: string; instance: string | null }): string {
  return instance === null ? product : `${product}@${instance}`
}

/** Whether a merge (with --refresh) gives the claim the product's offset: then another offset moves it. */
export function follows({ outcome }: PortClaim): boolean {
  return outcome === 'adjusted' || outcome === 'planned' || outcome === 'outdated'
}
