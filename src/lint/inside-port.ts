/** Uses of a port variable as the port of a container, which no offset shifts. */
import type { PortRange } from '../compose/port.js'
import { type Reference, references } from '../env/expand.js'
import { isOwn, type LintContext, rawOf } from './context.js'
import { type ServiceValue, serviceValues, titleOf } from './service-values.js'

/** The first use in a value. */
export interface InsideUse {
  readonly variable: string
  /** The variable or key that has the value, for a message. */
  readonly title: string
  readonly file: string
  readonly line: number
  readonly column?: number
  /** `redis` in `redis:${REDIS_HOST_PORT}`; null for the container port in `ports:`. */
  readonly host: string | null
  readonly service: string | null
  /** Null if unknown. */
  readonly container: PortRange | null
}

type Use = Pick<InsideUse, 'variable' | 'host' | 'service' | 'container'>

/** @param isWanted tests the name of a variable */
export function* insideUses(context: LintContext, isWanted: (name: string) => boolean): Generator<InsideUse> {
  const { template } = context
  const inside = new Inside(context)
  const first = (raw: string, value: ServiceValue | null): Use | undefined =>
    behindNames(raw, isWanted)
      .map(([reference, host]) => inside.behind(reference.name, host, value))
      .find((use) => use !== null)
  for (const statement of template.defined.values()) {
    if (statement.quote === "'" || statement.kind === 'inherit') continue
    const use = first(rawOf(template, statement), null)
    if (use !== undefined) yield { ...use, title: statement.key, file: template.file, line: statement.line }
  }
  for (const value of inside.values) {
    if (!isOwn(context, value.span)) continue
    const use = value.path[0] === 'ports' ? inside.published(value, isWanted) : first(value.raw, value)
    const { file, line, column } = value.span
    if (use) yield { ...use, title: titleOf(value), file, line, column }
  }
}

class Inside {
  readonly values: readonly ServiceValue[]
  private readonly services: ReadonlySet<string>
  /** `service variable` of container ports. */
  private readonly targets = new Set<string>()

  constructor(private readonly context: LintContext) {
    const services = context.compose?.services ?? []
    this.values = serviceValues(context.compose).filter(({ raw }) => raw.includes('$'))
    this.services = new Set(services.map(({ name }) => name))
    for (const value of this.values) {
      for (const { name } of targetOf(value)) this.targets.add(`${value.service} ${name}`)
    }
  }

  /** Checks a variable that follows a name: null unless the name is a service that listens on another port. */
  behind(variable: string, host: Host, value: ServiceValue | null): Use | null {
    const { others, compose } = this.context
    const isItself = LOCAL.test(host.name)
    // On the host, and in other containers, localhost is not the service.
    if (isItself && value?.path[0] !== 'healthcheck') return null
    const service = isItself ? (value?.service ?? '') : host.name
    const theirs = others.defining(variable).flatMap((defined) => others.ports(defined))
    const ports = [...(compose?.ports ?? []), ...theirs]
    const port = ports.find(
      (each) => each.service === service && each.references.some(({ name }) => name === variable),
    )
    const isService = this.services.has(service) || port !== undefined || host.isUrl
    if (!isService || this.targets.has(`${service} ${variable}`)) return null
    return { variable, host: host.name, service, container: port?.container ?? null }
  }

  /** Checks a container port: null if the service gets the variable and so can listen on it. */
  published(value: ServiceValue, isWanted: (name: string) => boolean): Use | null {
    const wanted = targetOf(value).find(({ name }) => isWanted(name))
    if (wanted === undefined || this.getsVariable(value.service, wanted.name)) return null
    return { variable: wanted.name, host: null, service: value.service, container: null }
  }

  private getsVariable(service: string, variable: string): boolean {
    const { template, compose } = this.context
    const body = serviceValues(compose).filter((value) => value.service === service)
    // The file may pass it.
    if (body.some(({ path }) => path[0] === 'env_file')) return true
    const seen = new Set(
      body
        .filter(({ path }) => !['ports', 'labels', 'healthcheck'].includes(path[0] ?? ''))
        .flatMap(({ raw }) => references(raw).map(({ name }) => name)),
    )
    for (const name of seen) {
      const statement = template.defined.get(name)
      if (name === variable) return true
      if (statement === undefined || statement.quote === "'") continue
      for (const { name: used } of references(rawOf(template, statement))) seen.add(used)
    }
    return false
  }
}

/** Returns the references in the container port of a mapping. */
function targetOf({ path, raw }: ServiceValue): readonly Reference[] {
  if (path[0] !== 'ports') return []
  const all = references(raw)
  if (path.length > 2) return path[2] === 'target' ? all : []
  let plain = raw
  for (const { start, end } of all) plain = plain.slice(0, start) + 'x'.repeat(end - start) + plain.slice(end)
  const colon = plain.lastIndexOf(':')
  return all.filter(({ start }) => start > colon)
}

interface Host {
  readonly name: string
  /** True in a URL, where a name without a dot is a service. */
  readonly isUrl: boolean
}

const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])$/i

/** The length of a name, with a user and password before it. */
const LONGEST = 200

/** Finds the wanted references that follow a name and a colon, as a port does. */
function behindNames(raw: string, isWanted: (name: string) => boolean): (readonly [Reference, Host])[] {
  return references(raw).flatMap((reference): (readonly [Reference, Host])[] => {
    if (raw[reference.start - 1] !== ':' || !isWanted(reference.name)) return []
    const before = raw.slice(Math.max(0, reference.start - LONGEST), reference.start - 1)
    const name = /(?:\[::1\]|[\w.-]{1,63})$/.exec(before.slice(-64))?.[0] ?? ''
    const isName = LOCAL.test(name) || /^[a-z_][\w-]*$/i.test(name)
    const scheme = before.slice(0, before.length - name.length)
    return isName ? [[reference, { name, isUrl: /:\/\/(?:[^\s/@]*@)?$/.test(scheme) }]] : []
  })
}
