/** Ports that the env files of two products share, by number: a plain merge reads no Compose file. */
import { addressesOverlap, canonicalAddress, type Range } from '../ports/overlap.js'
import { MAX_PORT, parsePortValue, rangeText } from '../ports/value.js'
import type { IsPort } from '../ports/variable.js'

/** A port variable with its host ports. */
export interface EnvPort extends Range {
  readonly key: string
  readonly address: string
}

/** Returns the ports of an env file. @param values as Compose reads them: byte strings */
export function portsIn(values: ReadonlyMap<string, string>, isPort: IsPort): EnvPort[] {
  return [...values].flatMap(([key, value]) => {
    const port = isPort(key) ? parsePortValue(value) : 'empty'
    if (typeof port === 'string') return []
    const address = port.address === '' ? '' : canonicalAddress(port.address.slice(0, -1))
    return [{ key, from: port.from, to: Math.min(port.to, MAX_PORT), address }]
  })
}

/** The number of users of one port, of ports in one message, and of messages for one product. */
const MOST_NAMED = 5

/** The users of each port, of the owners added so far. */
export class SharedPorts {
  readonly #users = new Map<number, { readonly owner: string; readonly address: string }[]>()

  add(owner: string, ports: readonly EnvPort[]): void {
    for (const { from, to, address } of ports) {
      for (let port = from; port <= to; port++) {
        const users = this.#users.get(port)
        if (users === undefined) this.#users.set(port, [{ owner, address }])
        else if (users.length < MOST_NAMED) users.push({ owner, address })
      }
    }
  }

  /** Returns the owners that use some of the ports, those with the most of them first. */
  sharedWith(ports: readonly EnvPort[]): { readonly owner: string; readonly ports: readonly EnvPort[] }[] {
    const shared = new Map<string, Set<EnvPort>>()
    for (const port of ports) {
      for (let number = port.from; number <= port.to; number++) {
        for (const { owner, address } of this.#users.get(number) ?? []) {
          if (!addressesOverlap(address, port.address)) continue
          shared.set(owner, (shared.get(owner) ?? new Set()).add(port))
        }
      }
    }
    const owners = [...shared].map(([owner, found]) => ({ owner, ports: [...found] }))
    return owners.sort((a, b) => b.ports.length - a.ports.length).slice(0, MOST_NAMED)
  }
}

/** `Port 6971 (REDIS_HOST_PORT) is also used by shop`, `Ports 6971 (REDIS_HOST_PORT), … and 3 more are also …` */
export function sharedText(ports: readonly EnvPort[], owner: string): string {
  const names = ports.slice(0, MOST_NAMED).map((port) => `${rangeText(port)} (${port.key})`)
  if (ports.length === 1) return `Port ${names[0]} is also used by ${owner}`
  const last = ports.length > MOST_NAMED ? `${ports.length - MOST_NAMED} more` : names.pop()
  return `Ports ${names.join(', ')} and ${last} are also used by ${owner}`
}
