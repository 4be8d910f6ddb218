/** `product whois PORT`: who owns a port. */
import type { Command } from 'commander'
import { claimsOfPort, decodePort, type OwnBase } from '../claims/whois.js'
import { MAX_PORT } from '../ports/value.js'
import { hasErrors } from '../problem.js'
import { printable } from '../report/escape.js'
import { portJson, portLines } from '../report/ports.js'
import { problemsOf, type Survey } from '../tasks/survey.js'
import type { ExitCode, Host } from './host.js'
import { lookAtPort } from './live.js'
import { type Format, printJson, reportProblems, usageError } from './program.js'
import { stop } from './stop.js'
import { surveyWorkspace } from './survey.js'

export async function whois(
  host: Host,
  command: Command,
  text: string,
  options: { readonly format: Format },
): Promise<ExitCode> {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > MAX_PORT)
    return usageError(host, `${JSON.stringify(text)} is no port from 1 to ${MAX_PORT}`)
  const result = await surveyWorkspace(host, command, [])
  if (Array.isArray(result))
    return stop(host, options.format, { port, claims: [], decoded: [], now: [], unread: [] }, result)
  const { workspace, survey } = result
  const claims = claimsOfPort(survey.owners, port)
  const live = await lookAtPort(host, workspace, survey, port)
  const decoded =
    claims.length > 0 ? [] : decodePort(survey.owners, ownBases(survey), port, workspace.modulus)
  const claiming = survey.owners.filter((owner) => owner.claims.some((claim) => claims.includes(claim)))
  // Where nobody claims it, anybody whose files could not be read may do so.
  const found = problemsOf(workspace, claiming.length > 0 ? claiming : survey.owners)
  const problems = [...found, ...live.problems]
  if (options.format === 'json') {
    printJson(host, {
      ok: !hasErrors(problems),
      port,
      claims: claims.map((claim) => portJson(claim, null)),
      decoded,
      now: live.now,
      unread: survey.unread,
      problems,
    })
    return reportProblems(host, problems)
  }
  const owned = claims.map((claim) => `  stated in ${claim.file}:${claim.line}`)
  const nobody = survey.unread.length === 0 ? 'no product' : 'no product that was read'
  const lines =
    claims.length > 0
      ? [...portLines(claims, null, host.width), '', ...owned]
      : [`  ${nobody} claims ${port}`, ...decoded.map((line) => `  ${line}`)]
  lines.push(
    ...live.now.map((line) => `  now: ${line}`),
    ...survey.unread.map((file) => `  not read: ${file}`),
  )
  host.stdout(`${lines.map(printable).join('\n')}\n`)
  return reportProblems(host, problems)
}

/** The base ports that `product.yaml` files state for ports of the products' own, each once. */
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
