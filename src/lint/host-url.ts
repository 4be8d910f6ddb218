/** URLs of the host, such as `http://localhost:8025`, in templates and in the services of Compose files. */
import { groupBy } from '../claims/group.js'
import type { Statement } from '../env/document.js'
import { isOwn, type LintContext, rawOf, type Template } from './context.js'
import { Blocks, composeEdits, composeText } from './edit.js'
import { combined, Localhost, type Reader } from './localhost.js'
import type { Edit } from './rule.js'
import { type ServiceValue, serviceValues, titleOf } from './service-values.js'

/** A port that follows a name of the host. */
export interface NamedPort {
  /** As written. */
  readonly host: string
  readonly number: string
  /** The position of the number in the text. */
  readonly at: number
}

export interface HostUrl {
  /** The variable or key that has the value, for a message. */
  readonly title: string
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly ports: readonly NamedPort[]
  readonly readerOf: (port: NamedPort) => Reader
  /** Returns the edits that replace numbers by variables; null if Compose would not expand them. */
  readonly refer: (ports: Named) => Edit[] | null
  /** The position above which the template must define the variables; null in a Compose file, undefined if there is none. */
  readonly before: number | null | undefined
}

type Named = readonly (readonly [NamedPort, variable: string])[]

/** Any other name is a service. Nobody connects to 0.0.0.0. */
const HOST_PORT =
  /(?<![\w.-])((?:[a-z0-9-]{1,63}\.){0,8}localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal):(\d{1,5})(?![\d.:\w-])/gi

function namedPorts(text: string): NamedPort[] {
  return [...text.matchAll(HOST_PORT)].map((match) => {
    const [all, host = '', number = ''] = match
    return { host, number, at: match.index + all.length - number.length }
  })
}

export function urlsOfTemplate(context: LintContext, template: Template = context.template): HostUrl[] {
  const localhost = new Localhost({ ...context, template })
  const blocks = new Blocks(template)
  return template.doc.statements.flatMap((statement): HostUrl[] => {
    const { key, kind, line } = statement
    if (context.isPort(key) || kind === 'inherit') return []
    const raw = rawOf(template, statement)
    const ports = namedPorts(raw)
    if (ports.length === 0) return []
    return [
      {
        title: key,
        file: template.file,
        line,
        ports,
        readerOf: ({ host, number }) => ofHost(host) ?? localhost.ofVariable(key, Number(number)),
        refer: (named) => referInTemplate(template, statement, raw, named),
        before: blocks.of(statement)?.start,
      },
    ]
  })
}

export function urlsOfCompose(context: LintContext): HostUrl[] {
  const localhost = new Localhost(context)
  const candidates = serviceValues(context.compose).filter(
    ({ path, raw, span }) => !NO_URL.includes(path[0] ?? '') && /:\d/.test(raw) && isOwn(context, span),
  )
  // An anchor gives one text to several services.
  const places = groupBy(candidates, ({ span }) => `${span.file}\0${span.start}`)
  return [...places.values()].flatMap((values): HostUrl[] => {
    const [first] = values as [ServiceValue]
    const ports = namedPorts(first.raw)
    if (ports.length === 0) return []
    const { file, line, column } = first.span
    return [
      {
        title: titleOf(first),
        file,
        line,
        column,
        ports,
        readerOf: ({ host, number }) =>
          ofHost(host) ?? combined(values.map((value) => localhost.ofValue(value, Number(number)))),
        refer: (named) => referInCompose(context, first, named),
        before: null,
      },
    ]
  })
}

/** Keys of a service that contain no URL: an address in `ports` is that of an interface. */
const NO_URL: readonly string[] = ['ports', 'image', 'container_name', 'volumes', 'extra_hosts']

/** Containers use this name for the host. */
function ofHost(host: string): Reader | null {
  return host.toLowerCase() === 'host.docker.internal' ? 'host' : null
}

/** Compose expands no other names. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

function referInTemplate(
  { file }: Template,
  { quote, valueStart, valueEnd }: Statement,
  raw: string,
  named: Named,
): Edit[] | null {
  if (named.some(([, variable]) => !NAME.test(variable))) return null
  const splices = named.map(([{ number, at }, variable]): Edit => {
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

function referInCompose(
  context: LintContext,
  { raw, span, rawSpan }: ServiceValue,
  named: Named,
): Edit[] | null {
  const text = rawSpan === undefined ? null : composeText(context, span.file)
  if (rawSpan === undefined || text === null || named.some(([, variable]) => !NAME.test(variable)))
    return null
  const splices = named.map(([{ number, at }, variable]) => {
    const start = rawSpan.start + at
    return [{ ...rawSpan, start, end: start + number.length }, `\${${variable}}`] as const
  })
  if (span.start !== rawSpan.start) return composeEdits(text, splices)
  // Adds quotes: in a plain scalar of a flow collection, `{` starts a mapping.
  if (/["\\]/.test(raw)) return null
  const value = named.reduceRight(
    (old, [{ number, at }, variable]) => `${old.slice(0, at)}\${${variable}}${old.slice(at + number.length)}`,
    raw,
  )
  return composeEdits(text, [[span, `"${value}"`]])
}
