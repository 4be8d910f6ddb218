/** Moves products away from the ports that somebody outside the workspace holds now, by offsets for this machine. */
import { follows } from '../claims/claim.js'
import type { Reassignment } from '../claims/resolve.js'
import type { Machine } from '../live/machine.js'
import type { Workspace } from '../workspace/workspace.js'
import { findFreeOffset } from './free-offset.js'
import { inspectClaims } from './live.js'
import type { Survey, SurveyedOwner } from './survey.js'

/** @param chosen the moves that are made anyway */
export async function moveFromHeld(
  workspace: Workspace,
  { owners, ...survey }: Survey,
  chosen: readonly Reassignment<SurveyedOwner>[],
  machine: Machine,
): Promise<Reassignment<SurveyedOwner>[]> {
  const offsets = new Map(chosen.map(({ owner, offset }) => [owner, offset]))
  const claims = owners
    .filter((owner) => !offsets.has(owner))
    // Those of the next merge are in no file yet.
    .flatMap((owner) => owner.claims.filter((claim) => follows(claim) && claim.outcome !== 'planned'))
  const live = await inspectClaims(workspace, { owners, ...survey }, claims, machine)
  const projects = new Set(owners.map(({ projectName }) => projectName))
  const isOutside = ({ project }: { readonly project: string | null }) =>
    project === null || !projects.has(project)
  const held = new Set(
    live.held.flatMap(({ claim, certain, holders }) => (certain && holders.some(isOutside) ? claim : [])),
  )
  const found: Reassignment<SurveyedOwner>[] = []
  for (const owner of owners) {
    if (!owner.claims.some((claim) => held.has(claim))) continue
    const others = owners
      .filter((each) => each !== owner)
      .map((each) => ({ ...each, offset: offsets.get(each) ?? each.offset }))
    const free = await findFreeOffset(workspace, owner, others, machine)
    if (free === null) continue
    offsets.set(owner, free.offset)
    found.push({ owner, ...free })
  }
  return found
}
