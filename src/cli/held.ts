/** Warns when a merge has just given a product a port that somebody else uses. */
import { EVERYWHERE, probePorts } from '../live/probe.js'
import { isAssigned, type ProductPlan } from '../merge/plan.js'
import { claimPorts, ownerName } from '../ports/claim.js'
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
  const assigned = plans.flatMap((plan) =>
    plan.entries.filter(isAssigned).map(({ key, value }) => ({ plan, key, ports: portsOf(value) })),
  )
  const ports = [...new Set(assigned.flatMap((each) => each.ports))]
  if (ports.length === 0 || ports.length > MOST) return []
  const results = await probePorts(ports.map((port) => ({ protocol: 'tcp', port, addresses: EVERYWHERE })))
  const isHeld = (index: number): boolean =>
    [...(results[index]?.values() ?? [])].some(({ outcome }) => outcome === 'held')
  const held = new Set(ports.filter((_, index) => isHeld(index)))
  const inUse = assigned.filter((each) => each.ports.some((port) => held.has(port)))
  if (inUse.length === 0) return []
  const names = new Set(inUse.map(({ plan, key }) => `${ownerName(plan)} ${key}`))
  return describe(host, workspace, names)
}

/** Every port of a value. */
function portsOf(value: string | null): number[] {
  const port = parsePortValue(value ?? '')
  if (typeof port === 'string') return []
  return Array.from({ length: port.to - port.from + 1 }, (_, index) => port.from + index)
}

/** @param names each owner and variable, as `shop@blue REDIS_HOST_PORT` */
async function describe(host: Host, workspace: Workspace, names: ReadonlySet<string>): Promise<Problem[]> {
  // Loaded only now: behind them stand the reader of Compose files and `yaml`, which take longer than the merge.
  const [{ survey }, { lookLive }] = await Promise.all([
    import('../workspace/survey.js'),
    import('./live.js'),
  ])
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
