import type { PublishedPort } from '../../compose/published.js'
import { rangeText } from '../../ports/value.js'
import { type LintContext, ownPorts, placeOf } from '../context.js'
import { insideUses } from '../inside-port.js'
import { NewNames, upper } from '../new-port.js'
import { COMPOSE, ENV, found, PORT, PUBLISHED, REDIS, type Rule } from '../rule.js'

export const portNotShifted = {
  code: 'port-not-shifted',
  group: 'ports',
  severity: 'error',
  meaning:
    'A host port comes from a variable whose name does not end in `_HOST_PORT`, `_PORT_ONE` or `_PORT_TWO`.',
  reason:
    'A merge recognises port variables by their names. It copies any other value into every product unchanged, so two products compete for the same port.',
  bad: {
    [ENV]: '# Port that redis publishes on the host\nREDIS_PORT=6380\n',
    [COMPOSE]: `${REDIS}    ports:\n      - "\${REDIS_PORT}:6379"\n`,
  },
  good: { [ENV]: PORT, [COMPOSE]: PUBLISHED },
  *check(context) {
    const { template, feature } = context
    const seen = new Set<string>()
    const names = new NewNames(context)
    for (const port of ownPorts(context)) {
      const name = unshifted(context, port)
      if (name === null || seen.has(name)) continue
      seen.add(name)
      const use = port.hostSpan ?? port.span
      const statement = template.defined.get(name)
      const better = names.take(port, suggestedName(name, feature))
      const where = statement === undefined ? '' : ` (${placeOf(use)})`
      yield found(
        statement === undefined ? use : { file: template.file, line: statement.line },
        `Service ${port.service} publishes \${${name}}${where}, but a merge does not shift a variable with that name`,
        `Rename it to ${better} in the template and the Compose file${insideText(context, name, port)}.`,
      )
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
function unshifted(
  { template, others, isPort }: LintContext,
  { references, host }: PublishedPort,
): string | null {
  const names = references.map(({ name }) => name)
  if (names.some(isPort)) return null
  const defined = names.find((name) => template.defined.has(name))
  if (defined !== undefined) return defined
  const [first] = names
  // port-missing reports a random port; another feature's variable is reported there.
  if (first === undefined || host === null || others.defining(first).length > 0) return null
  return first
}

function suggestedName(name: string, feature: string): string {
  if (/^(?:HOST_)?PORT$/i.test(name)) return `${upper(feature)}_HOST_PORT`
  return `${name.replace(/_?PORT(_HOST)?$/i, '').replace(/_HOST$/i, '')}_HOST_PORT`
}
