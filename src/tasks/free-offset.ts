/** Finds an offset that is free now: in the workspace, in other worktrees, and on this machine. */
import { follows, ownerName, type PortClaim } from '../claims/claim.js'
import { freeOffsets, type Owner, type Rehash, shifted } from '../claims/resolve.js'
import { isInUse, PortInspector } from '../live/inspector.js'
import type { Machine } from '../live/machine.js'
import type { Workspace } from '../workspace/workspace.js'
import { surveyElsewhere } from './elsewhere.js'

/** @param others the other owners of the workspace @returns null if there is none */
export async function findFreeOffset(
  workspace: Workspace,
  owner: Owner,
  others: readonly Owner[],
  machine: Machine,
): Promise<Rehash | null> {
  const elsewhere = await surveyElsewhere(workspace, workspace.products)
  const inspector = new PortInspector(machine, await machine.engine())
  for (const found of freeOffsets(owner, [...others, ...elsewhere], workspace.modulus)) {
    const uses: boolean[] = []
    for (const claim of shifted(owner, found.offset))
      uses.push((await inspector.runsOf({ ...claim, stack: null })).some(isInUse))
    if (!uses.includes(true)) return found
  }
  return null
}

/** Returns an offset that moves a claim, with all others of its owner, to a free port; null if none does. */
export async function offsetAwayFrom(
  workspace: Workspace,
  owners: readonly Owner[],
  claim: PortClaim,
  machine: Machine,
): Promise<number | null> {
  const owner = owners.find((each) => ownerName(each) === ownerName(claim))
  if (owner === undefined || !follows(claim)) return null
  const others = owners.filter((each) => each !== owner)
  return (await findFreeOffset(workspace, owner, others, machine))?.offset ?? null
}
