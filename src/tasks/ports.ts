/** Lists the ports of a workspace, and finds the owner of a port and the port of a variable or name. */
import { ownerName, type PortClaim } from '../claims/claim.js'
import { claimsOfPort, decodePort, type OwnBase } from '../claims/whois.js'
import type { Machine } from '../live/machine.js'
import { readOffset } from '../merge/local-offset.js'
import { DEFAULT_MODULUS, LOCAL_OFFSET } from '../ports/offset.js'
import { SCHEMES, type SchemeName } from '../ports/schemes.js'
import { MAX_PORT } from '../ports/value.js'
import { type Problem, problem } from '../problem.js'
import { findCopy } from '../workspace/copies.js'
import { checkFeature, checkProduct, suggestion } from '../workspace/names.js'
import { type LoadedProduct, loadProduct, offsetOf } from '../workspace/product.js'
import { readFile, type Workspace } from '../workspace/workspace.js'
import { surveyElsewhere } from './elsewhere.js'
import { inspectClaims, inspectPort, type Live, type PortUse } from './live.js'
import { parseOwner, surveyNamed, unknownInstance } from './named-survey.js'
import { problemsOf, type Survey, surveyProducts } from './survey.js'

export interface ListPortsTask {
  /** Products and instances (`shop@blue`); none for all. */
  readonly names?: readonly string[] | undefined
  /** Only ports of this feature. */
  readonly feature?: string | undefined
  /** Only ports of this outcome. */
  readonly outcome?: string | undefined
  /** Finds out who uses the ports right now. */
  readonly machine?: Machine | undefined
}

/** The host ports of products. */
export interface PortList {
  /** By product and port. */
  readonly claims: readonly PortClaim[]
  /** Null without a machine. */
  readonly live: Live | null
}

/** Lists the host ports of products. @returns null for the list if a name is not known */
export async function listPorts(
  workspace: Workspace,
  { names = [], feature, outcome, machine }: ListPortsTask = {},
): Promise<{ readonly ports: PortList | null; readonly problems: readonly Problem[] }> {
  const { survey, isNamed, problems } = await surveyNamed(workspace, names)
  const unknown = feature === undefined ? null : checkFeature(workspace, feature)
  if (survey === null || unknown !== null) {
    return { ports: null, problems: unknown === null ? problems : [...problems, unknown] }
  }
  const elsewhere = await surveyElsewhere(
    workspace,
    survey.owners.filter(isNamed).map(({ product }) => product),
  )
  const owners = [...survey.owners, ...elsewhere]
  const claims = owners
    .flatMap((owner) => [...owner.claims].sort(byPort))
    .filter(
      (claim) =>
        isNamed(claim) &&
        (feature === undefined || feature === claim.feature) &&
        (outcome === undefined || outcome === claim.outcome),
    )
  const live =
    machine === undefined ? null : await inspectClaims(workspace, { ...survey, owners }, claims, machine)
  return { ports: { claims, live }, problems: [...problems, ...(live?.problems ?? [])] }
}

function byPort(a: PortClaim, b: PortClaim): number {
  return a.from - b.from || a.to - b.to || (a.protocol < b.protocol ? -1 : 1)
}

/** The owners of a port. */
export interface PortOwners {
  readonly port: number
  readonly claims: readonly PortClaim[]
  /** The meaning of the number in each scheme, in words; empty if it is claimed. */
  readonly decoded: readonly string[]
  /** Who uses it right now, in words. */
  readonly now: readonly string[]
  readonly holders: PortUse['holders']
  /** The files that could not be read: their products may claim it, too. */
  readonly unread: readonly string[]
  readonly problems: readonly Problem[]
}

export async function whoisPort(workspace: Workspace, port: number, machine: Machine): Promise<PortOwners> {
  const survey = await surveyProducts(workspace)
  const { unread } = survey
  const owners = [...survey.owners, ...(await surveyElsewhere(workspace, workspace.products))]
  const claims = claimsOfPort(owners, port)
  const { now, holders, problems } = await inspectPort(workspace, { ...survey, owners }, port, machine)
  const isClaimed = claims.length > 0
  const claiming = owners.filter((owner) => owner.claims.some((claim) => claims.includes(claim)))
  return {
    port,
    claims,
    decoded: isClaimed ? [] : decodePort(owners, ownBases(survey), port, workspace.modulus),
    now,
    holders,
    unread,
    // If it is not claimed, any product with an unreadable file may claim it.
    problems: [...problemsOf(workspace, isClaimed ? claiming : owners), ...problems],
  }
}

/** The base ports that `ports:` of product.yaml files set, each once. */
function ownBases({ products }: Survey): OwnBase[] {
  const bases = new Map<string, OwnBase>()
  for (const { source, settings } of products) {
    for (const [variable, { base }] of Object.entries(settings.ports ?? {})) {
      if (base === undefined) continue
      const key = `${variable} ${base}`
      bases.set(key, { variable, base, products: [...(bases.get(key)?.products ?? []), source.name] })
    }
  }
  return [...bases.values()]
}

/** Returns the claim of a variable of a product or instance (`shop@blue`); null if there is none. */
export async function portOf(
  workspace: Workspace,
  name: string,
  variable: string,
): Promise<{ readonly claim: PortClaim | null; readonly problems: readonly Problem[] }> {
  const named = parseOwner(name)
  const missing = checkProduct(workspace, named.product)
  if (missing !== null) return { claim: null, problems: [...workspace.problems, missing] }
  const { owners, problems: all } = await surveyProducts(workspace, [named.product])
  const unknown = unknownInstance(owners, named)
  if (unknown !== null) return { claim: null, problems: [...all, unknown] }
  const owner = owners.find(({ instance }) => instance === named.instance)
  const problems = problemsOf(workspace, owner === undefined ? [] : [owner])
  const own = owner?.claims ?? []
  // Of several variables that share a port by reference, one claims it.
  const leader = (key: string) => owner?.references.leaders.get(key) ?? key
  const exact = own.filter((claim) => claim.variable === variable)
  const same = own.filter((claim) => claim.variable !== null && leader(claim.variable) === leader(variable))
  const having = exact.length > 0 ? exact : same
  const claim = having.find(({ outcome }) => outcome !== 'random')
  if (claim !== undefined) return { claim, problems }
  return { claim: null, problems: [...problems, noPort(ownerName(named), variable, own, having[0])] }
}

/** @param random the variable's claim of a random port */
function noPort(
  name: string,
  variable: string,
  claims: readonly PortClaim[],
  random: PortClaim | undefined,
): Problem {
  if (random !== undefined) {
    const { file, line } = random
    const message = `${name} sets no port in ${variable}, so Docker picks a random one`
    return problem('no-port', { file, line }, message, 'Set it in the product env.')
  }
  const known = claims.flatMap((claim) => (claim.outcome === 'random' ? [] : (claim.variable ?? [])))
  const next = suggestion(variable, [...new Set(known)], 'port variables', "The product's")
  return problem('no-port', {}, `${name} has no port in ${variable}`, next)
}

/** The port that a scheme gives to a name. */
export interface NamedPort {
  readonly name: string
  readonly scheme: SchemeName
  /** The base port, for a scheme that adds to one. */
  readonly base: number
  readonly port: number
  /** The computation, in words. */
  readonly steps: readonly string[]
  /** The offset that a file sets for the product or instance of that name. */
  readonly set: { readonly offset: number; readonly file: string } | null
  readonly problems: readonly Problem[]
}

/** Redis in the demo. */
const EXAMPLE_BASE = 6380

/**
 * Explains how a scheme turns a name into a port.
 * @param given the base port, for crc32; an example if it is omitted
 */
export async function explainPort(
  workspace: Workspace | null,
  name: string,
  scheme: SchemeName,
  given?: number,
): Promise<NamedPort> {
  const base = given ?? EXAMPLE_BASE
  const input = { base, modulus: workspace?.modulus ?? DEFAULT_MODULUS }
  const port = SCHEMES[scheme].port(name, input)
  const steps = SCHEMES[scheme].explain(name, input)
  if (SCHEMES[scheme].usesBase && given === undefined) steps.push(`${steps.pop()}, for example`)
  if (port > MAX_PORT) steps.push(`${port} is above ${MAX_PORT}, the highest port`)
  const { product, instance } = parseOwner(name)
  const loaded =
    scheme === 'crc32' && workspace?.products.includes(product) ? await loadProduct(workspace, product) : null
  const set = loaded === null || workspace === null ? null : setOffset(workspace, loaded, instance)
  return {
    name,
    scheme,
    base,
    port,
    steps,
    set,
    problems: [...(workspace?.problems ?? []), ...(loaded?.problems ?? [])],
  }
}

/** Returns the offset that the env file or product.yaml sets; null for neither. */
function setOffset(
  workspace: Workspace,
  { source, settings, settingsFile }: LoadedProduct,
  instance: string | null,
): NamedPort['set'] {
  const { env, overlay } = workspace.layout.product(source.name)
  const stated = instance === null ? settings.offset : settings.instances?.[instance]?.offset
  const file = instance === null ? env : overlay(instance)
  const general = offsetOf(ownerName({ product: source.name, instance }), stated, workspace.modulus)
  // In a checkout that is a copy, the offset of the product env is the copy's.
  const isCopy = instance === null && findCopy(workspace, source.name) !== null
  const text = isCopy ? '' : (readFile(workspace, file).text ?? '')
  const { value, from } = readOffset(text, file, general).offset
  return from === 'crc32' ? null : { offset: value, file: from === LOCAL_OFFSET ? file : settingsFile }
}
