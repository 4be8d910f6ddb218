/** `product port`: one number, and the way to it. */
import type { Command } from 'commander'
import { claimPorts, type PortClaim } from '../ports/claim.js'
import type { Owner } from '../ports/fix.js'
import { DEFAULT_MODULUS } from '../ports/offset.js'
import { SCHEMES, type SchemeName } from '../ports/schemes.js'
import { MAX_PORT } from '../ports/value.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { printable } from '../report/escape.js'
import { portJson } from '../report/ports.js'
import { loadProduct } from '../workspace/product.js'
import { survey } from '../workspace/survey.js'
import { checkProduct, suggestion, type Workspace } from '../workspace/workspace.js'
import type { ExitCode, Host } from './host.js'
import { printJson, reportProblems, usageError, workspaceOf } from './program.js'
import { stop } from './stop.js'

/** As commander gives them. */
export interface PortOptions {
  readonly scheme: SchemeName
  readonly base?: string
  readonly instance?: string
  readonly json?: true
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
  const scheme = options.scheme
  if (options.base !== undefined && !SCHEMES[scheme].usesBase)
    return usageError(host, `--base has no part in ${scheme}`)
  if (options.instance !== undefined && variable === undefined)
    return usageError(
      host,
      `--instance needs a variable; as a name, an instance is ${name}@${options.instance}`,
    )
  const base = Number(options.base ?? EXAMPLE_BASE)
  if (!Number.isInteger(base) || base < 1 || base > MAX_PORT)
    return usageError(host, `--base is a port from 1 to ${MAX_PORT}`)
  const workspace = await workspaceOf(host, command)
  // A name is a name: the arithmetic needs no workspace, only a product's variable does.
  if ('code' in workspace) {
    return variable === undefined
      ? explain(host, null, name, scheme, base, options)
      : stop(host, options.json && {}, [workspace])
  }
  if (variable === undefined) return explain(host, workspace, name, scheme, base, options)
  const unknown = checkProduct(workspace, name)
  return unknown === null
    ? one(host, workspace, name, variable, options)
    : stop(host, options.json && {}, [unknown])
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
  const product =
    scheme === 'crc32' && workspace?.products.includes(name) ? await loadProduct(workspace, name) : null
  const stated = product?.settings.offset
  if (options.json) {
    printJson(host, {
      ok: true,
      name,
      scheme,
      port: number,
      steps,
      stated: stated ?? null,
    })
    return 0
  }
  host.stdout(`${steps.map(printable).join('\n')}\n`)
  if (stated !== undefined)
    host.stdout(`${product?.settingsFile} states another offset: ${base} + ${stated} = ${base + stated}\n`)
  return 0
}

function noPort(
  name: string,
  variable: string,
  claims: readonly PortClaim[],
  left: PortClaim | undefined,
): Problem {
  if (left !== undefined) {
    const message = `product ${name} sets no port in ${variable}, so Docker picks a random one`
    return problem('no-port', { file: left.file, line: left.line }, message, 'Set it in the product env.')
  }
  const known = claims.flatMap((claim) => (claim.outcome === 'chance' ? [] : (claim.variable ?? [])))
  const next = suggestion(variable, [...new Set(known)], 'port variables', "The product's")
  return problem('no-port', {}, `product ${name} has no port in a variable ${variable}`, next)
}

function noInstance(name: string, owners: readonly Owner[], wanted: string | null): Problem {
  const known = owners.flatMap(({ instance }) => instance ?? [])
  const next = suggestion(wanted ?? '', known, 'instances', "The product's")
  return problem('no-instance', {}, `product ${name} has no instance ${wanted}`, next)
}

/** The number alone, for scripts. */
async function one(
  host: Host,
  workspace: Workspace,
  name: string,
  variable: string,
  options: PortOptions,
): Promise<ExitCode> {
  const { owners, problems } = await survey(workspace, [name])
  const wanted = options.instance ?? null
  const owner = owners.find(({ instance }) => instance === wanted)
  if (owner === undefined)
    return stop(host, options.json && {}, [...problems, noInstance(name, owners, wanted)])
  const own = owner.claims
  const having = own.filter((claim) => claim.variable === variable)
  const claim = having.find(({ outcome }) => outcome !== 'chance')
  if (claim === undefined)
    return stop(host, options.json && {}, [...problems, noPort(name, variable, own, having[0])])
  if (options.json) printJson(host, { ok: !hasErrors(problems), claim: portJson(claim, null), problems })
  else host.stdout(`${claimPorts(claim)}\n`)
  return reportProblems(host, problems)
}
