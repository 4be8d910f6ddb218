/** Warns when a merge has just given a product a port that somebody else uses. */

import { claimPorts, ownerName } from '../claims/claim.js'
import { isInUse, PortInspector } from '../live/inspector.js'
import { assignedPort, type ProductPlan } from '../merge/plan.js'
import { type Problem, problem } from '../problem.js'
import { openWorkspace, type Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'

/** More than this many ports are not looked at: the merge of a thousand features should not take seconds for it. */
const MOST = 256

/**
 * Looks at the TCP ports that plans have newly assigned. Nearly always all are free, which one look at the machine
 * shows; only where one is not, all products are read, and the engine is asked who has it.
 * @param plans those that were written
 */
export async function heldPorts(
  host: Host,
  workspace: Workspace,
  plans: readonly ProductPlan[],
): Promise<Problem[]> {
  const assigned = plans.flatMap((plan) =>
    plan.entries.flatMap((entry) => {
      const port = assignedPort(entry)
      return port === null ? [] : [{ name: `${ownerName(plan)} ${entry.key}`, ...port }]
    }),
  )
  if (assigned.reduce((count, { from, to }) => count + to - from + 1, 0) > MOST) return []
  const inspector = new PortInspector(host.machine)
  const names = new Set<string>()
  for (const { name, from, to } of assigned) {
    const runs = await inspector.runsOf({ protocol: 'tcp', address: '', from, to, stack: null })
    if (runs.some(isInUse)) names.add(name)
  }
  return names.size === 0 ? [] : describe(host, workspace, names)
}

/** @param names each owner and variable, as `shop@blue REDIS_HOST_PORT` */
async function describe(host: Host, workspace: Workspace, names: ReadonlySet<string>): Promise<Problem[]> {
  // Loaded only now: behind them stand the reader of Compose files and `yaml`, which take longer than the merge.
  const [{ survey }, { lookLive }] = await Promise.all([import('../tasks/survey.js'), import('./live.js')])
  // Opened anew, since the files have just changed; all products, since the one that holds the port may be any of them.
  const today = await openWorkspace(workspace.root, workspace.environment)
  const surveyed = await survey(today, today.products)
  const claims = surveyed.owners
    .flatMap((owner) => owner.claims)
    .filter((claim) => names.has(`${ownerName(claim)} ${claim.variable}`))
  const { held } = await lookLive(host, today, surveyed, claims)
  return held.map(({ claim, by }) => {
    const message = `${ownerName(claim)} gets ${claim.variable} ${claimPorts(claim)}, but that port is ${by}`
    const next = 'Stop that first, set another port in the product env, or run: product check --live'
    return problem('port-held', { file: claim.file, line: claim.line }, message, next)
  })
}
