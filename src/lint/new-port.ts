/** Port variables that a fix adds: their names, their base ports, and the URLs that have to follow. */
import { nearestPort } from '../claims/nearest-port.js'
import type { PublishedPort } from '../compose/published.js'
import { references } from '../env/expand.js'
import { allowedName } from '../merge/reserved.js'
import { type Range, rangesOverlap } from '../ports/overlap.js'
import { FIRST_PORT, MAX_PORT, rangeText } from '../ports/value.js'
import { baseVariables, type LintContext, type Template } from './context.js'
import { addVariable } from './edit.js'
import { type HostUrl, urlsOfCompose, urlsOfTemplate } from './host-url.js'
import type { Edit } from './rule.js'

/** `REDIS_HOST_PORT`, or `BLOG_WEB_HOST_PORT` for service `web` of feature `blog`: names that no feature has. */
export class NewNames {
  private readonly taken: Set<string>

  constructor(private readonly context: LintContext) {
    this.taken = new Set(context.templates.flatMap(({ defined }) => [...defined.keys()]))
  }

  /** @param wanted preferred if it is free */
  take({ service, container }: PublishedPort, wanted: string | null = null): string {
    const feature = upper(this.context.feature)
    const own = upper(service)
    const stem = own === feature || own.startsWith(`${feature}_`) ? own : `${feature}_${own}`
    const second = `${stem}_${container.from}`
    const names = [...(wanted === null ? [] : [wanted]), `${stem}_HOST_PORT`, `${second}_HOST_PORT`]
    for (let number = 2; ; number++) {
      const name = names.map(allowedName).find((each) => this.isFree(each))
      if (name !== undefined) {
        this.taken.add(name)
        return name
      }
      names.splice(0, names.length, `${second}_${number}_HOST_PORT`)
    }
  }

  private isFree(name: string): boolean {
    return !this.taken.has(name) && this.context.others.defining(name).length === 0
  }
}

/** `MY_FEATURE` for `my-feature`. */
export function upper(name: string): string {
  const plain = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
  return /^[A-Z]/.test(plain) ? plain : `FEATURE_${plain}`
}

/** A port variable to be added. */
export interface NewPort {
  readonly base: Range
  readonly edits: readonly Edit[]
  /** The former number, if the base port differs. */
  readonly replaces: Readonly<Record<string, string>>
}

/** Adds the port variables of one feature. */
export class NewPorts {
  private readonly taken: Range[]
  private urls: readonly (readonly [Template | null, HostUrl])[] | undefined

  constructor(private readonly context: LintContext) {
    this.taken = context.templates.flatMap((template) =>
      baseVariables({ ...context, template }).map(({ port }) => port),
    )
  }

  /**
   * Returns the nearest base port that no rule objects to. A number that several features publish goes to the first of
   * them, so that the order in which they are fixed does not matter.
   */
  find(wanted: Range): Range | null {
    const { others, feature } = this.context
    if (this.isFree(wanted) && others.publishing(wanted).every((other) => other > feature)) return wanted
    const length = wanted.to - wanted.from
    // 8080 and 8443 are the usual replacements for 80 and 443.
    const near = wanted.from < FIRST_PORT ? wanted.from + 8000 : wanted.from
    const from = nearestPort(near, (port) => {
      const range = { from: port, to: port + length }
      return this.isFree(range) && others.publishing(range).length === 0 ? 0 : null
    })
    return from === null ? null : { from, to: from + length }
  }

  /** @returns null if there is no base port, a template cannot be parsed, or a URL cannot follow */
  add(
    variable: string,
    wanted: Range,
    { service, container }: PublishedPort,
    templates: readonly Template[],
  ): NewPort | null {
    const base = this.find(wanted)
    if (base === null || templates.some(({ doc }) => doc.refusal !== null)) return null
    // URLs of an unchanged number are reported by url-base-port.
    const isMoved = base.from !== wanted.from
    const urls = isMoved
      ? this.urlEdits(wanted, variable)
      : { edits: [], before: new Map<Template, number>() }
    if (urls === null) return null
    this.taken.push(base)
    const comment = `Port that ${service} publishes on the host (${rangeText(container)} in the container)`
    const added = templates.map((template) =>
      addVariable(template, comment, variable, rangeText(base), urls.before.get(template)),
    )
    const replaces = isMoved ? { [variable]: rangeText(wanted) } : {}
    return { base, edits: [...added, ...urls.edits], replaces }
  }

  private isFree({ from, to }: Range): boolean {
    const { modulus, ephemeral, others } = this.context
    const highest = to + modulus - 1
    if (from < FIRST_PORT || highest > MAX_PORT) return false
    if (ephemeral !== null && from <= ephemeral.to && highest >= ephemeral.from) return false
    if (this.taken.some((range) => rangesOverlap(range, { from, to }))) return false
    return others.withBase({ from, to }).length === 0
  }

  /** Makes URLs refer to the variable, which has to be defined before them. @returns null if one of them cannot */
  private urlEdits({ from, to }: Range, variable: string) {
    const { context } = this
    this.urls ??= [
      ...context.templates.flatMap((each) =>
        urlsOfTemplate(context, each).map((url) => [each, url] as const),
      ),
      ...urlsOfCompose(context).map((url) => [null, url] as const),
    ]
    const edits: Edit[] = []
    const before = new Map<Template, number>()
    for (const [template, url] of this.urls) {
      const named = url.ports.filter((port) => {
        const number = Number(port.number)
        return from <= number && number <= to && url.readerOf(port) !== 'container'
      })
      if (named.length === 0) continue
      const isClear = from === to && named.every((port) => url.readerOf(port) === 'host')
      const more = isClear ? url.refer(named.map((port) => [port, variable])) : null
      if (more === null || url.before === undefined) return null
      edits.push(...more)
      if (template !== null && url.before !== null)
        before.set(template, Math.min(url.before, before.get(template) ?? url.before))
    }
    if (from === to && HOSTS.some((host) => context.others.names(`${host}:${from}`))) return null
    return { edits, before }
  }
}

/** Returns the default of a variable that is all of the host port: 8080 in `${APP_PORT:-8080}:80`. */
export function defaultOf({ hostText = '', host }: PublishedPort): string | null {
  const [only, ...more] = references(hostText)
  const isWhole = more.length === 0 && only?.start === 0 && only.end === hostText.length
  return isWhole && host !== null && only?.operator.endsWith('-') ? only.operand : null
}

/** The names by which another feature may refer to a port of the host. */
const HOSTS = ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal']
