/** Ports that are likely to cause problems although nobody else claims them. */
import { FIRST_PORT, MAX_PORT } from '../ports/value.js'
import { refusedByBrowsers } from './bad-ports.js'
import type { PortClaim } from './claim.js'

export type HazardKind =
  | 'over-65535'
  | 'privileged'
  | 'ephemeral'
  | 'browser-refuses'
  | 'offset-0'
  | 'random-port'
  | 'literal'

export interface Hazard {
  readonly kind: HazardKind
  readonly claim: PortClaim
  readonly reason: string
}

/** The ports that the kernel uses for outgoing connections. */
export interface EphemeralRange {
  readonly from: number
  readonly to: number
  /** Exceptions. */
  readonly reserved?: readonly { readonly from: number; readonly to: number }[]
}

interface HazardRule {
  readonly kind: HazardKind
  /** Returns the reason if the rule applies. */
  readonly applies: (claim: PortClaim, ephemeral: EphemeralRange | null) => string | null
}

/** A random port comes first: it has no number for the others to check. */
export const HAZARD_RULES: readonly HazardRule[] = [
  {
    kind: 'random-port',
    applies: ({ outcome, variable }) =>
      outcome !== 'random'
        ? null
        : `${variable ?? 'the host port'} is empty or unset, so Docker publishes a random port`,
  },
  {
    kind: 'over-65535',
    applies: ({ to }) => (to > MAX_PORT ? `port ${to} does not exist: the highest one is ${MAX_PORT}` : null),
  },
  {
    kind: 'privileged',
    applies: ({ from, outcome }) =>
      outcome !== 'random' && from < FIRST_PORT
        ? `only root, or an engine that runs as root, may listen on a port below ${FIRST_PORT}`
        : null,
  },
  {
    kind: 'ephemeral',
    applies: ({ from, to }, ephemeral) =>
      ephemeral !== null && isEphemeral(from, to, ephemeral)
        ? `the kernel uses ${ephemeral.from}-${ephemeral.to} for outgoing connections, one of which may hold the port`
        : null,
  },
  {
    kind: 'browser-refuses',
    applies: ({ web, from, to, outcome }) => {
      const port = web !== null && outcome !== 'random' ? refusedByBrowsers(from, to) : undefined
      return port === undefined
        ? null
        : `browsers refuse to open port ${port} (a bad port in the Fetch standard)`
    },
  },
  {
    kind: 'offset-0',
    applies: ({ offset, outcome }) =>
      offset === 0 && outcome !== 'pinned'
        ? 'the offset is 0, so it is the base port itself, which other programs may use, too'
        : null,
  },
  {
    kind: 'literal',
    applies: ({ outcome, variable }) => {
      if (outcome !== 'literal') return null
      const why =
        variable === null
          ? 'the port is written in the Compose file'
          : `${variable} is not a port variable, or gives only a part or the default of the port`
      return `${why}, so no offset shifts it and a second product cannot use it`
    },
  },
]

function isEphemeral(first: number, last: number, { from, to, reserved = [] }: EphemeralRange): boolean {
  let port = Math.max(first, from)
  const skip = () => reserved.find((range) => range.from <= port && port <= range.to)
  for (let range = skip(); range !== undefined; range = skip()) port = range.to + 1
  return port <= Math.min(last, to)
}

export function findHazards(claims: readonly PortClaim[], ephemeral: EphemeralRange | null): Hazard[] {
  return claims.flatMap((claim) =>
    HAZARD_RULES.flatMap(({ kind, applies }) => {
      const reason = applies(claim, ephemeral)
      return reason === null ? [] : [{ kind, claim, reason }]
    }),
  )
}
