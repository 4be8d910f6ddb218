/** Names and base ports for variables that a fix adds. */

import { nearestPort } from '../claims/nearest-port.js'
import { allowedName } from '../merge/reserved.js'
import { type Range, rangesOverlap } from '../ports/overlap.js'
import { FIRST_PORT, MAX_PORT } from '../ports/value.js'
import type { LintContext } from './context.js'
import { baseVariables } from './port-use.js'

/**
 * Gives names that neither this feature nor another one has: `REDIS_HOST_PORT`, or `BLOG_WEB_HOST_PORT` for the service
 * `web` of feature `blog`, so that no two features meet.
 */
export class NewVariables {
  private readonly taken: Set<string>
  private readonly next = new Map<string, number>()

  constructor(private readonly context: LintContext) {
    this.taken = new Set(context.templates.flatMap(({ stated }) => [...stated.keys()]))
  }

  /** A name for the port of a service. @param container its port in the container, for a second port of the service */
  name(service: string, container: number): string {
    const feature = upper(this.context.feature)
    const own = upper(service)
    const stem = own === feature || own.startsWith(`${feature}_`) ? own : `${feature}_${own}`
    for (const candidate of [stem, `${stem}_${container}`]) {
      const name = allowedName(`${candidate}_HOST_PORT`)
      if (this.take(name)) return name
    }
    for (;;) {
      const number = this.next.get(stem) ?? 2
      this.next.set(stem, number + 1)
      const name = allowedName(`${stem}_${container}_${number}_HOST_PORT`)
      if (this.take(name)) return name
    }
  }

  /** A name that is wanted, where nobody has it; else one for the port of a service. */
  nameLike(wanted: string, service: string, container: number): string {
    const name = allowedName(wanted)
    return this.take(name) ? name : this.name(service, container)
  }

  private take(name: string): boolean {
    if (this.taken.has(name) || this.context.others.stating(name).length > 0) return false
    this.taken.add(name)
    return true
  }
}

/** `MY_FEATURE` of `my-feature`: as the name of a variable may start. */
export function upper(name: string): string {
  const plain = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
  return /^[A-Z]/.test(plain) ? plain : `FEATURE_${plain}`
}

/** Gives base ports near the ones that are wanted, with which no rule finds fault. */
export class NewBases {
  private readonly taken: Range[]

  constructor(private readonly context: LintContext) {
    this.taken = context.templates.flatMap((template) =>
      baseVariables({ ...context, template }).map(({ port: { from, to } }) => ({ from, to })),
    )
  }

  /** The same ports as `find`, which nobody gets again. */
  take(wanted: Range): Range | null {
    const range = this.find(wanted)
    if (range !== null) this.taken.push(range)
    return range
  }

  /**
   * The wanted ports themselves where they will do, else the nearest ones that do; null if none do. What several features
   * state as a number is the first one's, so that each gets the same whichever of them are fixed, and in which order.
   */
  find(wanted: Range): Range | null {
    const { others, feature } = this.context
    if (this.isFree(wanted) && others.publishing(wanted).every((other) => other > feature)) return wanted
    const length = wanted.to - wanted.from
    // 8080 and 8443 are what people take for 80 and 443.
    const near = wanted.from < FIRST_PORT ? wanted.from + 8000 : wanted.from
    const from = nearestPort(near, (port) => {
      const range = { from: port, to: port + length }
      return this.isFree(range) && others.publishing(range).length === 0 ? 0 : null
    })
    return from === null ? null : { from, to: from + length }
  }

  private isFree({ from, to }: Range): boolean {
    const { modulus, ephemeral, others } = this.context
    const highest = to + modulus - 1
    if (from < FIRST_PORT || highest > MAX_PORT) return false
    if (ephemeral !== null && from <= ephemeral.to && highest >= ephemeral.from) return false
    if (this.taken.some((range) => rangesOverlap(range, { from, to }))) return false
    return others.withBase({ from, to }).length === 0
  }
}
