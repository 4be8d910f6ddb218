/** Whose localhost a text means: the one of the host, or that of the container in which the text is read. */

import { parsePortRange } from '../compose/port.js'
import { references } from '../env/expand.js'
import type { Range } from '../ports/overlap.js'
import { type LintContext, rawOf } from './context.js'
import { type ServiceValue, serviceValues } from './service-values.js'

/**
 * `host`: a browser or a tool on the host follows the URL. `container`: a process in the container calls itself, whose
 * ports no offset moves. `either`: only a person can tell.
 */
export type Reader = 'host' | 'container' | 'either'

/** How many variables and values are looked at for one text: a hostile template would take minutes. */
const MAX_FOLLOWED = 1000

/** Tells it for the texts of one feature. */
export class Localhost {
  /** The ports on which the containers of a service listen, as far as the Compose files say so. */
  private readonly ports = new Map<string, Range[]>()
  /** The values of services that refer to a variable. */
  private readonly values = new Map<string, ServiceValue[]>()
  /** The variables of the template that refer to a variable. */
  private readonly users = new Map<string, string[]>()

  constructor({ compose, template }: LintContext) {
    for (const { service, container } of compose?.ports ?? []) add(this.ports, service, container)
    for (const value of serviceValues(compose)) {
      const range = value.path[0] === 'expose' ? parsePortRange(value.text.replace(/\/.*/s, '')) : null
      if (range !== null) add(this.ports, value.service, range)
      for (const name of namesIn(value.raw)) add(this.values, name, value)
    }
    for (const statement of template.stated.values()) {
      if (statement.quote === "'") continue
      for (const name of namesIn(rawOf(template, statement))) add(this.users, name, statement.key)
    }
  }

  /** Who reads `localhost:PORT` in the value of a variable. */
  ofVariable(key: string, port: number): Reader {
    const readers = this.readersOf(key)
    // What cannot be found out in time is for a person to say.
    return readers === null ? 'either' : together(readers.map((value) => this.ofValue(value, port)))
  }

  /** Who reads it in a value of a service. */
  ofValue({ service, path }: ServiceValue, port: number): Reader {
    const [key] = path
    // Labels are for a proxy or a dashboard, which runs elsewhere.
    if (key === 'labels') return 'host'
    if (key === 'healthcheck') return 'container'
    return this.ports.get(service)?.some(({ from, to }) => from <= port && port <= to) ? 'either' : 'host'
  }

  /** The values of services to which a variable comes, by way of others too. */
  private readersOf(key: string): ServiceValue[] | null {
    const seen = new Set([key])
    const found: ServiceValue[] = []
    for (const name of seen) {
      const values = this.values.get(name) ?? []
      const users = this.users.get(name) ?? []
      if (found.length + seen.size + values.length + users.length > MAX_FOLLOWED) return null
      found.push(...values)
      for (const user of users) seen.add(user)
    }
    return found
  }
}

/** What several readers come to. */
export function together(readers: readonly Reader[]): Reader {
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
