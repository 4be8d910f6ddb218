import type { PublishedPort } from '../../compose/published.js'
import { rangeText } from '../../ports/value.js'
import { isPortVariable } from '../../ports/variable.js'
import type { LintContext } from '../context.js'
import { placeOf } from '../context.js'
import { insideUses } from '../inside-port.js'
import { NewVariables, upper } from '../new-variable.js'
import { ownPorts } from '../port-use.js'
import type { Rule } from '../rule.js'

export const portNotShifted = {
  code: 'port-not-shifted',
  group: 'ports',
  severity: 'error',
  meaning:
    'A host port comes from a variable whose name does not end in `_HOST_PORT`, `_PORT_ONE` or `_PORT_TWO`.',
  reason:
    'A merge recognises port variables by their names. It copies any other value into every product unchanged, so two products compete for the same port.',
  bad: {
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_PORT=6380\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_PORT}:6379"\n',
  },
  good: {
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT}:6379"\n',
  },
  *check(context) {
    const { template, feature } = context
    const seen = new Set<string>()
    const names = new NewVariables(context)
    for (const port of ownPorts(context)) {
      const name = unshifted(context, port)
      if (name === null || seen.has(name)) continue
      seen.add(name)
      const use = port.hostSpan ?? port.span
      const statement = template.stated.get(name)
      const wanted = suggestedName(name, feature)
      const better = names.nameLike(wanted, port.service, port.container.from)
      const where = statement === undefined ? '' : ` (${placeOf(use)})`
      yield {
        ...(statement === undefined
          ? { file: use.file, line: use.line, column: use.column }
          : { file: template.file, line: statement.line }),
        message: `Service ${port.service} publishes \${${name}}${where}, but a merge does not shift a variable with that name`,
        next: `Rename it to ${better} in the template and the Compose file${insideText(context, name, port)}.`,
      }
    }
  },
} as const satisfies Rule

/** Names a place where the new name would be wrong, because a container keeps its port. */
function insideText(context: LintContext, name: string, { container }: PublishedPort): string {
  const [use] = insideUses(context, (variable) => variable === name)
  if (use === undefined) return ''
  const what =
    use.host === null ? 'the port that the container listens on' : rangeText(use.container ?? container)
  return `, but where it is a port inside a container, as in ${placeOf(use)}, write ${what}`
}

/** Returns the variable of a host port that contains no port variable. */
function unshifted({ template, others }: LintContext, { references, host }: PublishedPort): string | null {
  const names = references.map(({ name }) => name)
  if (names.some(isPortVariable)) return null
  const stated = names.find((name) => template.stated.has(name))
  if (stated !== undefined) return stated
  const [first] = names
  // port-missing reports a random port; another feature's variable is reported there.
  if (first === undefined || host === null || others.stating(first).length > 0) return null
  return first
}

function suggestedName(name: string, feature: string): string {
  if (/^(?:HOST_)?PORT$/i.test(name)) return `${upper(feature)}_HOST_PORT`
  return `${name.replace(/_?PORT(_HOST)?$/i, '').replace(/_HOST$/i, '')}_HOST_PORT`
}
