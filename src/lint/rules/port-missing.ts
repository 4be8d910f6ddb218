import type { PublishedPort } from '../../compose/published.js'
import { allowedName } from '../../merge/reserved.js'
import type { Range } from '../../ports/overlap.js'
import { parsePortValue, rangeText } from '../../ports/value.js'
import { type LintContext, ownPorts } from '../context.js'
import { defaultOf, NewPorts } from '../new-port.js'
import { COMPOSE, ENV, type Found, found, PORT, REDIS, type Rule } from '../rule.js'

export const portMissing = {
  code: 'port-missing',
  group: 'ports',
  severity: 'error',
  meaning: 'A Compose file publishes a port from a variable that no template sets.',
  reason:
    'A merge has no base port to shift. Docker then publishes a random port and reports success; if the Compose file has a default (`${REDIS_HOST_PORT:-6380}`), all products compete for that port.',
  bad: {
    [ENV]: '# Memory\nREDIS_MEMORY=128mb\n',
    [COMPOSE]: `${REDIS}    ports:\n      - "\${REDIS_HOST_PORT:-6380}:6379"\n`,
  },
  good: { [ENV]: PORT, [COMPOSE]: `${REDIS}    ports:\n      - "\${REDIS_HOST_PORT:-6380}:6379"\n` },
  fix: 'adds the variable to the template with the default of the Compose file, if there is one',
  *check(context) {
    const seen = new Set<string>()
    const ports = new NewPorts(context)
    for (const port of ownPorts(context)) {
      const name = missing(context, port)
      if (name === null || seen.has(name)) continue
      seen.add(name)
      const { host, service } = port
      const isFree = host !== null && ports.find(host)?.from === host.from
      const fix = setDefault(context, port, name, ports)
      const effect =
        host === null ? 'Docker publishes a random port' : `every product publishes ${rangeText(host)}`
      yield found(
        port.hostSpan ?? port.span,
        `Service ${service} publishes \${${name}}, which ${context.template.file} does not set, so ${effect}`,
        nextStep(name, isFree ? host : null, host, fix !== null),
        fix,
      )
    }
  },
} as const satisfies Rule

function missing(
  { template, others, isPort }: LintContext,
  { references, host }: PublishedPort,
): string | null {
  const names = references.map(({ name }) => name)
  if (names.some((name) => template.defined.has(name) || others.defining(name).length > 0)) return null
  // port-not-shifted reports other names, unless Docker chooses the port at random.
  return names.find(isPort) ?? (host === null ? (names[0] ?? null) : null)
}

function nextStep(name: string, free: Range | null, wanted: Range | null, isFixable: boolean): string {
  const allowed = allowedName(name)
  if (allowed !== name)
    return `Rename it to ${allowed} in the Compose file and the template: a merge refuses ${name}.`
  if (free !== null) return `Set the base port there: ${name}=${rangeText(free)}`
  if (wanted === null) return `Set a base port there, for example ${name}=8080.`
  const who = isFixable ? '--fix finds a free one' : '`feature list` shows the taken ports'
  return `Set ${name} there to another base port, because ${rangeText(wanted)} is taken or unsuitable: ${who}.`
}

/** Adds the variable with the default of the Compose file. */
function setDefault(
  { templates, isPort }: LintContext,
  port: PublishedPort,
  name: string,
  ports: NewPorts,
): Pick<Found, 'edits' | 'replaces'> | null {
  // A merge refuses a feature that sets a reserved name.
  if (allowedName(name) !== name || !isPort(name)) return null
  const value = parsePortValue(defaultOf(port) ?? '')
  if (typeof value === 'string') return null
  const lacking = templates.filter(({ defined }) => !defined.has(name))
  const added = ports.add(name, value, port, lacking)
  return added === null ? null : { edits: added.edits, replaces: added.replaces }
}
