import type { Statement } from '../../env/document.js'
import { isPortVariable } from '../../ports/variable.js'
import { rawOf, type Template } from '../context.js'
import { baseVariables } from '../port-use.js'
import type { Edit, Rule } from '../rule.js'
import { placeOf } from '../show.js'

export const urlBasePort = {
  code: 'url-base-port',
  group: 'ports',
  severity: 'warning',
  meaning: 'A value names a host port, such as `http://localhost:8025`, that the merge will move.',
  reason:
    'The port variable gets the offset, the URL does not: it leads nowhere, or to another product. Compose fills in a reference, if the variable stands above it.',
  bad: {
    'features/redis/.env.example':
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n# Where to look\nREDIS_UI_URL=http://localhost:8001/keys\n',
  },
  good: {
    'features/redis/.env.example':
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_UI_HOST_PORT}/keys\n',
  },
  fix: 'puts the reference in place of the number; in single quotes, where nothing is filled in, double ones come in their place',
  *check(context) {
    const { template } = context
    const variables = baseVariables(context)
    if (variables.length === 0) return
    const byPort = new Map(
      variables.filter(({ port }) => port.from === port.to).map(({ key, port }) => [port.from, key]),
    )
    for (const statement of template.doc.statements) {
      if (isPortVariable(statement.key) || statement.kind === 'inherit') continue
      const raw = rawOf(template, statement)
      const [first, ...more] = [...raw.matchAll(HOST_PORT)].flatMap((match): NamedPort[] => {
        const number = match[1] as string
        const variable = byPort.get(Number(number))
        return variable === undefined
          ? []
          : [{ number, variable, at: match.index + match[0].length - number.length }]
      })
      if (first === undefined) continue
      const { number, variable } = first
      const edits = refer(template, statement, raw, [first, ...more])
      const { file } = template
      const where = placeOf({ file, line: template.stated.get(variable)?.line ?? 1 })
      yield {
        file,
        line: statement.line,
        message: `${statement.key} names port ${number}, which the merge moves with ${variable} (${where})`,
        next: `Write \${${variable}} in place of ${number}; ${variable} has to stand above it.`,
        ...(edits === null ? {} : { edits }),
      }
    }
  },
} as const satisfies Rule

/** A port in a value, and the variable that it is the base port of. */
interface NamedPort {
  readonly number: string
  readonly variable: string
  /** Where it starts in the raw value. */
  readonly at: number
}

/** The host as seen from the host itself, or by its name in containers; any other name is that of a service. */
const HOST_PORT =
  /(?<![\w.-])(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal):(\d{1,5})(?![\d.:\w-])/gi

function refer(
  { file }: Template,
  { quote, valueStart, valueEnd }: Statement,
  raw: string,
  ports: readonly NamedPort[],
): Edit[] | null {
  // A name outside of letters, digits and "_" cannot be referred to.
  if (ports.some(({ variable }) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))) return null
  const splices = ports.map(({ number, variable, at }): Edit => {
    const start = valueStart + at
    return { file, start, end: start + number.length, text: `\${${variable}}` }
  })
  if (quote !== "'") return splices
  if (/["\\$`]/.test(raw)) return null
  return [
    { file, start: valueStart - 1, end: valueStart, text: '"' },
    ...splices,
    { file, start: valueEnd, end: valueEnd + 1, text: '"' },
  ]
}
