/** What runs of the products and instances, and what is left of those that are gone. */
import { relative, resolve, sep } from 'node:path'
import type { Container } from '../live/container.js'
import type { Engine } from '../live/engine.js'
import type { Machine } from '../live/machine.js'
import { containersOf, formerPorts } from '../live/stack.js'
import type { Problem } from '../problem.js'
import { otherFolders } from '../workspace/copies.js'
import type { Workspace } from '../workspace/workspace.js'
import { surveyElsewhere } from './elsewhere.js'
import { noEngine } from './live.js'
import { type NamedSurvey, surveyNamed } from './named-survey.js'
import { stackOf } from './stacks.js'
import type { SurveyedOwner } from './survey.js'

/** What runs of a product or instance. */
export interface Running {
  /** `unknown` if the engine does not answer. */
  readonly live: 'up' | 'partly up' | 'down' | 'unknown'
  /** Its services that do not run. */
  readonly missing: readonly string[]
  /** The folders from which its project was started: relative to the workspace. */
  readonly folders: readonly string[]
  /** The host ports of services that have got others since they were started. */
  readonly formerPorts: readonly number[]
}

/** A Compose project of the workspace that no product or instance has. */
interface Leftover {
  readonly project: string
  /** The folder from which it was started: relative to the workspace. */
  readonly folder: string
  /** The command that removes its containers. */
  readonly remove: string
}

export interface RunningList {
  /** Also the copies in other worktrees. */
  readonly owners: readonly (SurveyedOwner & { readonly running: Running })[]
  readonly leftovers: readonly Leftover[]
}

interface ListRunningTask {
  /** Products and instances (`shop@blue`); none for all. */
  readonly names?: readonly string[]
  readonly machine: Machine
}

/** Finds out what runs of products and instances. @returns null for the list if a name is not known */
export async function listRunning(
  workspace: Workspace,
  { names = [], machine }: ListRunningTask,
): Promise<{ readonly list: RunningList | null; readonly problems: readonly Problem[] }> {
  const { survey, isNamed, problems } = await surveyNamed(workspace, names)
  if (survey === null) return { list: null, problems }
  const engine = await machine.engine()
  const all = [...survey.owners, ...(await surveyElsewhere(workspace, workspace.products))]
  const owners = all
    .filter(isNamed)
    .map((owner) => ({ ...owner, running: runningOf(workspace, owner, machine, engine) }))
  const leftovers = findLeftovers(workspace, all, isNamed, machine, engine)
  return { list: { owners, leftovers }, problems: [...problems, ...noEngine(engine)] }
}

function runningOf(workspace: Workspace, owner: SurveyedOwner, machine: Machine, engine: Engine): Running {
  const { own, elsewhere } = containersOf(stackOf(workspace, owner), machine, engine)
  const containers = [...own, ...elsewhere].map((each) => each.container)
  const running = containers.filter(({ isRunning }) => isRunning)
  const missing = owner.services.filter((name) => !running.some(({ service }) => service === name))
  const up = missing.length === 0 ? 'up' : 'partly up'
  const live = engine.containers === null ? 'unknown' : running.length === 0 ? 'down' : up
  const folders = running.flatMap(({ directory }) =>
    directory === null ? [] : relative(workspace.root, directory) || '.',
  )
  const former = owner.claims.flatMap((claim) => formerPorts(own, claim))
  return {
    live,
    missing: live === 'partly up' ? missing : [],
    folders: [...new Set(folders)],
    formerPorts: [...new Set(former)],
  }
}

/** @param owners all, those in other worktrees too */
function findLeftovers(
  workspace: Workspace,
  owners: readonly SurveyedOwner[],
  isNamed: NamedSurvey['isNamed'],
  machine: Machine,
  engine: Engine,
): Leftover[] {
  const { root } = workspace
  const known = new Set(owners.map(({ projectName }) => projectName))
  const folders = new Map(
    owners.map((each) => [machine.realPath(resolve(root, each.directory)), each.product]),
  )
  const found = new Map<string, Leftover>()
  for (const { container } of engine.containers ?? []) {
    const { project, directory } = container
    // A label may be any text, and the command is there to be copied.
    if (directory === null || !/^[a-z0-9][a-z0-9_-]*$/.test(project ?? '')) continue
    const real = machine.realPath(directory)
    const isGone = real === null && !engine.remote
    const product = isGone ? goneProduct(workspace, owners, container) : folders.get(real)
    if (project === null || known.has(project) || !product || !isNamed({ product, instance: null })) continue
    const folder = relative(root, directory) || '.'
    found.set(project, { project, folder, remove: `docker compose -p ${project} down` })
  }
  return [...found.values()]
}

/** Returns the product whose project ran from a folder that is gone: one of the workspace, or of a removed worktree. */
function goneProduct(
  workspace: Workspace,
  owners: readonly SurveyedOwner[],
  { project, directory }: Container,
): string | undefined {
  const { root, layout } = workspace
  const folder = directory ?? ''
  const around = [root, ...otherFolders(workspace)].find((each) => folder.startsWith(each + sep))
  const inside = around === undefined ? null : layout.productAt(relative(around, folder))
  // Copies are called `shop-blue`, and have the same folders below their top level.
  const original = owners.find(({ projectName, directory }) => {
    const below = relative(root, resolve(root, directory))
    return project?.startsWith(`${projectName}-`) && (below === '' || folder.endsWith(sep + below))
  })
  return inside ?? original?.product
}
