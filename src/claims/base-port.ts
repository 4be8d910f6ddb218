/**
 * Chooses a base port for a new feature. Two features of one product share its offset, so equal base ports collide
 * always. Two products have different offsets, so base ports less than `modulus` apart may collide: 5432 + 948 is
 * 6379 + 1. A base port is safe in every product, those to come too, if no other one lies within its range
 * `[base, base + modulus)`.
 */

import { FIRST_PORT, MAX_PORT } from '../ports/value.js'
import type { EphemeralRange } from './hazards.js'
import { refusedByBrowsers } from './http.js'

/** A port, or range, that somebody else has. */
export interface Taken {
  /** Who, for people: `redis (features/redis/.env.example:5)`. */
  readonly by: string
  readonly from: number
  readonly to: number
}

/** What a base port has to get along with. */
export interface Surroundings {
  /** How many offsets there are. */
  readonly modulus: number
  /** The offsets of the products, and of their instances, that are there. */
  readonly offsets: readonly number[]
  /** The base ports of the other features: each moves by the offset. */
  readonly bases: readonly Taken[]
  /** Host ports that nothing moves: pinned by a product, or written in a Compose file. */
  readonly fixed: readonly Taken[]
  /** Whether a browser is to open the port. */
  readonly http: boolean
}

/** Linux gives these to outgoing connections unless it is told otherwise (ip(7), `ip_local_port_range`). The same on every machine, as the choice has to be. */
export const EPHEMERAL: EphemeralRange = { from: 32768, to: 60999 }

/** Why a base port does not do. */
export interface Objection {
  readonly kind: 'taken' | 'out-of-range' | 'privileged' | 'ephemeral' | 'browser-refuses'
  readonly reason: string
}

/** Looks at base ports. */
export class BasePorts {
  readonly highestOffset: number
  private readonly held = new Map<number, { by: string; base: number; offset: number | null }>()
  /** How many of the others may need each port, summed up from port 0. */
  private readonly wanted = new Float64Array(MAX_PORT + 2)

  constructor(private readonly around: Surroundings) {
    const { modulus, offsets, bases, fixed } = around
    this.highestOffset = Math.max(modulus - 1, ...offsets)
    for (const { by, from, to } of fixed) {
      this.want(from, to)
      for (let port = from; port <= Math.min(to, MAX_PORT); port++)
        this.held.set(port, { by, base: port, offset: null })
    }
    for (const { by, from, to } of bases) {
      this.want(from, to + modulus - 1)
      for (const offset of new Set(offsets)) {
        for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
          if (!this.held.has(port + offset)) this.held.set(port + offset, { by, base: port, offset })
        }
      }
    }
    for (let port = 0, open = 0, sum = 0; port <= MAX_PORT + 1; port++) {
      open += this.wanted[port] as number
      this.wanted[port] = sum
      sum += open
    }
  }

  private want(from: number, to: number): void {
    if (from > MAX_PORT) return
    this.wanted[from] = (this.wanted[from] as number) + 1
    const end = Math.min(to, MAX_PORT) + 1
    this.wanted[end] = (this.wanted[end] as number) - 1
  }

  /** Why a base port cannot be used, or will certainly give trouble; null if it can. */
  objection(base: number): Objection | null {
    const { modulus, offsets, bases, http } = this.around
    const same = bases.find(({ from, to }) => from <= base && base <= to)
    if (same !== undefined) {
      const reason = `${same.by} has it too: in a product with both features they would want the same host port`
      return { kind: 'taken', reason }
    }
    if (base + this.highestOffset > MAX_PORT) {
      const reason = `with the highest offset it comes to ${base + this.highestOffset}, over ${MAX_PORT}`
      return { kind: 'out-of-range', reason }
    }
    if (base < FIRST_PORT) {
      const reason = `only root may listen on a port under ${FIRST_PORT}, so rootless Docker cannot publish it`
      return { kind: 'privileged', reason }
    }
    for (const offset of offsets) {
      const met = this.held.get(base + offset)
      if (met === undefined) continue
      const sum = met.offset === null ? '' : `${met.base} + ${met.offset} = `
      const reason = `${base} + ${offset} = ${base + offset} meets ${sum}${met.base + (met.offset ?? 0)} of ${met.by}`
      return { kind: 'taken', reason }
    }
    if (base <= EPHEMERAL.to && base + modulus - 1 >= EPHEMERAL.from) {
      const reason = `with its offsets it reaches into ${EPHEMERAL.from}-${EPHEMERAL.to}, which the kernel gives to outgoing connections`
      return { kind: 'ephemeral', reason }
    }
    const refused = http ? [0, ...offsets].map((offset) => base + offset).find(isRefused) : undefined
    if (refused === undefined) return null
    return {
      kind: 'browser-refuses',
      reason: `browsers refuse to open ${refused} (bad ports of the Fetch standard)`,
    }
  }

  /** The others whose ranges a base port's own range meets: nothing collides yet, but a further product may. */
  neighbours(base: number): Taken[] {
    const { modulus, bases, fixed } = this.around
    const end = base + modulus - 1
    return [
      ...bases.filter(({ from, to }) => from <= end && base <= to + modulus - 1),
      ...fixed.filter(({ from, to }) => from <= end && base <= to),
    ]
  }

  /**
   * The best base port: one without an objection whose range no browser and nobody else has a say in; if there is none, the
   * one whose range meets others least. Among equals the nearest to the one that people expect, then the lower one.
   * @returns null if every port is taken
   */
  choose(expected: number): number | null {
    const { modulus, http } = this.around
    let best: readonly number[] | null = null
    for (let base = FIRST_PORT; base + this.highestOffset <= MAX_PORT; base++) {
      const end = Math.min(base + modulus - 1, MAX_PORT)
      const shared = (this.wanted[end + 1] as number) - (this.wanted[base] as number)
      const refused = http && refusedByBrowsers(base, end) !== undefined ? 1 : 0
      // Above the range is better than in it, but other systems have theirs up to 65535.
      const ephemeral = end < EPHEMERAL.from ? 0 : base > EPHEMERAL.to ? 1 : 2
      const rank = [ephemeral, refused, shared, Math.abs(base - expected), base]
      if (best !== null && !isLess(rank, best)) continue
      const objection = this.objection(base)
      if (objection === null || (objection.kind !== 'taken' && ephemeral + refused > 0)) best = rank
    }
    return best?.[4] ?? null
  }
}

function isRefused(port: number): boolean {
  return refusedByBrowsers(port, port) !== undefined
}

/** By the first number that differs. */
function isLess(one: readonly number[], two: readonly number[]): boolean {
  const at = one.findIndex((number, index) => number !== two[index])
  return at !== -1 && (one[at] as number) < (two[at] as number)
}
