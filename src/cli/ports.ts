/** `product ports`: every host port of every product. */
import type { Command } from 'commander'
import type { PortClaim } from '../claims/claim.js'
import { hasErrors } from '../problem.js'
import { portJson, portLines } from '../report/ports.js'
import { checkFeature } from '../workspace/names.js'
import type { ExitCode, Host } from './host.js'
import { lookLive } from './live.js'
import { type Format, printJson, reportProblems } from './program.js'
import { stop } from './stop.js'
import { problemsOfWanted, surveyWorkspace } from './survey.js'

/** As commander gives them. */
export interface PortsOptions {
  readonly feature?: string
  readonly outcome?: string
  readonly live?: true
  readonly format: Format
}

export async function ports(
  host: Host,
  command: Command,
  names: readonly string[],
  options: PortsOptions,
): Promise<ExitCode> {
  const result = await surveyWorkspace(host, command, names)
  if (Array.isArray(result)) return stop(host, options.format, { ports: [] }, result)
  const { workspace, survey, wanted: named } = result
  const unknown = options.feature === undefined ? null : checkFeature(workspace, options.feature)
  const found = problemsOfWanted(result)
  if (unknown !== null) return stop(host, options.format, { ports: [] }, [...found, unknown])
  const wanted = (claim: PortClaim): boolean =>
    named(claim) &&
    (options.feature === undefined || options.feature === claim.feature) &&
    (options.outcome === undefined || options.outcome === claim.outcome)
  const claims = survey.owners.flatMap((owner) => [...owner.claims].sort(byPort)).filter(wanted)
  const live = options.live ? await lookLive(host, workspace, survey, claims) : null
  const problems = [...found, ...(live?.problems ?? [])]
  if (options.format === 'json') {
    printJson(host, {
      ok: !hasErrors(problems),
      ports: claims.map((claim) => portJson(claim, live?.text ?? null)),
      problems,
    })
  } else host.stdout(`${portLines(claims, live?.text ?? null, host.width).join('\n')}\n`)
  return reportProblems(host, problems)
}

function byPort(a: PortClaim, b: PortClaim): number {
  return a.from - b.from || a.to - b.to || (a.protocol < b.protocol ? -1 : 1)
}
