/** Which localhost a text means: that of the host, or that of the container that reads the text. */
import { parsePortRange } from '../compose/port.js'
import { references } from '../env/expand.js'
import type { Range } from '../ports/overlap.js'
import { type LintContext, rawOf } from './context.js'
import { type ServiceValue, serviceValues } from './service-values.js'

/**
 * `host`: a browser or a tool on the host. `container`: the container itself, whose ports no offset shifts.
 * `either`: only a person can decide.
 */
export type Reader = 'host' | 'container' | 'either'

/** The number of variables and values that are followed for one text: a hostile template would take minutes. */
const MAX_FOLLOWED = 1000

export class Localhost {
  /** The ports on which the containers of a service listen, as far as the Compose files say. */
  private readonly ports = new Map<string, Range[]>()
  /** The values of services, by the variables that they refer to. */
  private readonly values = new Map<string, ServiceValue[]>()
  /** The variables of the template, by the variables that they refer to. */
  private readonly users = new Map<string, string[]>()

  constructor({ compose, template }: LintContext) {
    for (const { service, container } of compose?.ports ?? []) add(this.ports, service, container)
    for (const value of serviceValues(compose)) {
      const range = value.path[0] === 'expose' ? parsePortRange(value.text.replace(/\/.*/s, '')) : null
      if (range !== null) add(this.ports, value.service, range)
      for (const name of namesIn(value.raw)) add(this.values, name, value)
    }
    for (const statement of template.defined.values()) {
      if (statement.quote === "'") continue
      for (const name of namesIn(rawOf(template, statement))) add(this.users, name, statement.key)
    }
  }

  /** Returns who reads `localhost:PORT` in the value of a variable, which other variables may pass on. */
  ofVariable(key: string, port: number): Reader {
    const seen = new Set([key])
    const found: ServiceValue[] = []
    for (const name of seen) {
      const values = this.values.get(name) ?? []
      const users = this.users.get(name) ?? []
      if (found.length + seen.size + values.length + users.length > MAX_FOLLOWED) return 'either'
      found.push(...values)
      for (const user of users) seen.add(user)
    }
    return combined(found.map((value) => this.ofValue(value, port)))
  }

  ofValue({ service, path: [key] }: ServiceValue, port: number): Reader {
    // Labels are for a proxy or a dashboard, which runs elsewhere.
    if (key === 'labels') return 'host'
    if (key === 'healthcheck') return 'container'
    return this.ports.get(service)?.some(({ from, to }) => from <= port && port <= to) ? 'either' : 'host'
  }
}

export function combined(readers: readonly Reader[]): Reader {
  const [first = 'host', ...more] = new Set(readers)
  return more.length === 0 ? first : 'either'
}

function namesIn(raw: string): Set<string> {
  return new Set(references(raw).map(({ name }) => name))
}

function add<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
