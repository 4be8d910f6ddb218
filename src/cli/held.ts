/** Warns when a merge has just given a product a port that somebody else uses. */
import { EVERYWHERE, probePorts } from '../live/probe.js'
import type { ProductPlan } from '../merge/plan.js'
import { ownerName } from '../ports/claim.js'
import { parsePortValue } from '../ports/value.js'
import { type Problem, problem } from '../problem.js'
import { openWorkspace, type Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'

/** More than this many ports are not tried: the merge of a thousand features should not take seconds for it. */
const MOST = 256

/**
 * Tries the ports that plans have newly assigned. Nearly always all are free, which costs a bind each; only where one
 * is not, the engine and the process table are asked who has it.
 * @param plans those that were written
 */
export async function heldPorts(
  host: Host,
  workspace: Workspace,
  plans: readonly ProductPlan[],
): Promise<Problem[]> {
  const assigned = plans.flatMap(({ entries }) => entries.filter(({ outcome }) => outcome === 'adjusted'))
  const ports = assigned.flatMap(({ value }) => {
    const port = parsePortValue(value ?? '')
    return typeof port === 'string' ? [] : [port.from]
  })
  if (ports.length === 0 || ports.length > MOST) return []
  const results = await probePorts(ports.map((port) => ({ protocol: 'tcp', port, addresses: EVERYWHERE })))
  const isHeld = (index: number): boolean =>
    [...(results[index]?.values() ?? [])].some(({ outcome }) => outcome === 'held')
  const held = new Set(ports.filter((_, index) => isHeld(index)))
  return held.size === 0 ? [] : describe(host, workspace, plans, held)
}

async function describe(
  host: Host,
  workspace: Workspace,
  plans: readonly ProductPlan[],
  ports: ReadonlySet<number>,
): Promise<Problem[]> {
  // Loaded only now: behind them stand the reader of Compose files and `yaml`, which take longer than the merge.
  const [{ survey }, { lookLive }] = await Promise.all([
    import('../workspace/survey.js'),
    import('./live.js'),
  ])
  // Opened anew, since the files have just changed; all products, since the one that holds the port may be any of them.
  const today = await openWorkspace(workspace.root, workspace.environment)
  const surveyed = await survey(today, today.products)
  const written = new Set(plans.map(ownerName))
  const claims = surveyed.owners
    .filter((owner) => written.has(ownerName(owner)))
    .flatMap((owner) => owner.claims)
    .filter(({ from, outcome }) => ports.has(from) && outcome === 'adjusted')
  const { held } = await lookLive(host, today, surveyed, claims)
  return held.map(({ claim, by }) => {
    const message = `${ownerName(claim)} gets ${claim.variable} ${claim.from}, but that port is ${by}`
    const next = 'Stop that first, set another port in the product env, or run: product check --live'
    return problem('port-held', { file: claim.file, line: claim.line }, message, next)
  })
}
