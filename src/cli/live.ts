/** What `--live` adds: who uses the ports of products right now. */

import { resolve } from 'node:path'
import { describeEngine, describeState } from '../live/describe.js'
import { thisMachine } from '../live/machine.js'
import { type LivePorts, lookAtPorts } from '../live/ports.js'
import type { PortState, Stack, WantedPorts } from '../live/state.js'
import type { PortClaim } from '../ports/claim.js'
import { rangeText } from '../ports/range.js'
import { type Problem, problem } from '../problem.js'
import type { LiveText } from '../report/ports.js'
import type { Survey } from '../workspace/survey.js'
import type { Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'

/** Who uses which port. */
export interface Live {
  readonly text: LiveText
  /** Claims that cannot come up, since somebody else has the port. */
  readonly held: readonly { readonly claim: PortClaim; readonly by: string }[]
  /** What could not be looked at. */
  readonly problems: readonly Problem[]
}

/** Looks at the ports of claims. */
export async function lookLive(
  host: Host,
  workspace: Workspace,
  survey: Survey,
  claims: readonly PortClaim[],
): Promise<Live> {
  const stacks = stacksOf(workspace, survey)
  const stackOf = ({ product, instance }: PortClaim): Stack | null =>
    stacks.find((stack) => stack.product === product && stack.instance === instance) ?? null
  const wanted = claims.map((claim) => ({ ...claim, stack: stackOf(claim) }))
  const { engine, ports } = await lookAtPorts(wanted, stacks, thisMachine(host.env))
  const texts = new Map<PortClaim, string>()
  const held: { claim: PortClaim; by: string }[] = []
  for (const [index, live] of ports.entries()) {
    const claim = claims[index] as PortClaim
    texts.set(claim, runTexts(live).join(', '))
    const others = live.runs.filter(({ state }) => isSomebodyElse(state))
    if (others.length > 0) held.push({ claim, by: runTexts({ ...live, runs: others }).join(', ') })
  }
  return { text: (claim) => texts.get(claim), held, problems: engineProblems(describeEngine(engine)) }
}

/** Who has a port, whether or not a product claims it: for TCP and for UDP, what is not free. */
export async function lookAtPort(
  host: Host,
  workspace: Workspace,
  survey: Survey,
  port: number,
): Promise<{ now: string[]; problems: Problem[] }> {
  const wanted: WantedPorts[] = ['tcp', 'udp'].map((protocol) => ({
    protocol,
    address: '',
    from: port,
    to: port,
    stack: null,
  }))
  const { engine, ports } = await lookAtPorts(wanted, stacksOf(workspace, survey), thisMachine(host.env))
  const now = ports.flatMap((live) => {
    const busy = live.runs.filter(({ state }) => state.kind !== 'free')
    return busy.map(({ state }) => `${live.wanted.protocol} ${describeState(state)}`)
  })
  return { now: now.length === 0 ? ['free'] : now, problems: engineProblems(describeEngine(engine)) }
}

function stacksOf({ root }: Workspace, { owners }: Survey): Stack[] {
  return owners.map(({ product, instance, projectName, directory }) => ({
    product,
    instance,
    project: projectName,
    directory: resolve(root, directory),
  }))
}

/** What is said of each run of ports; the ports are named where there is more than one run. */
function runTexts({ runs }: LivePorts<WantedPorts>): string[] {
  if (runs.length === 1) return runs.map(({ state }) => describeState(state))
  return runs.map((run) => `${rangeText(run)} ${describeState(run.state)}`)
}

function isSomebodyElse({ kind }: PortState): boolean {
  return kind === 'other-product' || kind === 'container' || kind === 'process' || kind === 'held'
}

function engineProblems(text: string | null): Problem[] {
  if (text === null) return []
  return [
    problem(
      'no-engine',
      {},
      text.replace(/\.$/, ''),
      'Start Docker, or check DOCKER_HOST and `docker context ls`.',
    ),
  ]
}
