/** What a feature publishes, port by port, seen from its variables. */
import type { PublishedPort } from '../compose/published.js'
import type { Statement } from '../env/document.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import { isOwn, type LintContext, rawOf } from './context.js'

/** The published ports that the feature's own Compose files state. */
export function ownPorts(context: LintContext): PublishedPort[] {
  return (context.compose?.ports ?? []).filter(({ span }) => isOwn(context, span))
}

/** A port variable of the template, as its last statement has it. */
export interface PortVariable {
  readonly key: string
  readonly statement: Statement
  /** As written, without quotes: a byte string. */
  readonly raw: string
  readonly port: ReturnType<typeof parsePortValue>
}

/** The port variables of the template, in order. */
export function portVariables({ template }: LintContext): PortVariable[] {
  return [...template.stated].flatMap(([key, statement]): PortVariable[] => {
    if (!isPortVariable(key) || statement.kind === 'inherit') return []
    const raw = rawOf(template, statement)
    return [{ key, statement, raw, port: parsePortValue(raw) }]
  })
}

/** Those of them that have base ports. */
export function baseVariables(context: LintContext): (PortVariable & { readonly port: PortValue })[] {
  return portVariables(context).filter(
    (variable): variable is PortVariable & { readonly port: PortValue } => typeof variable.port !== 'string',
  )
}
