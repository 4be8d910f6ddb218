import type { PublishedPort } from '../../compose/published.js'
import { rangeText } from '../../ports/range.js'
import type { LintContext } from '../context.js'
import { addVariable, composeEdits, composeText } from '../edit.js'
import { NewBases, NewVariables } from '../new-variable.js'
import { baseVariables, ownPorts } from '../port-use.js'
import type { Edit, Found, Rule } from '../rule.js'

export const literalPort = {
  code: 'literal-port',
  group: 'ports',
  severity: 'error',
  meaning: 'A Compose file states a host port as a number.',
  reason: 'No offset reaches it, so the second product with the feature cannot start: the port is in use.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "6380:6379"\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT}:6379"\n',
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
  },
  fix: 'puts `${NAME_HOST_PORT}` in its place, and the number, with a comment, at the end of the template; where the template has the number already, that variable is used',
  check(context) {
    const literal = ownPorts(context).filter((port) => port.literal && port.host !== null)
    if (literal.length === 0) return []
    const fixes = new Fixes(context)
    return literal.map((port): Found => {
      const { file, line, column } = port.hostSpan ?? port.span
      const { variable, base, edits } = fixes.of(port)
      const host = port.host ?? { from: 0, to: 0 }
      const statement = `${variable}=${rangeText(base ?? host)}`
      const isOther = base !== null && base.from !== host.from
      return {
        file,
        line,
        column,
        message: `service ${port.service} publishes host port ${rangeText(host)}, a number that no offset reaches`,
        next: `Write \${${variable}} in its place, and ${statement} in ${context.template.file}${isOther ? ', the nearest free base port' : ''}.`,
        ...(edits === null ? {} : { edits }),
      }
    })
  },
} as const satisfies Rule

interface Range {
  readonly from: number
  readonly to: number
}

/** Works out the edits of all literal ports of one feature, since names and base ports must not meet. */
class Fixes {
  private readonly names: NewVariables
  private readonly bases: NewBases
  private readonly texts = new Map<string, string | null>()
  private readonly known: Map<string, { readonly variable: string; readonly base: Range }>

  constructor(private readonly context: LintContext) {
    this.names = new NewVariables(context)
    this.bases = new NewBases(context)
    // A variable with this base port that is there in every template.
    const everywhere = baseVariables(context).filter(
      ({ key, port }) => port.address === '' && context.templates.every(({ stated }) => stated.has(key)),
    )
    this.known = new Map(everywhere.map(({ key, port }) => [rangeText(port), { variable: key, base: port }]))
  }

  /** What is to be stated, and the edits that do it. */
  of(port: PublishedPort): { variable: string; base: Range | null; edits: Edit[] | null } {
    const { context } = this
    const range = port.host ?? { from: 0, to: 0 }
    const known = this.known.get(rangeText(range))
    const variable = known?.variable ?? this.names.name(port.service, port.container.from)
    const inCompose = this.composeEdits(port, `\${${variable}}`)
    const isReadable = context.templates.every(({ doc }) => doc.refusal === null)
    const isFixable = inCompose !== null && isReadable
    if (known !== undefined) return { ...known, edits: isFixable ? inCompose : null }
    const base = isFixable ? this.bases.take(range) : this.bases.find(range)
    if (base === null || !isFixable) return { variable, base, edits: null }
    this.known.set(rangeText(range), { variable, base })
    const comment = `Port that ${port.service} publishes on the host (${rangeText(port.container)} in the container)`
    const added = context.templates.map((template) =>
      addVariable(template, comment, variable, rangeText(base)),
    )
    return { variable, base, edits: [...inCompose, ...added] }
  }

  /** Quotes come with it: in a plain scalar, `{` may start a mapping. */
  private composeEdits({ hostSpan, span, syntax }: PublishedPort, reference: string): Edit[] | null {
    if (hostSpan === undefined) return null
    const { file, start, end } = hostSpan
    const text = this.textOf(file)
    if (text === null) return null
    const whole = syntax === 'short' ? span : hostSpan
    const isQuoted = /["']/.test(text[syntax === 'short' ? whole.start : whole.start - 1] ?? '')
    if (isQuoted) return composeEdits(text, [[hostSpan, reference]])
    const plain = text.slice(whole.start, whole.end)
    if (!/^[\w.:/-]+$/.test(plain)) return null
    const value = plain.slice(0, start - whole.start) + reference + plain.slice(end - whole.start)
    return composeEdits(text, [[whole, `"${value}"`]])
  }

  private textOf(file: string): string | null {
    const known = this.texts.get(file)
    if (known !== undefined) return known
    const text = composeText(this.context, file)
    this.texts.set(file, text)
    return text
  }
}
