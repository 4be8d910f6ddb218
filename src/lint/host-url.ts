/** Addresses of the host, such as `http://localhost:8025`, in a template and in the services of a Compose file. */

import type { Statement } from '../env/document.js'
import { isPortVariable } from '../ports/variable.js'
import { isOwn, type LintContext, rawOf, type Template } from './context.js'
import { Blocks, composeEdits, composeText } from './edit.js'
import { Localhost, type Reader, together } from './localhost.js'
import type { Edit } from './rule.js'
import { type ServiceValue, serviceValues } from './service-values.js'

/** A port behind a name of the host. */
export interface NamedPort {
  /** As written. */
  readonly host: string
  readonly number: string
  /** Where the number starts in the text. */
  readonly at: number
}

/** A text that names ports of the host. */
export interface HostUrl {
  /** What it is the value of, for a message. */
  readonly title: string
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly ports: readonly NamedPort[]
  /** Whose localhost it is that stands before a port. */
  readonly readerOf: (port: NamedPort) => Reader
  /** The edits that put variables in the place of numbers; null where they would not be filled in, or not be kept apart from the rest. */
  readonly refer: (ports: readonly (readonly [NamedPort, variable: string])[]) => Edit[] | null
  /** Where in the template a variable has to be stated for that; null in a Compose file, undefined where it cannot be. */
  readonly before: number | null | undefined
}

/**
 * The host as seen from the host itself, or by its name in containers; any other name is that of a service. 0.0.0.0 is
 * none: a process listens on it, and a browser does not go there.
 */
const HOST_PORT =
  /(?<![\w.-])((?:[a-z0-9-]{1,63}\.){0,8}localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal):(\d{1,5})(?![\d.:\w-])/gi

/** The ports that a text names as the host's. */
function namedPorts(text: string): NamedPort[] {
  return [...text.matchAll(HOST_PORT)].map((match) => {
    const [all, host = '', number = ''] = match
    return { host, number, at: match.index + all.length - number.length }
  })
}

/** In the statements of a template, in order. */
export function urlsOfTemplate(context: LintContext, template: Template = context.template): HostUrl[] {
  const localhost = new Localhost({ ...context, template })
  const blocks = new Blocks(template)
  return template.doc.statements.flatMap((statement): HostUrl[] => {
    const { key, kind, line } = statement
    if (isPortVariable(key) || kind === 'inherit') return []
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

/** In the services of the feature's own Compose files. */
export function urlsOfCompose(context: LintContext): HostUrl[] {
  const localhost = new Localhost(context)
  // By an anchor one text can belong to several services.
  const places = new Map<string, ServiceValue[]>()
  for (const value of serviceValues(context.compose)) {
    if (NO_URL.includes(value.path[0] ?? '') || !/:\d/.test(value.raw) || !isOwn(context, value.span))
      continue
    const place = `${value.span.file}\0${value.span.start}`
    const values = places.get(place)
    if (values === undefined) places.set(place, [value])
    else values.push(value)
  }
  return [...places.values()].flatMap((values): HostUrl[] => {
    const [first] = values as [ServiceValue]
    const ports = namedPorts(first.raw)
    if (ports.length === 0) return []
    const { file, line, column } = first.span
    return [
      {
        title: `Key ${first.path.filter((key) => !/^\d+$/.test(key)).join('.')} of service ${first.service}`,
        file,
        line,
        column,
        ports,
        readerOf: ({ host, number }) =>
          ofHost(host) ?? together(values.map((value) => localhost.ofValue(value, Number(number)))),
        refer: (named) => referInCompose(context, first, named),
        before: null,
      },
    ]
  })
}

/** Keys of a service below which no URL stands; the addresses below `ports` are those of the host's own interfaces. */
const NO_URL: readonly string[] = ['ports', 'image', 'container_name', 'volumes', 'extra_hosts']

/** By this name a container calls the host, wherever it is used. */
function ofHost(host: string): Reader | null {
  return host.toLowerCase() === 'host.docker.internal' ? 'host' : null
}

/** A name outside of letters, digits and "_" cannot be referred to. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

type Named = readonly (readonly [NamedPort, variable: string])[]

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
  // Quotes come with it: in a plain scalar of a flow collection, `{` starts a mapping.
  if (/["\\]/.test(raw)) return null
  let value = ''
  let at = 0
  for (const [{ start, end }, reference] of splices) {
    value += raw.slice(at, start - rawSpan.start) + reference
    at = end - rawSpan.start
  }
  return composeEdits(text, [[span, `"${value}${raw.slice(at)}"`]])
}
