/** What will, or may, go wrong with a port though nobody else claims it. Rules are rows: one condition and its reason. */

import { FIRST_PORT, MAX_PORT } from '../ports/value.js'
import type { PortClaim } from './claim.js'
import { refusedByBrowsers } from './http.js'

export type HazardKind =
  | 'over-65535'
  | 'privileged'
  | 'ephemeral'
  | 'browser-refuses'
  | 'offset-0'
  | 'random-port'
  | 'literal'

/** One hazard of one claim. */
export interface Hazard {
  readonly kind: HazardKind
  readonly claim: PortClaim
  readonly reason: string
}

/** The ports that the kernel gives to outgoing connections, first and last. */
export interface EphemeralRange {
  readonly from: number
  readonly to: number
  /** Ports that it leaves out. */
  readonly reserved?: readonly { readonly from: number; readonly to: number }[]
}

interface HazardRule {
  readonly kind: HazardKind
  /** The reason if the rule applies; null if it does not. */
  readonly applies: (claim: PortClaim, ephemeral: EphemeralRange | null) => string | null
}

/** All rules. A random port comes first, since it has no number for the others to check. */
export const HAZARD_RULES: readonly HazardRule[] = [
  {
    kind: 'random-port',
    applies: ({ outcome, variable }) =>
      outcome !== 'random'
        ? null
        : `${variable ?? 'the host port'} is empty or unset: Docker publishes a random port and reports success`,
  },
  {
    kind: 'over-65535',
    applies: ({ to }) => (to > MAX_PORT ? `${to} is over ${MAX_PORT}: there is no such port` : null),
  },
  {
    kind: 'privileged',
    applies: ({ from, outcome }) =>
      outcome !== 'random' && from < FIRST_PORT
        ? `${from} is under ${FIRST_PORT}: only root, or an engine that runs as root, may listen there`
        : null,
  },
  {
    kind: 'ephemeral',
    applies: ({ from, to }, ephemeral) =>
      ephemeral !== null && isEphemeral(from, to, ephemeral)
        ? `the kernel uses ${ephemeral.from}-${ephemeral.to} for outgoing connections: now and then one of them holds this port`
        : null,
  },
  {
    kind: 'browser-refuses',
    applies: ({ http, from, to, outcome }) => {
      const port = http && outcome !== 'random' ? refusedByBrowsers(from, to) : undefined
      return port === undefined ? null : `browsers refuse to open ${port} (bad ports of the Fetch standard)`
    },
  },
  {
    kind: 'offset-0',
    applies: ({ offset, outcome }) =>
      offset === 0 && outcome !== 'pinned'
        ? 'the offset is 0: the base port itself is taken, which a program outside of any product may use'
        : null,
  },
  {
    kind: 'literal',
    applies: ({ outcome, variable }) => {
      if (outcome !== 'literal') return null
      const why =
        variable === null
          ? 'the port is written in the Compose file'
          : `the port comes from ${variable}, but by a default, as a part, or under a name that is no port variable's`
      return `${why}: no offset reaches it, so a second product with it cannot run`
    },
  },
]

/** Whether the kernel may give one of the ports from `first` to `last` to an outgoing connection. */
function isEphemeral(first: number, last: number, { from, to, reserved = [] }: EphemeralRange): boolean {
  let port = Math.max(first, from)
  const skip = () => reserved.find((range) => range.from <= port && port <= range.to)
  for (let range = skip(); range !== undefined; range = skip()) port = range.to + 1
  return port <= Math.min(last, to)
}

/** Every hazard of every claim, in the order of the claims. */
export function findHazards(claims: readonly PortClaim[], ephemeral: EphemeralRange | null): Hazard[] {
  return claims.flatMap((claim) =>
    HAZARD_RULES.flatMap(({ kind, applies }) => {
      const reason = applies(claim, ephemeral)
      return reason === null ? [] : [{ kind, claim, reason }]
    }),
  )
}
