/** Checks the ports and project names of a workspace. */
import { type Collision, findCollisions } from '../claims/collisions.js'
import { findHazards, type Hazard } from '../claims/hazards.js'
import type { Machine } from '../live/machine.js'
import type { Problem } from '../problem.js'
import type { Workspace } from '../workspace/workspace.js'
import { offsetAwayFrom } from './free-offset.js'
import { type Held, inspectClaims } from './live.js'
import { surveyNamed } from './named-survey.js'
import { sameProjects } from './projects.js'
import { startedElsewhere } from './stacks.js'

export interface Check {
  /** The numbers of named products that were read, and of their claims. */
  readonly products: number
  readonly ports: number
  /** The files of any product that could not be read: there may be more collisions. */
  readonly unread: readonly string[]
  readonly collisions: readonly Collision[]
  readonly hazards: readonly Hazard[]
  /** Ports that somebody else uses right now. */
  readonly held: readonly HeldPort[]
}

export interface HeldPort extends Held {
  /** That of PRODUCT_OFFSET, to move all ports of the owner to free ones; null if none does. */
  readonly freeOffset: number | null
}

export interface CheckTask {
  /** Products and instances (`shop@blue`); none for all. */
  readonly names?: readonly string[]
  /** The machine whose settings make some ports hazardous. */
  readonly machine: Machine
  /** Also finds ports that somebody else uses. */
  readonly live?: boolean
}

/** Checks a workspace. @returns null for the check if a name is not known */
export async function checkWorkspace(
  workspace: Workspace,
  { names = [], machine, live = false }: CheckTask,
): Promise<{ readonly check: Check | null; readonly problems: readonly Problem[] }> {
  const { survey, isNamed, problems } = await surveyNamed(workspace, names)
  if (survey === null) return { check: null, problems }
  const all = survey.owners.flatMap(({ claims }) => claims)
  const claims = all.filter(isNamed)
  const now = live ? await inspectClaims(workspace, survey, claims, machine) : null
  const held: HeldPort[] = []
  for (const each of (now?.held ?? []).filter(({ certain }) => certain))
    held.push({ ...each, freeOffset: await offsetAwayFrom(workspace, survey.owners, each.claim, machine) })
  const read = survey.owners.filter((owner) => isNamed(owner) && owner.unread.length === 0)
  const check = {
    products: new Set(read.map(({ product }) => product)).size,
    ports: read.flatMap((owner) => owner.claims).length,
    unread: survey.unread,
    collisions: findCollisions(all).filter((collision) => collision.claims.some(isNamed)),
    hazards: findHazards(claims, machine.ephemeralRange()),
    held,
  }
  const shared = sameProjects(survey.owners, isNamed)
  const elsewhere = live ? await startedElsewhere(workspace, survey.owners.filter(isNamed), machine) : []
  return { check, problems: [...problems, ...shared, ...elsewhere, ...(now?.problems ?? [])] }
}
