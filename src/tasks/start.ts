/** What a Compose command is about to start, and what is in its way. */
import { claimPorts, ownerName, type PortClaim, wayOut } from '../claims/claim.js'
import { changesProject, parseStart, startedServices } from '../compose/started.js'
import { isInUse, PortInspector } from '../live/inspector.js'
import type { Machine } from '../live/machine.js'
import { type Problem, problem } from '../problem.js'
import { loadCompose, profilesOf } from '../workspace/compose.js'
import { offsetAwayFrom } from './free-offset.js'
import { inspectClaims } from './live.js'
import type { Prepared } from './prepare.js'
import { startedElsewhere } from './stacks.js'
import { surveyProducts } from './survey.js'

interface Start {
  /** The ports that it publishes, but for those that the shell sets. */
  readonly claims: readonly PortClaim[]
  /** Whether it leaves containers running. */
  readonly isDetached: boolean
  /** An error for each port that somebody else holds, or for a project that was started from another folder. */
  readonly problems: readonly Problem[]
}

/** @param args those of Compose @param shell the shell's variables; byte strings */
export async function planStart(
  { workspace, owner, values, shellWins }: Prepared,
  args: readonly string[],
  shell: ReadonlyMap<string, string>,
  machine: Machine,
): Promise<Start> {
  const nothing: Start = { claims: [], isDetached: false, problems: [] }
  if (!changesProject(args)) return nothing
  const all = new Map([...values, ...shell])
  const { compose, ...project } = loadCompose(workspace, owner.product, all)
  const elsewhere = await startedElsewhere(workspace, [{ ...owner, ...project }], machine)
  const command = parseStart(args)
  if (elsewhere.length > 0 || command === null) return { ...nothing, problems: elsewhere }
  const { owners } = await surveyProducts(workspace, [owner.product])
  // A product that is a copy itself comes first, under the name of the copy.
  const own = owners.find(({ instance }) => instance === owner.instance) ?? owners[0]
  const services = compose === null ? new Set<string>() : startedServices(compose, command, profilesOf(all))
  const claims = (own?.claims ?? []).filter(
    ({ service, variable, outcome }) =>
      services.has(service ?? '') && outcome !== 'random' && !(variable !== null && shellWins.has(variable)),
  )
  const { isDetached } = command
  // Nearly always all ports are free; only otherwise, all products are read.
  const inspector = new PortInspector(machine)
  const taken: PortClaim[] = []
  for (const claim of claims)
    if ((await inspector.runsOf({ ...claim, stack: null })).some(isInUse)) taken.push(claim)
  if (taken.length === 0) return { claims, isDetached, problems: [] }
  const survey = await surveyProducts(workspace)
  const { held } = await inspectClaims(workspace, survey, taken, machine)
  const problems: Problem[] = []
  for (const { claim, by } of held.filter(({ certain }) => certain)) {
    const offset = await offsetAwayFrom(workspace, survey.owners, claim, machine)
    problems.push(heldProblem(claim, by, wayOut(claim, offset)))
  }
  return { claims, isDetached, problems }
}

/** @param by `in use by …`, or the part of a range with it */
function heldProblem(claim: PortClaim, by: string, next: string): Problem {
  const { variable, file, line } = claim
  const port = `${ownerName(claim)} ${variable ?? 'port'} ${claimPorts(claim)}`
  const message = by.startsWith('in use') ? `${port} is ${by}` : `${port}: ${by}`
  return problem('port-in-use', { file, line }, message, next)
}
