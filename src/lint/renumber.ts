/** What else has to change where a variable takes the place of a number, and its base port is another one. */
import type { Range } from '../ports/overlap.js'
import type { LintContext, Template } from './context.js'
import { type HostUrl, urlsOfCompose, urlsOfTemplate } from './host-url.js'
import type { Edit } from './rule.js'

/** The edits of the URLs that named the number, and above which place of a template the variable has to be stated for them. */
export interface Followers {
  readonly edits: readonly Edit[]
  readonly before: ReadonlyMap<Template, number>
}

/** Finds them for all ports of one feature. */
export class Renumbering {
  private urls: readonly (readonly [Template | null, HostUrl])[] | undefined

  constructor(private readonly context: LintContext) {}

  /** @returns null where a URL cannot follow, or it is not known whether it should, so that the number is better left to a person */
  of({ from, to }: Range, variable: string): Followers | null {
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

/** As another feature would name a port of the host. */
const HOSTS = ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal']
