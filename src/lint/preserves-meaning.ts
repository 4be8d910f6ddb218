/** What a fix has to leave as it is. */

import { decode } from '../env/bytes.js'
import { expand } from '../env/expand.js'
import { evaluate } from '../env/read.js'
import { type LintContext, rawOf, type Template } from './context.js'
import { type ServiceValue, serviceValues } from './service-values.js'

/** A number in whose place a variable has come, by variable. */
type Replaced = ReadonlyMap<string, string>

/** Whether the templates and the services still give every value that no reference is part of, and Compose still sees the same services. */
export function preservesMeaning(
  before: readonly LintContext[],
  after: readonly LintContext[],
  replaced: Replaced,
): boolean {
  return before.every((context, index) => {
    const next = after[index]
    return (
      next !== undefined &&
      keepsValues(context.template, next.template, replaced) &&
      shapeOf(context) === shapeOf(next) &&
      keepsServices(context, next, replaced) &&
      // With what goes, what was wrong with it may go, too.
      refusals(next) <= refusals(context)
    )
  })
}

function keepsValues(before: Template, after: Template, replaced: Replaced): boolean {
  if (before.doc.statements.length > after.doc.statements.length) return false
  // A reference that has just taken the place of a number may still have to be put in order.
  const lookup = (name: string) => replaced.get(name) ?? after.reading.values.get(name)
  return [...before.stated].every(([key, statement]) => {
    const now = after.stated.get(key)
    if (now === undefined || now.kind !== statement.kind) return false
    if (rawOf(before, statement).includes('$') && statement.quote !== "'") return true
    if (now.kind === 'inherit') return true
    const value = evaluate(rawOf(after, now), now.quote, lookup)
    return value.ok && value.value === before.reading.values.get(key)
  })
}

/** Whether the values of services are what they were, as long as each variable is. */
function keepsServices(before: LintContext, after: LintContext, replaced: Replaced): boolean {
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

/** Without the ports, whose shape is looked at, and the names, which may go. */
function valuesIn({ compose }: LintContext): ServiceValue[] {
  return serviceValues(compose).filter(({ path }) => path[0] !== 'ports' && path[0] !== 'container_name')
}

/** Services and their ports in the containers: what no fix changes. */
function shapeOf({ compose }: LintContext): string {
  const ports = compose?.ports.map(({ service, container, protocol, hostIp, host }) => {
    return [service, container.from, container.to, protocol, hostIp, host === null]
  })
  const services = compose?.services.map(({ name, image, mounts }) => [name, image?.text, mounts.length])
  return JSON.stringify([services, ports])
}

function refusals({ compose }: LintContext): number {
  return compose?.problems.length ?? 0
}
