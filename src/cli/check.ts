/** `product check`: collisions and hazards of the whole workspace, and their repair. */
import type { Command } from 'commander'
import { findCollisions } from '../claims/collisions.js'
import { findHazards } from '../claims/hazards.js'
import { hasErrors, type Problem } from '../problem.js'
import { problemAnnotations } from '../report/annotation.js'
import {
  type CheckResult,
  checkAnnotations,
  checkJson,
  checkLines,
  NOTHING_CHECKED,
} from '../report/check.js'
import type { FixResult } from '../report/fix.js'
import { saveAll } from '../save/save-all.js'
import { planFix } from '../tasks/fix-collisions.js'
import { sameProjects } from '../tasks/projects.js'
import { survey as surveyProducts } from '../tasks/survey.js'
import { openWorkspace } from '../workspace/workspace.js'
import { heldPorts } from './held.js'
import type { ExitCode, Host } from './host.js'
import { lookLive } from './live.js'
import { type Format, printJson, reportProblems, styleOf, usageError } from './program.js'
import { printAnnotations, stop } from './stop.js'
import { problemsOfWanted, type Surveyed, surveyWorkspace } from './survey.js'

/** As commander gives them. */
export interface CheckOptions {
  readonly fix?: true
  readonly refresh?: true
  readonly dryRun?: true
  readonly strict?: true
  readonly live?: true
  readonly format?: Format
  readonly quiet?: true
}

export async function check(
  host: Host,
  command: Command,
  names: readonly string[],
  options: CheckOptions,
): Promise<ExitCode> {
  const wrong = misuse(names, options)
  if (wrong !== null) return usageError(host, wrong)
  const surveyed = await surveyWorkspace(host, command, names)
  if (Array.isArray(surveyed)) return stop(host, options.format, checkJson(NOTHING_CHECKED), surveyed)
  const fixed = options.fix ? await fix(host, surveyed, options) : null
  const now = fixed?.written ? await again(surveyed) : surveyed
  const shared = sameProjects(now.survey.owners, now.wanted)
  const problems: Problem[] = [...problemsOfWanted(now), ...(fixed?.problems ?? []), ...shared]
  const result: CheckResult = { ...(await findings(host, now, options, problems)), fix: fixed }
  print(host, result, problems, options)
  const exitCode =
    options.format === 'github' ? (hasErrors(problems) ? 1 : 0) : reportProblems(host, problems)
  const found =
    result.collisions.length > 0 || result.held.length > 0 || (options.strict && result.hazards.length > 0)
  return found ? 1 : exitCode
}

interface Fixed extends FixResult {
  readonly problems: readonly Problem[]
  readonly written: boolean
}

/** Repairs what can be repaired: all of the plan is written, or nothing. */
async function fix(
  host: Host,
  { workspace, survey }: Surveyed,
  { dryRun = false, refresh = false }: { readonly dryRun?: boolean; readonly refresh?: boolean },
): Promise<Fixed> {
  const none = { state: 'stopped', refresh, reassignments: [], outdated: [], written: false } as const
  if (hasErrors(survey.problems)) return { ...none, unresolved: [], problems: [] }
  const { saves, problems, ...plan } = await planFix(workspace, survey, refresh)
  // Owners for which no offset is free do not keep the others from being parted.
  const stopped = problems.some(({ severity, code }) => severity === 'error' && code !== 'no-offset')
  if (stopped) return { ...none, unresolved: plan.unresolved, problems }
  if (dryRun) return { ...plan, state: 'shown', refresh, problems, written: false }
  const failed = saveAll(saves)
  if (failed.length > 0) return { ...none, unresolved: plan.unresolved, problems: [...problems, ...failed] }
  const held = await heldPorts(host, workspace, plan.plans)
  return { ...plan, state: 'done', refresh, problems: [...problems, ...held], written: saves.length > 0 }
}

function misuse(names: readonly string[], options: CheckOptions): string | null {
  if (options.refresh && !options.fix) return '--refresh needs --fix'
  if (options.dryRun && !options.fix) return '--dry-run needs --fix'
  if (options.fix && names.length > 0) return '--fix looks at all products; leave the names out'
  return null
}

/** Reads everything anew, after a write. */
async function again({ workspace: { root }, wanted }: Surveyed): Promise<Surveyed> {
  const workspace = await openWorkspace(root)
  return { workspace, survey: await surveyProducts(workspace, workspace.products), wanted }
}

async function findings(
  host: Host,
  { workspace, survey, wanted }: Surveyed,
  options: CheckOptions,
  problems: Problem[],
) {
  const all = survey.owners.flatMap(({ claims }) => claims)
  const claims = all.filter(wanted)
  const live = options.live ? await lookLive(host, workspace, survey, claims) : null
  problems.push(...(live?.problems ?? []))
  const read = survey.owners.filter((owner) => wanted(owner) && owner.unread.length === 0)
  return {
    products: new Set(read.map(({ product }) => product)).size,
    ports: read.flatMap((owner) => owner.claims).length,
    unread: survey.unread,
    collisions: findCollisions(all).filter((collision) => collision.claims.some(wanted)),
    hazards: findHazards(claims, host.machine.ephemeralRange()),
    held: (live?.held ?? []).filter(({ certain }) => certain),
  }
}

function print(host: Host, result: CheckResult, problems: readonly Problem[], options: CheckOptions): void {
  if (options.format === 'json') printJson(host, { ok: !hasErrors(problems), ...checkJson(result), problems })
  else if (options.format === 'github')
    printAnnotations(host, [...problemAnnotations(problems), ...checkAnnotations(result)])
  else if (!options.quiet) host.stdout(`${checkLines(result, styleOf(host, 'stdout')).join('\n')}\n`)
}
