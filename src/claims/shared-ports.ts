/** Ports that a merge gives to one product and that another product's env file has, too: by number, without Compose files. */
import { addressesOverlap, canonicalAddress, type Range, rangesOverlap } from '../ports/overlap.js'
import { parsePortValue, rangeText } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import { type Place, type Problem, problem } from '../problem.js'

/** A port variable with its host ports. */
interface UsedPort extends Range {
  readonly key: string
  readonly address: string
}

/** The ports of a product env. @param values what Compose reads in it: byte strings */
export function portsIn(values: ReadonlyMap<string, string>): UsedPort[] {
  return [...values].flatMap(([key, value]) => {
    const port = isPortVariable(key) ? parsePortValue(value) : 'empty'
    if (typeof port === 'string') return []
    const address = port.address === '' ? '' : canonicalAddress(port.address.slice(0, -1))
    return [{ key, from: port.from, to: port.to, address }]
  })
}

/** More owners of one port, more ports of one warning, or more warnings for one product than this are not named. */
const MOST_NAMED = 5

/** Who uses which port, of the owners added so far. */
export class SharedPorts {
  private readonly single = new Map<number, { owner: string; address: string }[]>()
  private readonly ranges: (UsedPort & { owner: string })[] = []

  add(owner: string, ports: readonly UsedPort[]): void {
    for (const port of ports) {
      if (port.from !== port.to) {
        this.ranges.push({ owner, ...port })
        continue
      }
      const users = this.single.get(port.from)
      if (users === undefined) this.single.set(port.from, [{ owner, address: port.address }])
      else if (users.length < MOST_NAMED) users.push({ owner, address: port.address })
    }
  }

  /** Warns of each owner that uses some of the ports, those with the most of them first. */
  warnings(ports: readonly UsedPort[], placeOf: (key: string) => Place): Problem[] {
    const shared = new Map<string, UsedPort[]>()
    for (const port of ports) {
      for (const owner of this.usersOf(port)) {
        const list = shared.get(owner)
        if (list === undefined) shared.set(owner, [port])
        else list.push(port)
      }
    }
    const most = [...shared].sort(([, a], [, b]) => b.length - a.length)
    return most.slice(0, MOST_NAMED).map(([owner, all]) => {
      const next = 'Run `product check --fix` to give one of them another offset.'
      const place = placeOf((all[0] as UsedPort).key)
      return problem('collision', place, `${portList(all)} also used by ${owner}`, next)
    })
  }

  private usersOf(port: UsedPort): Set<string> {
    const meets = ({ address }: { address: string }) => addressesOverlap(address, port.address)
    const users = new Set<string>()
    const addAll = (list: readonly { owner: string; address: string }[] = []) => {
      for (const user of list) if (meets(user)) users.add(user.owner)
    }
    if (port.from === port.to) addAll(this.single.get(port.from))
    else for (const [number, list] of this.single) if (port.from <= number && number <= port.to) addAll(list)
    addAll(this.ranges.filter((range) => rangesOverlap(range, port)))
    return users
  }
}

/** `Port 6971 (REDIS_HOST_PORT) is`, `Ports 6971 (REDIS_HOST_PORT), 8000-8010 (WEB_HOST_PORT) and 3 more are`. */
function portList(ports: readonly UsedPort[]): string {
  const names = ports.slice(0, MOST_NAMED).map((port) => `${rangeText(port)} (${port.key})`)
  if (ports.length === 1) return `Port ${names[0]} is`
  const last = ports.length > MOST_NAMED ? `${ports.length - MOST_NAMED} more` : names.pop()
  return `Ports ${names.join(', ')} and ${last} are`
}
