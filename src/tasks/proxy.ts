/** Plans the host names of HTTP ports, and the ports that a reverse proxy on this machine passes them on to. */
import { ownerName, type PortClaim } from '../claims/claim.js'
import { badHostName, hostNameOf } from '../claims/host-names.js'
import type { Web } from '../claims/web.js'
import { isAddress } from '../compose/port.js'
import { MAX_PORT } from '../ports/value.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import type { Workspace } from '../workspace/workspace.js'
import { surveyElsewhere } from './elsewhere.js'
import { type SurveyedOwner, surveyProducts } from './survey.js'

/** One host name, and where its requests go. */
export interface ProxySite {
  readonly host: string
  /** `shop`, or `shop@blue` */
  readonly owner: string
  readonly service: string | null
  readonly variable: string | null
  /** Null if a file says that the port is HTTP. */
  readonly guessedFrom: Web['guessedFrom']
  /** On this machine: `https://127.0.0.1:9443`. */
  readonly upstream: string
  /** The command that starts it, and its folder if that is in another worktree; null if it is not known. */
  readonly start: { readonly command: string; readonly folder: string | null } | null
}

export interface Proxy {
  /** By host name; those of products in other worktrees too. */
  readonly sites: readonly ProxySite[]
  /** With an error, the sites are not complete. */
  readonly problems: readonly Problem[]
}

/** @param domain the end of each host name */
export async function planProxy(workspace: Workspace, domain: string): Promise<Proxy> {
  const survey = await surveyProducts(workspace)
  const elsewhere = await surveyElsewhere(workspace, workspace.products)
  const named = [
    ...survey.owners.flatMap((owner) => sitesOf(owner, domain, null)),
    ...elsewhere.flatMap((owner) => sitesOf(owner, domain, owner.directory)),
  ]
  const problems = [...survey.problems, ...nameProblems(named)]
  if (hasErrors(problems)) return { sites: [], problems }
  const sites = named.map(({ site }) => site).sort((a, b) => (a.host < b.host ? -1 : 1))
  return { sites, problems }
}

interface NamedSite {
  readonly site: ProxySite
  readonly claim: PortClaim
}

function sitesOf(owner: SurveyedOwner, domain: string, folder: string | null): NamedSite[] {
  const web = owner.claims.filter(isReachable)
  const seen = new Set<string>()
  // The front door first: of one container port on several host ports, the first counts.
  const ordered = [...web].sort((a, b) => Number(b.web?.isFront) - Number(a.web?.isFront))
  return ordered.flatMap((claim): NamedSite[] => {
    const { service, variable, target } = claim
    const key = service === null ? `${variable}` : `${service} ${target}`
    if (seen.has(key)) return []
    seen.add(key)
    const command = startOf(owner, claim)
    const site = {
      host: hostNameOf(claim, owner.claims, domain),
      owner: ownerName(claim),
      service,
      variable,
      guessedFrom: claim.web?.guessedFrom ?? null,
      upstream: `${claim.web?.scheme}://${upstreamAddress(claim.address)}:${claim.from}`,
      start: command === null ? null : { command, folder },
    }
    return [{ site, claim }]
  })
}

/** Returns true for an HTTP port that exists; a proxy would refuse the whole file because of another one. */
function isReachable({ web, outcome, from, address }: PortClaim): boolean {
  return web !== null && outcome !== 'random' && from <= MAX_PORT && (address === '' || isAddress(address))
}

/** Returns the address at which this machine reaches a published port. */
function upstreamAddress(address: string): string {
  if (address === '' || address === '0.0.0.0') return '127.0.0.1'
  if (address === '::') return '[::1]'
  return address.includes(':') ? `[${address}]` : address
}

function startOf(owner: SurveyedOwner, { service, feature, profiles }: PortClaim): string | null {
  const name = ownerName(owner)
  if (service === null) return `product run ${name} COMMAND`
  // The features have Compose projects of their own, which another tool starts.
  if (owner.stacks.length > 0 && feature !== null) return null
  const profile = owner.services.includes(service) ? undefined : profiles.find((each) => PROFILE.test(each))
  return `product compose ${name} ${profile === undefined ? '' : `--profile ${profile} `}up -d`
}

/** Needs no quotes in a shell. */
const PROFILE = /^[a-zA-Z0-9][\w.-]{0,62}$/

function nameProblems(sites: readonly NamedSite[]): Problem[] {
  const byHost = new Map<string, PortClaim[]>()
  for (const { site, claim } of sites) byHost.set(site.host, [...(byHost.get(site.host) ?? []), claim])
  return [...byHost].flatMap(([host, claims]) => {
    const { file, line } = claims.at(-1) as PortClaim
    const ports = claims
      .map((claim) => `${ownerName(claim)} ${claim.variable ?? claim.service}`)
      .join(' and ')
    const bad = badHostName(host)
    if (bad !== null) {
      const message = `The host name of ${ports} would be ${host}, ${bad}`
      return [problem('bad-host-name', { file, line }, message, 'Rename the product, instance or service.')]
    }
    if (claims.length === 1) return []
    const message = `${ports} would have the same host name, ${host}`
    const next = 'Rename one of them, or mark one with `none` in `http:` of product.yaml.'
    return [problem('bad-host-name', { file, line }, message, next)]
  })
}
