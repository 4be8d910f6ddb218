/** `product port`: one number, and the way to it. */
import type { Command } from 'commander'
import { claimPorts, ownerName, type PortClaim } from '../claims/claim.js'
import { DEFAULT_MODULUS } from '../ports/offset.js'
import { SCHEMES, type SchemeName } from '../ports/schemes.js'
import { MAX_PORT } from '../ports/value.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { printable } from '../report/escape.js'
import { portJson } from '../report/ports.js'
import { problemsOf, survey } from '../tasks/survey.js'
import { checkProduct, suggestion } from '../workspace/names.js'
import { loadProduct } from '../workspace/product.js'
import type { ProductSettings } from '../workspace/settings.js'
import type { Workspace } from '../workspace/workspace.js'
import type { ExitCode, Host } from './host.js'
import { type Named, parseOwner, unknownInstance } from './owners.js'
import { type Format, printJson, reportProblems, usageError, workspaceOf } from './program.js'
import { stop } from './stop.js'

/** As commander gives them. */
export interface PortOptions {
  readonly scheme?: SchemeName
  readonly base?: string
  readonly format: Format
}

/** Shown where a scheme adds to a base port and none is given: the demo's redis. */
const EXAMPLE_BASE = 6380

export async function port(
  host: Host,
  command: Command,
  name: string,
  variable: string | undefined,
  options: PortOptions,
): Promise<ExitCode> {
  const wrong = misuse(variable, options)
  if (wrong !== null) return usageError(host, wrong)
  const scheme = options.scheme ?? 'crc32'
  const base = Number(options.base ?? EXAMPLE_BASE)
  const workspace = await workspaceOf(host, command)
  // A name is a name: the arithmetic needs no workspace, only a product's variable does.
  if ('code' in workspace) {
    return variable === undefined
      ? explain(host, null, name, scheme, base, options)
      : stop(host, options.format, {}, [workspace])
  }
  if (variable === undefined) return explain(host, workspace, name, scheme, base, options)
  const named = parseOwner(name)
  const unknown = checkProduct(workspace, named.product)
  return unknown === null
    ? one(host, workspace, named, variable, options)
    : stop(host, options.format, {}, [...workspace.problems, unknown])
}

/** Options that have no part in what is asked for; null if all have. */
function misuse(variable: string | undefined, { scheme, base }: PortOptions): string | null {
  if (variable !== undefined && (scheme ?? base) !== undefined)
    return `--${scheme === undefined ? 'base' : 'scheme'} goes with a name alone: the port of ${variable} is what the product has`
  if (base === undefined) return null
  if (scheme !== undefined && !SCHEMES[scheme].usesBase) return `--base has no part in ${scheme}`
  // Digits only: Number() would take 0x10 and 1e3, too.
  return /^\d+$/.test(base) && Number(base) >= 1 && Number(base) <= MAX_PORT
    ? null
    : `--base is a port from 1 to ${MAX_PORT}`
}

async function explain(
  host: Host,
  workspace: Workspace | null,
  name: string,
  scheme: SchemeName,
  base: number,
  options: PortOptions,
): Promise<ExitCode> {
  const input = { base, modulus: workspace?.modulus ?? DEFAULT_MODULUS }
  const number = SCHEMES[scheme].port(name, input)
  const steps = SCHEMES[scheme].explain(name, input)
  if (SCHEMES[scheme].usesBase && options.base === undefined) steps.push(`${steps.pop()}, for example`)
  if (number > MAX_PORT) steps.push(`${number} is over ${MAX_PORT}: there is no such port`)
  const named = parseOwner(name)
  const product =
    scheme === 'crc32' && workspace?.products.includes(named.product)
      ? await loadProduct(workspace, named.product)
      : null
  const stated = statedOffset(product?.settings, named.instance)
  // Settings that cannot be read may state another modulus, or another offset.
  const problems = [...(workspace?.problems ?? []), ...(product?.problems ?? [])]
  if (options.format === 'json') {
    const ok = !hasErrors(problems)
    printJson(host, { ok, name, scheme, port: number, steps, stated: stated ?? null, problems })
  } else {
    host.stdout(`${steps.map(printable).join('\n')}\n`)
    if (stated !== undefined)
      host.stdout(`${product?.settingsFile} states another offset: ${base} + ${stated} = ${base + stated}\n`)
  }
  return reportProblems(host, problems)
}

/** The offset that `product.yaml` states for a product, or for an instance of it. */
function statedOffset(settings: ProductSettings | undefined, instance: string | null): number | undefined {
  return instance === null ? settings?.offset : settings?.instances?.[instance]?.offset
}

function noPort(
  name: string,
  variable: string,
  claims: readonly PortClaim[],
  left: PortClaim | undefined,
): Problem {
  if (left !== undefined) {
    const message = `${name} sets no port in ${variable}, so Docker picks a random one`
    return problem('no-port', { file: left.file, line: left.line }, message, 'Set it in the product env.')
  }
  const known = claims.flatMap((claim) => (claim.outcome === 'random' ? [] : (claim.variable ?? [])))
  const next = suggestion(variable, [...new Set(known)], 'port variables', "The product's")
  return problem('no-port', {}, `${name} has no port in a variable ${variable}`, next)
}

/** The number alone, for scripts. */
async function one(
  host: Host,
  workspace: Workspace,
  named: Named,
  variable: string,
  options: PortOptions,
): Promise<ExitCode> {
  const { owners, problems: all } = await survey(workspace, [named.product])
  const unknown = unknownInstance(owners, named)
  if (unknown !== null) return stop(host, options.format, {}, [...all, unknown])
  const owner = owners.find(({ instance }) => instance === named.instance)
  const problems = problemsOf(workspace, owner === undefined ? [] : [owner])
  const own = owner?.claims ?? []
  // Of the variables that have one port among them, only one claims it.
  const leader = (key: string) => owner?.references.leaders.get(key) ?? key
  const exact = own.filter((claim) => claim.variable === variable)
  const same = own.filter((claim) => claim.variable !== null && leader(claim.variable) === leader(variable))
  const having = exact.length > 0 ? exact : same
  const claim = having.find(({ outcome }) => outcome !== 'random')
  if (claim === undefined)
    return stop(host, options.format, {}, [...problems, noPort(ownerName(named), variable, own, having[0])])
  if (options.format === 'json')
    printJson(host, { ok: !hasErrors(problems), claim: portJson(claim, null), problems })
  else host.stdout(`${claimPorts(claim)}\n`)
  return reportProblems(host, problems)
}
