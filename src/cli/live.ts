/** What `--live` adds: who uses the ports of products right now. */
import { resolve } from 'node:path'
import type { PortClaim } from '../claims/claim.js'
import { engineNotice } from '../live/engine.js'
import { isInUse, PortInspector, type Stack, type StateRun } from '../live/inspector.js'
import { rangeText } from '../ports/value.js'
import { type Problem, problem } from '../problem.js'
import { printable } from '../report/escape.js'
import type { LiveText } from '../report/ports.js'
import type { Survey } from '../tasks/survey.js'
import type { Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'

/** Who uses which port. */
export interface Live {
  readonly text: LiveText
  /** Claims whose ports somebody else has. */
  readonly held: readonly Held[]
  /** What could not be looked at. */
  readonly problems: readonly Problem[]
}

interface Held {
  readonly claim: PortClaim
  readonly by: string
  /** False for a container that may be the product's own. */
  readonly certain: boolean
}

/** Looks at the ports of claims. */
export async function lookLive(
  host: Host,
  workspace: Workspace,
  survey: Survey,
  claims: readonly PortClaim[],
): Promise<Live> {
  const { inspector, stacks, problems } = await inspect(host, workspace, survey)
  const texts = new Map<PortClaim, string>()
  const held: Held[] = []
  for (const claim of claims) {
    const stack = stacks.find(
      ({ product, instance }) => product === claim.product && instance === claim.instance,
    )
    const runs = await inspector.runsOf({ ...claim, stack: stack ?? null })
    const textOf = (some: readonly StateRun[]) =>
      some.map((run) => (runs.length === 1 ? run.text : `${rangeText(run)} ${run.text}`)).join(', ')
    texts.set(claim, textOf(runs))
    const others = runs.filter(isInUse)
    if (others.length > 0)
      held.push({ claim, by: textOf(others), certain: others.some(({ kind }) => kind === 'held') })
  }
  return { text: (claim) => texts.get(claim), held, problems }
}

/** Who has a port, whether or not a product claims it: for TCP and for UDP, what is not free. */
export async function lookAtPort(
  host: Host,
  workspace: Workspace,
  survey: Survey,
  port: number,
): Promise<{ now: string[]; problems: Problem[] }> {
  const { inspector, problems } = await inspect(host, workspace, survey)
  const now: string[] = []
  for (const protocol of ['tcp', 'udp']) {
    const runs = await inspector.runsOf({ protocol, address: '', from: port, to: port, stack: null })
    now.push(...runs.filter(({ kind }) => kind !== 'free').map(({ text }) => `${protocol} ${text}`))
  }
  return { now: now.length === 0 ? ['free'] : now, problems }
}

async function inspect({ machine, stderr }: Host, { root }: Workspace, { owners }: Survey) {
  const stacks = owners.map(({ product, instance, projectName, directory }): Stack => {
    return { product, instance, project: projectName, directory: resolve(root, directory) }
  })
  const engine = await machine.engine((name) => stderr(`Waiting for ${printable(name)}\n`))
  const notice = engineNotice(engine)
  const next = 'Start Docker, or check DOCKER_HOST and `docker context ls`.'
  return {
    inspector: new PortInspector(machine, engine, stacks),
    stacks,
    problems: notice === null ? [] : [problem('no-engine', {}, notice, next)],
  }
}
