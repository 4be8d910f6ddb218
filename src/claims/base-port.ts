/**
 * Chooses a base port for a new feature. Features of one product share its offset, so equal base ports always collide.
 * Products have different offsets, so base ports less than `modulus` apart may collide: 5432 + 948 is 6379 + 1.
 */
import { FIRST_PORT, MAX_PORT } from '../ports/value.js'
import { refusedByBrowsers } from './bad-ports.js'
import type { EphemeralRange } from './hazards.js'
import { nearestPort } from './nearest-port.js'

/** A port, or range, that somebody else uses. */
export interface UsedPort {
  /** Who, for people: `REDIS_HOST_PORT of redis (features/redis/.env.example:5)`. */
  readonly by: string
  readonly from: number
  readonly to: number
}

interface Context {
  /** The number of offsets. */
  readonly modulus: number
  /** Those of existing products and instances. */
  readonly offsets: readonly number[]
  /** The base ports of other features. */
  readonly bases: readonly UsedPort[]
  /** Host ports that no offset shifts. */
  readonly fixed: readonly UsedPort[]
  /** True if a browser will open the port. */
  readonly http: boolean
}

/** Linux's default for outgoing connections (ip(7), `ip_local_port_range`). The choice must not depend on the machine. */
export const EPHEMERAL: EphemeralRange = { from: 32768, to: 60999 }

/** Why a base port cannot be used. */
export interface Refusal {
  readonly kind: 'taken' | 'out-of-range' | 'privileged' | 'ephemeral' | 'browser-refuses'
  /** A clause. */
  readonly reason: string
}

export class BasePortRules {
  private readonly highestOffset: number
  /** Host ports in use today, each with its owner. */
  private readonly used = new Map<number, string>()

  constructor(private readonly context: Context) {
    const { modulus, offsets, bases, fixed } = context
    this.highestOffset = Math.max(modulus - 1, ...offsets)
    for (const { by, from, to } of fixed)
      for (let port = from; port <= Math.min(to, MAX_PORT); port++) this.used.set(port, by)
    for (const { by, from, to } of bases) {
      for (const offset of new Set(offsets)) {
        for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
          if (!this.used.has(port + offset)) this.used.set(port + offset, `${by}: ${port} + ${offset}`)
        }
      }
    }
  }

  /** Returns why a base port cannot be used, or will certainly cause problems; null if it can. */
  refusal(base: number): Refusal | null {
    const { modulus, offsets, bases, http } = this.context
    const same = bases.find(({ from, to }) => from <= base && base <= to)
    if (same !== undefined) {
      const reason = `${same.by} already uses it, and a product with both features would need the same host port twice`
      return { kind: 'taken', reason }
    }
    const highest = base + this.highestOffset
    if (highest > MAX_PORT)
      return {
        kind: 'out-of-range',
        reason: `it reaches ${highest} with the highest offset, above ${MAX_PORT}`,
      }
    if (base < FIRST_PORT) {
      const reason = `only root may listen on a port below ${FIRST_PORT}, so rootless Docker cannot publish it`
      return { kind: 'privileged', reason }
    }
    for (const offset of offsets) {
      const by = this.used.get(base + offset)
      if (by !== undefined)
        return { kind: 'taken', reason: `${base} + ${offset} = ${base + offset} is already used by ${by}` }
    }
    if (base <= EPHEMERAL.to && base + modulus - 1 >= EPHEMERAL.from) {
      const reason = `an offset may shift it into ${EPHEMERAL.from}-${EPHEMERAL.to}, which the kernel uses for outgoing connections`
      return { kind: 'ephemeral', reason }
    }
    const refused = http
      ? [0, ...offsets].find((offset) => refusedByBrowsers(base + offset) !== undefined)
      : undefined
    if (refused === undefined) return null
    const reason = `browsers refuse to open port ${base + refused} (a bad port in the Fetch standard)`
    return { kind: 'browser-refuses', reason }
  }

  /** Returns the ports that the base port may meet in some product, existing or future. */
  overlapping(base: number): UsedPort[] {
    const { modulus, bases, fixed } = this.context
    const end = base + modulus - 1
    return [
      ...bases.filter(({ from, to }) => from <= end && base <= to + modulus - 1),
      ...fixed.filter(({ from, to }) => from <= end && base <= to),
    ]
  }

  /**
   * Returns the base port that overlaps with the fewest others, of several the one nearest to the expected one. One
   * that reaches the ephemeral range, or a port that browsers refuse, is chosen only if there is no other.
   */
  choose(expected: number): number | null {
    const { modulus, http } = this.context
    return nearestPort(expected, (base) => {
      if (base + this.highestOffset > MAX_PORT) return null
      const end = base + modulus - 1
      // Above the range is better than in it, but other systems have theirs up to 65535.
      const ephemeral = end < EPHEMERAL.from ? 0 : base > EPHEMERAL.to ? 1 : 2
      const refused = http && refusedByBrowsers(base, end) !== undefined ? 1 : 0
      const refusal = this.refusal(base)
      if (refusal !== null && (refusal.kind === 'taken' || ephemeral + refused === 0)) return null
      return (ephemeral * 2 + refused) * MANY + this.overlapping(base).length
    })
  }
}

/** More than any number of overlaps. */
const MANY = 1e9
