import type { Range } from '../../ports/overlap.js'
import { formatPort, type PortValue, parsePortValue } from '../../ports/value.js'
import { baseVariables, type LintContext, ownPorts, placeOf } from '../context.js'
import { type HostUrl, type NamedPort, urlsOfCompose, urlsOfTemplate } from '../host-url.js'
import { ENV, type Found, found, type Rule } from '../rule.js'

export const urlBasePort = {
  code: 'url-base-port',
  group: 'ports',
  severity: 'warning',
  meaning: 'A value contains a host port, such as `http://localhost:8025`, that a merge shifts.',
  reason:
    'A merge shifts the port variable but not the URL, which then leads nowhere or to another product. Compose expands a reference if the variable is defined above it. Inside a container, `localhost` is the container itself, whose ports do not change: a health check means that one. If the value goes to the container that listens on this very port, only you know which one is meant.',
  bad: {
    [ENV]:
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n# Where to look\nREDIS_UI_URL=http://localhost:8001/keys\n',
  },
  good: {
    [ENV]:
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_UI_HOST_PORT}/keys\n',
  },
  fix: 'replaces the number with a reference, unless the container itself may be meant or the variable holds more than that one port; single quotes, which prevent expansion, become double quotes',
  *check(context) {
    const baseOf = basesOf(context)
    for (const url of [...urlsOfTemplate(context), ...urlsOfCompose(context)]) yield* findings(url, baseOf)
  },
} as const satisfies Rule

/** A port that a merge shifts, with its variable. */
interface Base {
  readonly variable: string
  readonly port: PortValue
  readonly where: string
  /** Set if another feature defines it. */
  readonly feature?: string
}

/** Returns a search for the variable that shifts a port: the feature's own, otherwise another feature's. */
function basesOf(context: LintContext): (port: number) => Base | null {
  const own = baseVariables(context).map((variable): Base => {
    return { variable: variable.key, port: variable.port, where: placeOf(variable) }
  })
  // literal-port reports a number that the Compose file itself publishes.
  const literal = ownPorts(context).filter(({ literal, host }) => literal && host?.from === host?.to)
  return (number) => {
    const isIn = ({ from, to }: Range) => from <= number && number <= to
    const exact = own.findLast(({ port: { from, to } }) => from === number && to === number)
    if (exact !== undefined) return exact
    if (literal.some(({ host }) => host !== null && isIn(host))) return null
    const range = own.find(({ port }) => isIn(port))
    if (range !== undefined) return range
    const [defined] = context.others.withBase({ from: number, to: number })
    const port = defined === undefined ? 'empty' : parsePortValue(defined.value)
    if (defined === undefined || typeof port === 'string') return null
    return { variable: defined.key, port, where: placeOf(defined), feature: defined.feature }
  }
}

/** Reports all simple replacements as one finding, and each port that needs a decision as its own. */
function* findings(url: HostUrl, baseOf: (port: number) => Base | null): Generator<Found> {
  const refer: (readonly [NamedPort, Base])[] = []
  const said = new Set<string>()
  for (const named of url.ports) {
    const base = baseOf(Number(named.number))
    const reader = base === null ? 'container' : url.readerOf(named)
    // The container itself never listens on another feature's port.
    if (base === null || reader === 'container' || (reader === 'either' && base.feature !== undefined))
      continue
    const next = reader === 'either' ? nextOfEither(named, base) : nextOf(named, base)
    if (next === null) refer.push([named, base])
    else if (!said.has(next)) {
      said.add(next)
      yield found(url, messageOf(url, named, base), next)
    }
  }
  if (refer[0] === undefined) return
  const [named, base] = refer[0]
  const edits = url.refer(refer.map(([each, { variable }]) => [each, variable]))
  const above = url.before === null ? '' : `, and define ${base.variable} above it`
  const next = `Replace ${named.number} with \${${base.variable}}${above}.`
  yield found(url, messageOf(url, named, base), next, edits === null ? null : { edits })
}

function messageOf({ title }: HostUrl, { number }: NamedPort, { variable, where, feature }: Base): string {
  const whose = feature === undefined ? '' : ` of feature ${feature}`
  return `${title} contains port ${number}, which a merge shifts with ${variable}${whose} (${where})`
}

/** Returns null if the variable can simply replace the number. */
function nextOf({ host, number }: NamedPort, { variable, port, feature }: Base): string | null {
  if (port.from !== port.to)
    return `Give port ${number} its own variable: ${variable} is a range, which a URL cannot contain.`
  if (port.address !== '' && !/^(?:127\.|\[::1\])/.test(port.address))
    return `Move the address from ${variable} (${formatPort(port)}) to the Compose file, then replace ${number} with \${${variable}}.`
  if (port.address !== '')
    return `Replace ${host}:${number} with \${${variable}}, or move the address from ${variable} (${formatPort(port)}) to the Compose file.`
  if (feature === undefined) return null
  return `Replace ${number} with \${${variable}}, and list ${feature} before this feature under features: in each product.`
}

function nextOfEither({ number }: NamedPort, { variable }: Base): string {
  return `Replace ${number} with \${${variable}} if a browser or a tool on the host follows the URL; if the container calls itself, keep ${number} and give ${variable} another base port, so that the two differ.`
}
