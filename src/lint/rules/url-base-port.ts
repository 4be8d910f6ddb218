import { formatPort, type PortValue, parsePortValue } from '../../ports/value.js'
import type { LintContext } from '../context.js'
import { type HostUrl, type NamedPort, urlsOfCompose, urlsOfTemplate } from '../host-url.js'
import { baseVariables, ownPorts } from '../port-use.js'
import type { Found, Rule } from '../rule.js'
import { placeOf } from '../show.js'

export const urlBasePort = {
  code: 'url-base-port',
  group: 'ports',
  severity: 'warning',
  meaning: 'A value names a host port, such as `http://localhost:8025`, that the merge will move.',
  reason:
    'The port variable gets the offset, the URL does not: it leads nowhere, or to another product. Compose fills in a reference, if the variable stands above it. In a container, `localhost` is the container itself, whose ports stay: that is what a health check means, and where a value goes to the container that listens on this very port, only you can tell which is meant.',
  bad: {
    'features/redis/.env.example':
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n# Where to look\nREDIS_UI_URL=http://localhost:8001/keys\n',
  },
  good: {
    'features/redis/.env.example':
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_UI_HOST_PORT}/keys\n',
  },
  fix: 'puts the reference in place of the number, unless the container itself may be meant, or the variable is more than that one port; in single quotes, where nothing is filled in, double ones come in their place',
  *check(context) {
    const moved = new Moved(context)
    for (const url of urlsOfTemplate(context)) yield* findings(url, moved)
    for (const url of urlsOfCompose(context)) yield* findings(url, moved)
  },
} as const satisfies Rule

/** A port that the merge moves, and by which variable. */
interface Base {
  readonly variable: string
  readonly port: PortValue
  readonly where: string
  /** The feature that states it, if it is another one. */
  readonly feature?: string
}

/** Finds the variable that moves a port: the feature's own, else another feature's. */
class Moved {
  private readonly bases = new Map<number, Base | null>()
  private readonly ranges: readonly Base[]

  constructor(private readonly context: LintContext) {
    const { file } = context.template
    const all = baseVariables(context).map(({ key, statement: { line }, port }): Base => {
      return { variable: key, port, where: placeOf({ file, line }) }
    })
    for (const base of all) if (base.port.from === base.port.to) this.bases.set(base.port.from, base)
    this.ranges = all.filter(({ port }) => port.from !== port.to).slice(0, MAX_RANGES)
    // A number that the Compose file itself publishes is that port's, which another rule moves.
    for (const { literal, host } of ownPorts(context)) {
      if (literal && host !== null && host.from === host.to && !this.bases.has(host.from))
        this.bases.set(host.from, null)
    }
  }

  by(port: number): Base | null {
    const known = this.bases.get(port)
    if (known !== undefined) return known
    const base =
      this.ranges.find(({ port: { from, to } }) => from <= port && port <= to) ?? this.foreign(port)
    this.bases.set(port, base)
    return base
  }

  private foreign(number: number): Base | null {
    const [stated] = this.context.others.withBase({ from: number, to: number })
    if (stated === undefined) return null
    const { key, feature } = stated
    const port = parsePortValue(stated.value)
    return typeof port === 'string' ? null : { variable: key, port, where: placeOf(stated), feature }
  }
}

/** Ranges are gone through one by one; no feature has this many. */
const MAX_RANGES = 100

/** One finding for what can be referred to as it stands, and one for each port that is for a person to decide. */
function* findings(url: HostUrl, moved: Moved): Generator<Found> {
  const { file, line, column } = url
  const at = { file, line, ...(column === undefined ? {} : { column }) }
  const refer: (readonly [NamedPort, Base])[] = []
  const said = new Set<string>()
  for (const named of url.ports) {
    const base = moved.by(Number(named.number))
    const reader = base === null ? 'container' : url.readerOf(named)
    // To the container itself, another feature's port is nothing.
    if (base === null || reader === 'container' || (reader === 'either' && base.feature !== undefined))
      continue
    const next = reader === 'either' ? nextOfEither(named, base) : nextOf(named, base)
    if (next === null) refer.push([named, base])
    else if (!said.has(next)) {
      said.add(next)
      yield { ...at, message: messageOf(url, named, base), next }
    }
  }
  const [first] = refer
  if (first === undefined) return
  const [named, base] = first
  const edits = url.refer(refer.map(([each, { variable }]) => [each, variable]))
  const above = url.before === null ? '' : `; ${base.variable} has to stand above it`
  const next = `Write \${${base.variable}} in place of ${named.number}${above}.`
  yield { ...at, message: messageOf(url, named, base), next, ...(edits === null ? {} : { edits }) }
}

function messageOf({ title }: HostUrl, { number }: NamedPort, { variable, where, feature }: Base): string {
  const whose = feature === undefined ? '' : ` of feature ${feature}`
  return `${title} names port ${number}, which the merge moves with ${variable}${whose} (${where})`
}

/** Null where the variable just takes the place of the number. */
function nextOf({ host, number }: NamedPort, { variable, port, feature }: Base): string | null {
  if (port.from !== port.to)
    return `${variable} is a range, which no URL can hold: give port ${number} a variable of its own.`
  if (port.address !== '' && !/^(?:127\.|\[::1\])/.test(port.address))
    return `${variable} holds the address too (${formatPort(port)}): state the port alone in it, and the address in the Compose file; then write \${${variable}} in place of ${number}.`
  if (port.address !== '')
    return `${variable} holds the address too (${formatPort(port)}): write \${${variable}} in place of ${host}:${number}, or state the port alone in ${variable}, and the address in the Compose file.`
  if (feature === undefined) return null
  return `Write \${${variable}} in place of ${number}; ${feature} has to stand before this feature in the products' features:.`
}

function nextOfEither({ number }: NamedPort, { variable }: Base): string {
  return `If a browser or a tool on the host follows it, write \${${variable}} in place of ${number}. If the container calls itself, leave ${number}, which does not move in there, and give ${variable} another base port, so that the two differ.`
}
