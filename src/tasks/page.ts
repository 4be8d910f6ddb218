/** Collects what the page of a workspace shows: the products, their instances, and the collisions of their ports. */
import { type Collision, findCollisions } from '../claims/collisions.js'
import type { Machine } from '../live/machine.js'
import type { Problem } from '../problem.js'
import type { Workspace } from '../workspace/workspace.js'
import { surveyElsewhere } from './elsewhere.js'
import { listRunning, type Running } from './running.js'
import { type SurveyedOwner, surveyProducts } from './survey.js'

export interface PageOwner extends SurveyedOwner {
  /** Null if it was not asked. */
  readonly running: Running | null
}

export interface Page {
  /** By product and instance; also the copies in other worktrees. */
  readonly owners: readonly PageOwner[]
  readonly collisions: readonly Collision[]
  /** The files that could not be read, so that products may claim more ports. */
  readonly unread: readonly string[]
}

/** @param machine finds out what runs; omitted, nothing is asked */
export async function collectPage(
  workspace: Workspace,
  machine?: Machine,
): Promise<{ readonly page: Page; readonly problems: readonly Problem[] }> {
  const { owners, problems } =
    machine === undefined ? await surveyAll(workspace) : await surveyRunning(workspace, machine)
  const sorted = [...owners].sort(byName)
  const collisions = findCollisions(sorted.flatMap(({ claims }) => claims))
  const unread = [...new Set(sorted.flatMap((owner) => owner.unread))]
  return { page: { owners: sorted, collisions, unread }, problems }
}

async function surveyAll(workspace: Workspace) {
  const { owners, problems } = await surveyProducts(workspace)
  const elsewhere = await surveyElsewhere(workspace, workspace.products)
  return { owners: [...owners, ...elsewhere].map((owner) => ({ ...owner, running: null })), problems }
}

async function surveyRunning(workspace: Workspace, machine: Machine) {
  const { list, problems } = await listRunning(workspace, { machine })
  return { owners: list?.owners ?? [], problems }
}

function byName(a: PageOwner, b: PageOwner): number {
  if (a.product !== b.product) return a.product < b.product ? -1 : 1
  return (a.instance ?? '') < (b.instance ?? '') ? -1 : 1
}
