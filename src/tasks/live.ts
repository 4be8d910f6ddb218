/** Finds out who uses the ports of products right now. */
import { claimPorts, ownerName, type PortClaim, wayOut } from '../claims/claim.js'
import type { TakenPort } from '../copies/source.js'
import { type Engine, engineNotice } from '../live/engine.js'
import { isInUse, type PortHolder, PortInspector, type StateRun } from '../live/inspector.js'
import type { Machine } from '../live/machine.js'
import { containersOf, formerPorts, type Stack } from '../live/stack.js'
import { assignedPort, type ProductPlan } from '../merge/plan.js'
import { rangeText } from '../ports/value.js'
import { type Problem, problem } from '../problem.js'
import { reopen, type Workspace } from '../workspace/workspace.js'
import { stackOf, startedElsewhere } from './stacks.js'
import type { Survey } from './survey.js'

export interface Live {
  /** Returns who uses the ports of a claim; undefined for a claim that was not inspected. */
  readonly use: (claim: PortClaim) => PortUse | undefined
  /** The claims whose ports somebody else uses. */
  readonly held: readonly Held[]
  readonly problems: readonly Problem[]
}

/** Who uses some ports. */
export interface PortUse {
  /** In words. */
  readonly text: string
  /** Each with the ports that it uses. */
  readonly holders: readonly UsedPorts[]
}

interface UsedPorts extends PortHolder {
  readonly protocol: string
  readonly from: number
  readonly to: number
}

export interface Held {
  readonly claim: PortClaim
  /** In words. */
  readonly by: string
  readonly holders: readonly UsedPorts[]
  /** False for a container that may be the product's own. */
  readonly certain: boolean
}

/** Inspecting thousands of ports would take seconds. */
const MOST_PORTS = 256

export async function inspectClaims(
  workspace: Workspace,
  survey: Survey,
  claims: readonly PortClaim[],
  machine: Machine,
): Promise<Live> {
  const { engine, inspector, stacks, problems } = await inspect(workspace, survey, machine)
  const uses = new Map<PortClaim, PortUse>()
  const held: Held[] = []
  for (const claim of claims) {
    const isOf = ({ product, instance }: Stack) => product === claim.product && instance === claim.instance
    const stack = stacks.find(isOf) ?? null
    const runs = await inspector.runsOf({ ...claim, stack })
    const textOf = (some: readonly StateRun[]) =>
      some.map((run) => (runs.length === 1 ? run.text : `${rangeText(run)} ${run.text}`)).join(', ')
    const former = stack === null ? [] : formerPorts(containersOf(stack, machine, engine).own, claim)
    const isFree = runs.every(({ kind }) => kind === 'free')
    const now = former.length > 0 && isFree ? [] : [textOf(runs)]
    const text = [...now, ...formerText(former)].join('; ')
    uses.set(claim, { text, holders: holdersOf(claim.protocol, runs) })
    const others = runs.filter(isInUse)
    const isCertain = others.some(({ kind }) => kind === 'held')
    const holders = holdersOf(claim.protocol, others)
    if (others.length > 0) held.push({ claim, by: textOf(others), holders, certain: isCertain })
  }
  return { use: (claim) => uses.get(claim), held, problems }
}

/** @param ports on which a service runs that has got others @returns nothing for none */
export function formerText(ports: readonly number[]): string[] {
  return ports.length === 0 ? [] : [`runs on ${ports.join(', ')}; up -d moves it`]
}

function holdersOf(protocol: string, runs: readonly StateRun[]): UsedPorts[] {
  return runs.flatMap(({ holder, from, to }) => (holder === null ? [] : { protocol, from, to, ...holder }))
}

/** Returns who uses a port, over TCP and UDP, each in words; `free` if nobody does. */
export async function inspectPort(
  workspace: Workspace,
  survey: Survey,
  port: number,
  machine: Machine,
): Promise<{
  readonly now: readonly string[]
  readonly holders: readonly UsedPorts[]
  readonly problems: readonly Problem[]
}> {
  const { inspector, problems } = await inspect(workspace, survey, machine)
  const now: string[] = []
  const holders: UsedPorts[] = []
  for (const protocol of ['tcp', 'udp']) {
    const runs = await inspector.runsOf({ protocol, address: '', from: port, to: port, stack: null })
    now.push(...runs.filter(({ kind }) => kind !== 'free').map(({ text }) => `${protocol} ${text}`))
    holders.push(...holdersOf(protocol, runs))
  }
  return { now: now.length === 0 ? ['free'] : now, holders, problems }
}

/**
 * Returns a problem for each TCP port that a merge has just assigned and that somebody else uses, or for a project that was
 * started from another folder. Products and the engine are read only if such a port is in use.
 * @param plans those that were written
 * @param copies the same: each owner with its ports
 */
export async function heldPorts(
  workspace: Workspace,
  plans: readonly ProductPlan[],
  copies: readonly { readonly owner: string; readonly ports: readonly TakenPort[] }[],
  machine: Machine,
): Promise<Problem[]> {
  const ofCopies = copies.flatMap(({ owner, ports }) =>
    ports.filter(({ protocol }) => protocol === 'tcp').map(({ range }) => ({ name: owner, ...range })),
  )
  const ofPlans = plans.flatMap((plan) =>
    plan.entries.flatMap((entry) => {
      const port = assignedPort(entry)
      return port === null ? [] : [{ name: `${ownerName(plan)} ${entry.key}`, ...port }]
    }),
  )
  const assigned = [...ofPlans, ...ofCopies]
  if (assigned.reduce((count, { from, to }) => count + to - from + 1, 0) > MOST_PORTS) return []
  const inspector = new PortInspector(machine)
  const names = new Set<string>()
  for (const { name, from, to } of assigned) {
    const runs = await inspector.runsOf({ protocol: 'tcp', address: '', from, to, stack: null })
    if (runs.some(isInUse)) names.add(name)
  }
  return names.size === 0 ? [] : describeHeld(workspace, names, machine)
}

/** @param names each owner and variable (`shop REDIS_HOST_PORT`), or each copy (`shop@blue`) */
async function describeHeld(
  workspace: Workspace,
  names: ReadonlySet<string>,
  machine: Machine,
): Promise<Problem[]> {
  // Loaded lazily: it reads Compose files, which takes longer than a merge.
  const { surveyProducts } = await import('./survey.js')
  const { offsetAwayFrom } = await import('./free-offset.js')
  // Opened anew, as the files have just changed.
  const current = await reopen(workspace)
  const survey = await surveyProducts(current)
  const claims = survey.owners
    .flatMap((owner) => owner.claims)
    .filter((claim) => names.has(ownerName(claim)) || names.has(`${ownerName(claim)} ${claim.variable}`))
  const { held } = await inspectClaims(current, survey, claims, machine)
  const owners = survey.owners.filter((owner) => owner.claims.some((claim) => claims.includes(claim)))
  const problems = await startedElsewhere(current, owners, machine)
  for (const { claim, by } of held) {
    const { file, line, variable } = claim
    const message = `${ownerName(claim)} gets ${variable ?? 'port'} ${claimPorts(claim)}, but that port is ${by}`
    const offset = await offsetAwayFrom(current, survey.owners, claim, machine)
    problems.push(problem('port-held', { file, line }, message, wayOut(claim, offset)))
  }
  return problems
}

/** Marks the products and instances whose containers run. */
export async function withRunning(workspace: Workspace, survey: Survey, machine: Machine): Promise<Survey> {
  const engine = await machine.engine()
  const owners = survey.owners.map((owner) => {
    const { own } = containersOf(stackOf(workspace, owner), machine, engine)
    return { ...owner, isRunning: own.some(({ container }) => container.isRunning) }
  })
  return { ...survey, owners }
}

async function inspect(workspace: Workspace, { owners }: Survey, machine: Machine) {
  const stacks = owners.map((owner) => stackOf(workspace, owner))
  const engine = await machine.engine()
  return { engine, inspector: new PortInspector(machine, engine, stacks), stacks, problems: noEngine(engine) }
}

/** Returns a warning if the engine does not answer, or is on another machine. */
export function noEngine(engine: Engine): Problem[] {
  const notice = engineNotice(engine)
  const next = 'Start Docker, or check DOCKER_HOST and `docker context ls`.'
  return notice === null ? [] : [problem('no-engine', {}, notice, next)]
}
