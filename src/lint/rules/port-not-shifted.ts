import type { PublishedPort } from '../../compose/published.js'
import { parsePortValue, rangeText } from '../../ports/value.js'
import { type LintContext, ownPorts, placeOf, rawOf } from '../context.js'
import { insideUses } from '../inside-port.js'
import { defaultOf, NewNames, NewPorts, upper } from '../new-port.js'
import { renaming } from '../rename.js'
import { COMPOSE, ENV, type Found, found, PORT, PUBLISHED, REDIS, type Rule } from '../rule.js'

export const portNotShifted = {
  code: 'port-not-shifted',
  group: 'ports',
  severity: 'error',
  meaning:
    'A host port comes from a variable whose name does not end in `_HOST_PORT`, `_PORT_ONE` or `_PORT_TWO`, and that no `portVariables` lists.',
  reason:
    'A merge recognises port variables by their names. It copies any other value into every product unchanged, so two products compete for the same port.',
  bad: {
    [ENV]: '# Port that redis publishes on the host\nREDIS_PORT=6380\n',
    [COMPOSE]: `${REDIS}    ports:\n      - "\${REDIS_PORT}:6379"\n`,
  },
  good: { [ENV]: PORT, [COMPOSE]: PUBLISHED },
  fix: 'renames the variable in the template and the Compose file; if the template does not set it, adds it there with the default of the Compose file, and if a container listens on the same variable, adds a port variable beside it. Nothing is changed if another feature or a product contains the name, or if a use may mean something other than the host port',
  *check(context) {
    const { template, feature } = context
    const seen = new Set<string>()
    const names = new NewNames(context)
    const ports = new NewPorts(context)
    for (const port of ownPorts(context)) {
      const name = unshifted(context, port)
      if (name === null || seen.has(name)) continue
      seen.add(name)
      const use = port.hostSpan ?? port.span
      const statement = template.defined.get(name)
      const better = names.take(port, suggestedName(name, feature))
      const where = statement === undefined ? '' : ` (${placeOf(use)})`
      const fix = fixOf(context, port, name, better, ports)
      yield found(
        statement === undefined ? use : { file: template.file, line: statement.line },
        `Service ${port.service} publishes \${${name}}${where}, but a merge does not shift a variable with that name`,
        nextStep(context, port, name, better, fix),
        fix,
      )
    }
  },
} as const satisfies Rule

type Fix = Pick<Found, 'edits' | 'replaces' | 'renames'>

/** Renames the variable or, if it has no line in the template or is also a container port, adds one beside it. */
function fixOf(
  context: LintContext,
  port: PublishedPort,
  name: string,
  better: string,
  ports: NewPorts,
): Fix | null {
  const { templates } = context
  const renamed = renaming(context, name, better)
  if (renamed === null) return null
  const defined = templates.flatMap((template) => template.defined.get(name) ?? [])
  if (!renamed.stays && defined.length === templates.length)
    return { edits: renamed.edits, renames: { [name]: better } }
  if (defined.length > 0 && !renamed.stays) return null
  const values = templates.map((template) => {
    const statement = template.defined.get(name)
    return statement === undefined ? (defaultOf(port) ?? '') : rawOf(template, statement)
  })
  const base = parsePortValue(values[0] ?? '')
  if (typeof base === 'string' || base.address !== '' || new Set(values).size > 1) return null
  const added = ports.add(better, base, port, templates)
  return added && { edits: [...renamed.edits, ...added.edits], replaces: added.replaces }
}

function nextStep(
  context: LintContext,
  port: PublishedPort,
  name: string,
  better: string,
  fix: Fix | null,
): string {
  const { template, templates, folder, others } = context
  const isDefined = templates.some(({ defined }) => defined.has(name))
  if (fix !== null && fix.renames === undefined) {
    const stays = isDefined ? `, where \${${name}} stays for the container` : ''
    return `Publish \${${better}} instead, and set its base port in ${template.file}${stays}.`
  }
  const inside = insideText(context, name, port)
  if (fix !== null || inside !== '')
    return `Rename it to ${better} in the template and the Compose file${inside}.`
  const settings = others.mentions(name) ? 'workspace.yaml' : `${folder}/feature.yaml`
  return `Add ${JSON.stringify(name)} to portVariables: in ${settings}.`
}

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
  const all = references.map(({ name }) => name)
  // In `${ADDRESS}${PORT}:80`, both are in the host part.
  const names = [...all.filter((name) => /PORT/i.test(name)), ...all]
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
  return `${name.replace(/_?PORT(_HOST|_FORWARD)?$/i, '').replace(/_HOST$/i, '')}_HOST_PORT`
}
