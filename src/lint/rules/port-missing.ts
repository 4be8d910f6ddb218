import type { PublishedPort } from '../../compose/published.js'
import { allowedName } from '../../merge/reserved.js'
import type { Range } from '../../ports/overlap.js'
import { parsePortValue, rangeText } from '../../ports/value.js'
import { isPortVariable } from '../../ports/variable.js'
import type { LintContext, Template } from '../context.js'
import { addVariable } from '../edit.js'
import { NewBases } from '../new-variable.js'
import { ownPorts } from '../port-use.js'
import { Renumbering } from '../renumber.js'
import type { Found, Rule } from '../rule.js'

export const portMissing = {
  code: 'port-missing',
  group: 'ports',
  severity: 'error',
  meaning: 'A Compose file publishes a port from a variable that no template sets.',
  reason:
    'A merge has no base port to shift. Docker then publishes a random port and reports success; if the Compose file has a default (`${REDIS_HOST_PORT:-6380}`), all products compete for that port.',
  bad: {
    'features/redis/.env.example': '# Memory\nREDIS_MEMORY=128mb\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT:-6380}:6379"\n',
  },
  good: {
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT:-6380}:6379"\n',
  },
  fix: 'adds the variable to the template with the default of the Compose file, if there is one',
  *check(context) {
    const seen = new Set<string>()
    const bases = new NewBases(context)
    const renumbering = new Renumbering(context)
    for (const port of ownPorts(context)) {
      const name = missing(context, port)
      if (name === null || seen.has(name)) continue
      seen.add(name)
      const { file, line, column } = port.hostSpan ?? port.span
      const isFree = port.host !== null && bases.find(port.host)?.from === port.host.from
      const fix = stateDefault(context, port, name, bases, renumbering)
      const effect =
        port.host === null
          ? 'Docker publishes a random port'
          : `every product publishes ${rangeText(port.host)}`
      yield {
        file,
        line,
        column,
        message: `Service ${port.service} publishes \${${name}}, which ${context.template.file} does not set, so ${effect}`,
        next: nextStep(name, isFree ? port.host : null, port.host, fix !== null),
        ...fix,
      }
    }
  },
} as const satisfies Rule

function missing({ template, others }: LintContext, { references, host }: PublishedPort): string | null {
  const names = references.map(({ name }) => name)
  if (names.some((name) => template.stated.has(name) || others.stating(name).length > 0)) return null
  // port-not-shifted reports other names, unless Docker chooses the port at random.
  return names.find(isPortVariable) ?? (host === null ? (names[0] ?? null) : null)
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

function stateDefault(
  { templates }: LintContext,
  { references, hostText, host, service, container }: PublishedPort,
  name: string,
  bases: NewBases,
  renumbering: Renumbering,
): Pick<Found, 'edits' | 'replaces'> | null {
  const [only] = references
  // A merge refuses a feature that sets a reserved name.
  if (allowedName(name) !== name) return null
  const isWhole = references.length === 1 && only?.start === 0 && only.end === hostText?.length
  if (!isWhole || host === null || !isPortVariable(name) || !only?.operator.endsWith('-')) return null
  const value = parsePortValue(only.operand)
  const lacking = templates.filter(({ stated }) => !stated.has(name))
  if (typeof value === 'string' || lacking.some(({ doc }) => doc.refusal !== null)) return null
  const base = bases.take(value)
  if (base === null) return null
  const isMoved = base.from !== value.from
  const followers = isMoved ? renumbering.of(value, name) : { edits: [], before: new Map<Template, number>() }
  if (followers === null) return null
  const comment = `Port that ${service} publishes on the host (${rangeText(container)} in the container)`
  const added = lacking.map((template) =>
    addVariable(template, comment, name, rangeText(base), followers.before.get(template)),
  )
  return {
    edits: [...added, ...followers.edits],
    replaces: isMoved ? { [name]: rangeText(value) } : {},
  }
}
