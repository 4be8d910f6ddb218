import type { PublishedPort } from '../../compose/published.js'
import { reservedReason } from '../../merge/reserved.js'
import type { Range } from '../../ports/overlap.js'
import { rangeText } from '../../ports/value.js'
import { baseVariables, type LintContext, ownPorts } from '../context.js'
import { composeEdits, composeText } from '../edit.js'
import { NewNames, type NewPort, NewPorts } from '../new-port.js'
import { COMPOSE, type Edit, ENV, type Found, found, PORT, PUBLISHED, REDIS, type Rule } from '../rule.js'

export const literalPort = {
  code: 'literal-port',
  group: 'ports',
  severity: 'error',
  meaning: 'A Compose file publishes a fixed host port.',
  reason:
    'A merge cannot shift it, so the second product with the feature cannot start: the port is already in use.',
  bad: { [COMPOSE]: `${REDIS}    ports:\n      - "6380:6379"\n` },
  good: { [COMPOSE]: PUBLISHED, [ENV]: PORT },
  fix: 'replaces the number with `${NAME_HOST_PORT}` and adds that variable, with a comment, to the template; if the template already has a port variable with that number, it is used instead. If the number is taken or below 1024, the nearest suitable port is used, and URLs that contain the number refer to the variable; if one of them cannot, nothing is changed',
  check(context) {
    const literal = ownPorts(context).filter((port) => port.literal && port.host !== null)
    if (literal.length === 0) return []
    const fixes = new Fixes(context)
    return literal.map((port): Found => {
      const host = port.host ?? { from: 0, to: 0 }
      const { variable, base, fix } = fixes.of(port, host)
      return found(
        port.hostSpan ?? port.span,
        `Service ${port.service} publishes the fixed host port ${rangeText(host)}, which a merge cannot shift`,
        nextStep(context, host, variable, base, fix !== null),
        fix,
      )
    })
  },
} as const satisfies Rule

/** Names the base port only if --fix would choose it too, whatever it fixes first. */
function nextStep(
  { template }: LintContext,
  host: Range,
  variable: string,
  base: Range | null,
  isFixable: boolean,
): string {
  const write = `Replace it with \${${variable}} and set`
  if (base?.from === host.from) return `${write} ${variable}=${rangeText(host)} in ${template.file}.`
  const urls = host.from === host.to ? `, and change URLs that contain localhost:${host.from}` : ''
  const who = isFixable ? '--fix finds a free one' : `\`feature list\` shows the taken ports${urls}`
  return `${write} ${variable} in ${template.file} to another base port, because ${rangeText(host)} is taken or unsuitable: ${who}.`
}

/** Plans all literal ports of a feature together, so that their names and base ports differ. */
class Fixes {
  private readonly names: NewNames
  private readonly ports: NewPorts
  /** By number, the variable that replaces it. */
  private readonly known: Map<string, NewPort & { readonly variable: string }>

  constructor(private readonly context: LintContext) {
    this.names = new NewNames(context)
    this.ports = new NewPorts(context)
    const everywhere = baseVariables(context).filter(
      ({ key, port }) =>
        port.address === '' &&
        reservedReason(key) === null &&
        context.templates.every(({ defined }) => defined.has(key)),
    )
    const none = { edits: [], replaces: {} }
    this.known = new Map(
      everywhere.map(({ key, port }) => [rangeText(port), { variable: key, base: port, ...none }]),
    )
  }

  of(port: PublishedPort, host: Range) {
    const { templates } = this.context
    const known = this.known.get(rangeText(host))
    const variable = known?.variable ?? this.names.take(port)
    const isReadable = templates.every(({ doc }) => doc.refusal === null)
    const inCompose = isReadable ? this.inCompose(port, variable) : null
    const added = known ?? (inCompose === null ? null : this.ports.add(variable, host, port, templates))
    if (added === null) return { variable, base: this.ports.find(host), fix: null }
    const { base, edits, replaces } = added
    this.known.set(rangeText(host), { variable, base, edits: [], replaces })
    return { variable, base, fix: inCompose === null ? null : { edits: [...inCompose, ...edits], replaces } }
  }

  /** Adds quotes: in a plain scalar, `{` may start a mapping. */
  private inCompose({ hostSpan, span, syntax }: PublishedPort, variable: string): Edit[] | null {
    const text = hostSpan === undefined ? null : composeText(this.context, hostSpan.file)
    if (hostSpan === undefined || text === null) return null
    const reference = `\${${variable}}`
    const whole = syntax === 'short' ? span : hostSpan
    const isQuoted = /["']/.test(text[syntax === 'short' ? whole.start : whole.start - 1] ?? '')
    if (isQuoted) return composeEdits(text, [[hostSpan, reference]])
    const plain = text.slice(whole.start, whole.end)
    if (!/^[\w.:/-]+$/.test(plain)) return null
    const value =
      plain.slice(0, hostSpan.start - whole.start) + reference + plain.slice(hostSpan.end - whole.start)
    return composeEdits(text, [[whole, `"${value}"`]])
  }
}
