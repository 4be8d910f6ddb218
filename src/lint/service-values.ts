import { type MappingNode, type Node, type ScalarNode, type Span, spanOf } from '../compose/node.js'
import type { ComposeProject } from '../compose/project.js'

/** A string or whole number of a service. */
export interface ServiceValue {
  readonly service: string
  /** Its keys: `environment`, `A`; an item of a list has its number. */
  readonly path: readonly string[]
  /** With variables, and expanded. */
  readonly raw: string
  readonly text: string
  /** The scalar, with its quotes. */
  readonly span: Span
  /** The place of `raw`; missing if escapes or folding change it. */
  readonly rawSpan?: Span
}

const cache = new WeakMap<ComposeProject, readonly ServiceValue[]>()

/** Returns the values of all services in order; below one key, a repeated alias counts once. */
export function serviceValues(project: ComposeProject | null): readonly ServiceValue[] {
  if (project === null) return []
  const values = cache.get(project) ?? project.services.flatMap(({ name, body }) => valuesOf(name, body))
  cache.set(project, values)
  return values
}

function valuesOf(service: string, body: MappingNode): ServiceValue[] {
  const values: ServiceValue[] = []
  for (const [key, { value }] of body.entries) {
    const seen = new Set<Node>()
    const visit = (node: Node, path: readonly string[]): void => {
      if (seen.has(node)) return
      seen.add(node)
      if (node.kind === 'sequence') {
        for (const [index, item] of node.items.entries()) visit(item, [...path, `${index}`])
      } else if (node.kind === 'mapping') {
        for (const [name, entry] of node.entries) visit(entry.value, [...path, name])
      } else if (node.type === 'string' || node.type === 'int') values.push(serviceValue(service, path, node))
    }
    visit(value, [key])
  }
  return values
}

function serviceValue(service: string, path: readonly string[], node: ScalarNode): ServiceValue {
  const { raw, text, verbatim } = node
  const rawSpan = verbatim === -1 ? undefined : spanOf(node, verbatim, verbatim + raw.length)
  return { service, path, raw, text, span: spanOf(node), ...(rawSpan === undefined ? {} : { rawSpan }) }
}

/** `Key environment.URL of service web`, for a message. */
export function titleOf({ service, path }: ServiceValue): string {
  return `Key ${path.filter((key) => !/^\d+$/.test(key)).join('.')} of service ${service}`
}
