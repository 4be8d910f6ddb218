/** Gives host ports that come from a variable with any name a port variable, in the files of one feature. */
import { envFilesOf } from '../compose/env-file.js'
import { get } from '../compose/node.js'
import { HOST_ADDRESS, isOnlyHostPart } from '../compose/published-variables.js'
import { variablesOf } from '../compose/variables.js'
import { encode } from '../env/bytes.js'
import { references } from '../env/expand.js'
import { type LintContext, ownPorts, rawOf, type Template } from './context.js'
import { composeEdits, composeText } from './edit.js'
import { Localhost } from './localhost.js'
import type { Edit } from './rule.js'
import { serviceValues } from './service-values.js'

/** The edits that replace a name where it means a port of the host. */
export interface Renaming {
  readonly edits: readonly Edit[]
  /** True if the name is also a port inside a container, and so has to stay in the template. */
  readonly stays: boolean
}

/** A part of a Compose file that uses the name. */
interface Site {
  readonly file: string
  readonly start: number
  readonly text: string
}

/** @returns null if another file uses one of the names, or if a use may mean something other than a host port */
export function renaming(context: LintContext, name: string, to: string): Renaming | null {
  const { templates, others, compose } = context
  if (compose === null || [name, to].some(others.mentions)) return null
  if (templates.some(({ doc }) => doc.refusal !== null)) return null
  const variables = variablesOf(compose.trees)
  if (variables.some((variable) => variable.name === to)) return null
  const ports = ownPorts(context).filter(({ raw }) => count(raw, name) > 0)
  const values = serviceValues(compose).filter(({ path, raw }) => path[0] !== 'ports' && count(raw, name) > 0)
  const hosts = ports
    .filter(({ hostText = '' }) => count(hostText, name) > 0)
    .map(({ hostSpan, hostText = '' }) => hostSpan && { ...hostSpan, text: hostText })
  // The container listens on it, so any other use means that port too, except a URL of the host.
  if (ports.some((port) => !isOnlyHostPart(port, name))) {
    const outside = values.filter(({ path }) => path[0] !== 'healthcheck')
    const texts = [...outside.map(({ raw }) => raw), ...templates.flatMap(valuesIn)]
    const isClear = texts.every((text) => count((text.match(HOST_ADDRESS) ?? []).join(' '), name) === 0)
    const edits = isClear ? composeRenames(context, hosts, name, to) : null
    return edits && { edits, stays: true }
  }
  if (isPassedOn(context, name)) return null
  const number = ports[0]?.host?.from ?? 0
  const localhost = new Localhost(context)
  if (!values.every((value) => isAddress(value.raw, name) && localhost.ofValue(value, number) === 'host'))
    return null
  const spans = [...ports, ...values].map(({ span }) => span)
  const uses = variables.flatMap((variable) => (variable.name === name ? variable.uses : []))
  const isKnown = uses.every(({ span }) =>
    spans.some((each) => each.file === span.file && each.start <= span.start && span.end <= each.end),
  )
  const addresses = values.map(({ rawSpan, raw }) => rawSpan && { ...rawSpan, text: raw })
  const edits = isKnown ? composeRenames(context, [...hosts, ...addresses], name, to) : null
  const more = templates.map((template) => templateRenames({ ...context, template }, name, to, number))
  if (edits === null || more.includes(null)) return null
  return { edits: [...edits, ...more.flatMap((each) => each ?? [])], stays: false }
}

function count(text: string, name: string): number {
  return references(text).filter((each) => each.name === name).length
}

/** Returns true if a text uses a variable only behind a name of the host. */
function isAddress(text: string, name: string): boolean {
  return count(text.replace(HOST_ADDRESS, ''), name) === 0
}

/** Returns true if a container gets the variable by its name: `environment: [APP_PORT]`, or the template as a whole. */
function isPassedOn({ compose, templates }: LintContext, name: string): boolean {
  const files = templates.map(({ file }) => file)
  return (compose?.services ?? []).some(
    ({ body }) =>
      envFilesOf(body).some(({ path }) => files.includes(path)) ||
      [get(body, 'environment'), get(get(body, 'build'), 'args')].some((list) => {
        if (list?.kind === 'sequence')
          return list.items.some((item) => item.kind === 'scalar' && item.raw === name)
        const value = get(list, name)
        return value?.kind === 'scalar' && value.type === 'null'
      }),
  )
}

/** Returns the values that Compose expands. */
function valuesIn(template: Template): string[] {
  return template.doc.statements.flatMap((each) => (each.quote === "'" ? [] : rawOf(template, each)))
}

/** The positions of the name in a text that refers to it; null if a position is not certain. */
function positions(text: string, name: string): number[] | null {
  const found = [...text.matchAll(new RegExp(`(?<=\\$\\{?)${name}(?!\\w)`, 'g'))].map(({ index }) => index)
  return found.length === count(text, name) ? found : null
}

/** @param sites undefined: a place that cannot be edited without loss */
function composeRenames(
  context: LintContext,
  sites: readonly (Site | undefined)[],
  name: string,
  to: string,
): Edit[] | null {
  // An anchor gives one text to several services.
  const starts = new Map<string, Set<number>>()
  for (const site of sites) {
    const found = site === undefined ? null : positions(site.text, name)
    if (site === undefined || found === null) return null
    const known = starts.get(site.file) ?? new Set()
    for (const at of found) known.add(site.start + at)
    starts.set(site.file, known)
  }
  const edits = [...starts].map(([file, found]) => {
    const text = composeText(context, file)
    const sorted = [...found].sort((a, b) => a - b)
    const spans = sorted.map((start) => [{ file, start, end: start + name.length }, to] as const)
    return text === null ? null : composeEdits(text, spans)
  })
  return edits.includes(null) ? null : edits.flatMap((each) => each ?? [])
}

function templateRenames(context: LintContext, name: string, to: string, number: number): Edit[] | null {
  const { file, doc } = context.template
  const localhost = new Localhost(context)
  const edits: Edit[] = []
  const rename = (start: number) => edits.push({ file, start, end: start + name.length, text: encode(to) })
  for (const statement of doc.statements) {
    const { key, kind, quote, start, valueStart } = statement
    if (key === name && kind === 'inherit') return null
    if (key === name) rename(doc.text.indexOf(name, start))
    const raw = rawOf(context.template, statement)
    if (quote === "'" || count(raw, name) === 0) continue
    const found = positions(raw, name)
    const isOfHost = isAddress(raw, name) && localhost.ofVariable(key, number) === 'host'
    if (!isOfHost || found === null) return null
    for (const at of found) rename(valueStart + at)
  }
  return edits
}
