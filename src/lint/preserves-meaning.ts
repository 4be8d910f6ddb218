/** Verifies that a fix changes nothing else. */
import { decode } from '../env/bytes.js'
import { expand } from '../env/expand.js'
import { evaluate } from '../env/read.js'
import { type LintContext, rawOf, type Template } from './context.js'
import { type ServiceValue, serviceValues } from './service-values.js'

/**
 * Returns true if values without references are the same as before, and Compose sees the same services and ports.
 * @param replaced by variable, the number that it replaced: its own value may differ
 * @param renamed by variable, its new name
 */
export function preservesMeaning(
  before: readonly LintContext[],
  after: readonly LintContext[],
  replaced: ReadonlyMap<string, string>,
  renamed: ReadonlyMap<string, string>,
): boolean {
  const withHosts = replaced.size === 0
  return before.every((context, index) => {
    const next = after[index]
    return (
      next !== undefined &&
      keepsValues(context.template, next.template, replaced, renamed) &&
      shapeOf(context, withHosts) === shapeOf(next, withHosts) &&
      keepsServices(context, next, replaced) &&
      // A removed entry may take its problems with it.
      refusals(next) <= refusals(context)
    )
  })
}

function keepsValues(
  before: Template,
  after: Template,
  replaced: ReadonlyMap<string, string>,
  renamed: ReadonlyMap<string, string>,
): boolean {
  if (before.doc.statements.length > after.doc.statements.length) return false
  // A reference that has just replaced a number may still have to be moved below its variable.
  const lookup = (name: string) => replaced.get(name) ?? after.reading.values.get(name)
  return [...before.defined].every(([key, statement]) => {
    const now = after.defined.get(renamed.get(key) ?? key)
    if (now === undefined || now.kind !== statement.kind) return false
    if (rawOf(before, statement).includes('$') && statement.quote !== "'") return true
    if (now.kind === 'inherit') return true
    const value = evaluate(rawOf(after, now), now.quote, lookup)
    return value.ok && value.value === before.reading.values.get(key)
  })
}

function keepsServices(
  before: LintContext,
  after: LintContext,
  replaced: ReadonlyMap<string, string>,
): boolean {
  const lookup = (name: string) => {
    const value =
      replaced.get(name) ??
      before.template.reading.values.get(name) ??
      after.template.reading.values.get(name)
    return value === undefined ? undefined : decode(value)
  }
  const old = valuesIn(before)
  const now = valuesIn(after)
  return (
    old.length === now.length &&
    old.every((value, index) => {
      const other = now[index] as ServiceValue
      if (value.service !== other.service || value.path.join('\0') !== other.path.join('\0')) return false
      if (value.raw === other.raw) return true
      const result = expand(other.raw, lookup)
      return result.ok && result.value === value.text
    })
  )
}

/** Without ports, which `shapeOf` compares, and container names, which may go. */
function valuesIn({ compose }: LintContext): ServiceValue[] {
  return serviceValues(compose).filter(({ path }) => path[0] !== 'ports' && path[0] !== 'container_name')
}

function shapeOf({ compose }: LintContext, withHosts: boolean): string {
  const ports = compose?.ports.map(({ service, container, protocol, hostIp, host }) => {
    return [service, container.from, container.to, protocol, hostIp, withHosts ? host : host === null]
  })
  const services = compose?.services.map(({ name, image, mounts }) => [name, image?.text, mounts.length])
  return JSON.stringify([services, ports])
}

function refusals({ compose }: LintContext): number {
  return compose?.problems.length ?? 0
}
