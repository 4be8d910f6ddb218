import type { PublishedPort } from '../../compose/published.js'
import { reservedReason } from '../../merge/reserved.js'
import type { Range } from '../../ports/overlap.js'
import { rangeText } from '../../ports/value.js'
import type { LintContext } from '../context.js'
import { addVariable, composeEdits, composeText } from '../edit.js'
import { NewBases, NewVariables } from '../new-variable.js'
import { baseVariables, ownPorts } from '../port-use.js'
import { type Followers, Renumbering } from '../renumber.js'
import type { Edit, Found, Rule } from '../rule.js'

export const literalPort = {
  code: 'literal-port',
  group: 'ports',
  severity: 'error',
  meaning: 'A Compose file publishes a fixed host port.',
  reason:
    'A merge cannot shift it, so the second product with the feature cannot start: the port is already in use.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "6380:6379"\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT}:6379"\n',
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
  },
  fix: 'replaces the number with `${NAME_HOST_PORT}` and adds that variable, with a comment, to the template; if the template already has a port variable with that number, it is used instead. If the number is taken or below 1024, the nearest suitable port is used, and URLs that contain the number refer to the variable; if one of them cannot, nothing is changed',
  check(context) {
    const literal = ownPorts(context).filter((port) => port.literal && port.host !== null)
    if (literal.length === 0) return []
    const fixes = new Fixes(context)
    return literal.map((port): Found => {
      const { file, line, column } = port.hostSpan ?? port.span
      const host = port.host ?? { from: 0, to: 0 }
      const { variable, ...more } = fixes.of(port)
      return {
        file,
        line,
        column,
        message: `Service ${port.service} publishes the fixed host port ${rangeText(host)}, which a merge cannot shift`,
        next: nextStep(context, host, variable, more),
        ...(more.edits === null ? {} : { edits: more.edits, replaces: more.replaces }),
      }
    })
  },
} as const satisfies Rule

interface Fix {
  readonly variable: string
  /** Null if no base port is free. */
  readonly base: Range | null
  readonly edits: readonly Edit[] | null
  /** The old number, if the base port differs. */
  readonly replaces: Readonly<Record<string, string>>
}

/** Names the base port only if --fix would choose it too, whatever it fixes first. */
function nextStep(
  { template }: LintContext,
  host: Range,
  variable: string,
  { base, edits }: Omit<Fix, 'variable'>,
): string {
  const write = `Replace it with \${${variable}} and set`
  if (base?.from === host.from) return `${write} ${variable}=${rangeText(host)} in ${template.file}.`
  const urls = host.from === host.to ? `, and change URLs that contain localhost:${host.from}` : ''
  const who = edits === null ? `\`feature list\` shows the taken ports${urls}` : '--fix finds a free one'
  return `${write} ${variable} in ${template.file} to another base port, because ${rangeText(host)} is taken or unsuitable: ${who}.`
}

/** Plans all literal ports of a feature together, so that their names and base ports differ. */
class Fixes {
  private readonly names: NewVariables
  private readonly bases: NewBases
  private readonly renumbering: Renumbering
  private readonly texts = new Map<string, string | null>()
  private readonly known: Map<string, { readonly variable: string; readonly base: Range }>

  constructor(private readonly context: LintContext) {
    this.names = new NewVariables(context)
    this.bases = new NewBases(context)
    this.renumbering = new Renumbering(context)
    // A variable with this base port that every template defines.
    const everywhere = baseVariables(context).filter(
      ({ key, port }) =>
        port.address === '' &&
        reservedReason(key) === null &&
        context.templates.every(({ stated }) => stated.has(key)),
    )
    this.known = new Map(everywhere.map(({ key, port }) => [rangeText(port), { variable: key, base: port }]))
  }

  of(port: PublishedPort): Fix {
    const { context } = this
    const range = port.host ?? { from: 0, to: 0 }
    const known = this.known.get(rangeText(range))
    const variable = known?.variable ?? this.names.name(port.service, port.container.from)
    const inCompose = this.composeEdits(port, `\${${variable}}`)
    const isReadable = context.templates.every(({ doc }) => doc.refusal === null)
    const isFixable = inCompose !== null && isReadable
    if (known !== undefined)
      return {
        ...known,
        edits: isFixable ? inCompose : null,
        replaces: replaced(variable, range, known.base),
      }
    const base = isFixable ? this.bases.take(range) : this.bases.find(range)
    const none = { variable, base, edits: null, replaces: {} }
    if (base === null || !isFixable) return none
    const isMoved = base.from !== range.from
    // URLs of an unchanged number are reported by url-base-port.
    const followers = isMoved ? this.renumbering.of(range, variable) : NO_FOLLOWERS
    if (followers === null) return none
    this.known.set(rangeText(range), { variable, base })
    const comment = `Port that ${port.service} publishes on the host (${rangeText(port.container)} in the container)`
    const added = context.templates.map((template) =>
      addVariable(template, comment, variable, rangeText(base), followers.before.get(template)),
    )
    const edits = [...inCompose, ...added, ...followers.edits]
    return { variable, base, edits, replaces: replaced(variable, range, base) }
  }

  /** Adds quotes: in a plain scalar, `{` may start a mapping. */
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

const NO_FOLLOWERS: Followers = { edits: [], before: new Map() }

function replaced(variable: string, range: Range, base: Range): Record<string, string> {
  return base.from === range.from ? {} : { [variable]: rangeText(range) }
}
