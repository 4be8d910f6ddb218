import type { PublishedPort } from '../../compose/published.js'
import { rangeText } from '../../ports/range.js'
import { parsePortValue } from '../../ports/value.js'
import { isPortVariable } from '../../ports/variable.js'
import type { LintContext } from '../context.js'
import { addVariable } from '../edit.js'
import { NewBases } from '../new-variable.js'
import { ownPorts } from '../port-use.js'
import type { Edit, Rule } from '../rule.js'

export const portMissing = {
  code: 'port-missing',
  group: 'ports',
  severity: 'error',
  meaning: 'A Compose file publishes a port from a variable that no template states.',
  reason:
    'The merge has no base port to shift. Docker then publishes a random port and reports success; with a default in the Compose file (`${REDIS_HOST_PORT:-6380}`) all products want that one port.',
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
  fix: 'states the default, where the Compose file has one, in the template',
  *check(context) {
    const seen = new Set<string>()
    const bases = new NewBases(context)
    for (const port of ownPorts(context)) {
      const name = missing(context, port)
      if (name === null || seen.has(name)) continue
      seen.add(name)
      const { file, line, column } = port.hostSpan ?? port.span
      const base = bases.find(port.host ?? { from: 8080, to: 8080 })
      const edits = stateDefault(context, port, name, bases)
      const effect =
        port.host === null
          ? 'Docker publishes a random port and reports success'
          : `every product gets ${rangeText(port.host)}, without an offset`
      yield {
        file,
        line,
        column,
        message: `service ${port.service} publishes \${${name}}, but ${context.template.file} does not state ${name}: ${effect}`,
        next: `State a base port there: ${name}=${base === null ? '8080' : rangeText(base)}`,
        ...(edits === null ? {} : { edits }),
      }
    }
  },
} as const satisfies Rule

function missing({ template, others }: LintContext, { references, chance }: PublishedPort): string | null {
  const names = references.map(({ name }) => name)
  if (names.some((name) => template.stated.has(name) || others.stating(name).length > 0)) return null
  // Of a name that is no port variable's the other rule speaks, unless the port is left to chance.
  return names.find(isPortVariable) ?? (chance ? (names[0] ?? null) : null)
}

function stateDefault(
  { templates }: LintContext,
  { references, hostText, host, service, container }: PublishedPort,
  name: string,
  bases: NewBases,
): Edit[] | null {
  const [only] = references
  const isWhole = references.length === 1 && only?.start === 0 && only.end === hostText?.length
  if (!isWhole || host === null || !isPortVariable(name) || !only?.operator.endsWith('-')) return null
  const value = parsePortValue(only.operand)
  const lacking = templates.filter(({ stated }) => !stated.has(name))
  if (typeof value === 'string' || lacking.some(({ doc }) => doc.refusal !== null)) return null
  const base = bases.take(value)
  if (base === null) return null
  const comment = `Port that ${service} publishes on the host (${rangeText(container)} in the container)`
  return lacking.map((template) => addVariable(template, comment, name, rangeText(base)))
}
