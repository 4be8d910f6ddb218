/**
 * Plans the repair of a workspace's collisions: which offsets are stated, and what is merged again. Nothing is
 * written here, and with an error nothing may be.
 */

import { ownerName } from '../claims/claim.js'
import { type Reassignment, resolveCollisions, type Unresolved } from '../claims/resolve.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import { changesFile, type ProductPlan } from '../merge/plan.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import type { Save } from '../save/save.js'
import { loadInstance } from '../workspace/instances.js'
import { readFile, type Workspace, withTexts } from '../workspace/workspace.js'
import { type StatedOffset, withOffsets } from '../workspace/yaml-edit.js'
import { saveOf } from './save-of.js'
import { type Survey, type SurveyedOwner, survey } from './survey.js'

/** What a repair comes to. */
export interface Fix {
  /** Each with the settings file that is to state it. */
  readonly reassignments: readonly (Reassignment & { readonly file: string })[]
  readonly unresolved: readonly Unresolved[]
  /** The owners whose env files hold other ports than they should once the offsets are stated. */
  readonly outdated: readonly SurveyedOwner[]
  /** All that is to be written; the env files among them only where that is asked for. */
  readonly saves: readonly Save[]
  /** Of the env files among them. */
  readonly plans: readonly ProductPlan[]
  readonly problems: readonly Problem[]
}

/**
 * Plans a repair.
 * @param refresh whether the outdated env files are merged again, too
 */
export async function planFix(workspace: Workspace, surveyed: Survey, refresh: boolean): Promise<Fix> {
  const { reassignments: chosen, unresolved } = resolveCollisions(surveyed.owners, workspace.modulus)
  const files = new Map(surveyed.products.map(({ source, settingsFile }) => [source.name, settingsFile]))
  const reassignments = chosen.map((each) => ({ ...each, file: files.get(each.owner.product) as string }))
  const problems = unresolved.map(({ owner, reason, next }) =>
    problem('no-offset', {}, `${ownerName(owner)}: ${reason}`, next),
  )
  const saves = offsetSaves(workspace, surveyed, reassignments, problems)
  const later = saves.length === 0 ? surveyed : await survey(withTexts(workspace, saves), workspace.products)
  const outdated = later.owners.filter(isOutdated)
  const plans: ProductPlan[] = []
  if (refresh) {
    const names = new Set(outdated.map(({ product }) => product))
    for (const plan of [...names].flatMap((name) => refreshPlans(workspace, later, name, problems))) {
      // What the refresh alone meets; the rest is told by the survey.
      for (const each of plan.problems) if (each.severity === 'error') problems.push(each)
      const { file, before, after } = plan
      if (!changesFile(plan) || after === null) continue
      saves.push(saveOf(workspace, { file, before, after }))
      plans.push(plan)
    }
  }
  return { reassignments, unresolved, outdated, saves, plans, problems }
}

/** The writes that state the chosen offsets, one a product. A file that only a person can edit is a problem. */
function offsetSaves(
  workspace: Workspace,
  { products }: Survey,
  reassignments: readonly Reassignment[],
  problems: Problem[],
): Save[] {
  return products.flatMap(({ source, settingsFile }): Save[] => {
    const mine = reassignments.filter(({ owner }) => owner.product === source.name)
    if (mine.length === 0) return []
    const { text } = readFile(workspace, settingsFile)
    const stated = mine.map(({ owner, offset, hashed }) => ({ instance: owner.instance, offset, hashed }))
    const after = withOffsets(text, stated)
    if (after !== null) return [saveOf(workspace, { file: settingsFile, before: text, after, shared: true })]
    problems.push(cannotState(settingsFile, stated))
    return []
  })
}

/** The merges, with --refresh, of a product env and of the overlays of its instances. */
function refreshPlans(
  workspace: Workspace,
  { products, owners }: Survey,
  name: string,
  problems: Problem[],
): ProductPlan[] {
  return products
    .filter(({ source }) => source.name === name)
    .flatMap((product) => {
      const plan = planMerge(product.source, { refresh: true })
      if (hasErrors(plan.problems)) return [plan]
      const overlays = owners.flatMap(({ product: owner, instance }): ProductPlan[] => {
        if (owner !== name || instance === null) return []
        const loaded = loadInstance(workspace, product, instance, plan)
        problems.push(...loaded.problems)
        return [planMerge(overlaySource(product.source, plan, loaded.instance), { refresh: true })]
      })
      return [plan, ...overlays]
    })
}

function isOutdated({ plan, claims }: SurveyedOwner): boolean {
  return plan.before !== null && claims.some(({ outcome }) => outcome === 'outdated')
}

function cannotState(file: string, stated: readonly StatedOffset[]): Problem {
  const own = stated.filter(({ instance }) => instance === null).map(({ offset }) => `offset: ${offset}`)
  const each = stated.flatMap(({ instance, offset }) =>
    instance === null ? [] : [`${instance}: { offset: ${offset} }`],
  )
  const lines = [...own, ...(each.length === 0 ? [] : [`instances: { ${each.join(', ')} }`])]
  const message = 'an offset cannot be stated in it without rewriting the file'
  return problem('cannot-edit', { file }, message, `State "${lines.join('" and "')}" by hand.`)
}
