/** Resolves the collisions of a workspace: sets offsets in product.yaml or for this machine, and merges the moved products again. */
import { ownerName } from '../claims/claim.js'
import { groupBy } from '../claims/group.js'
import { type Reassignment, resolveCollisions, type Unresolved } from '../claims/resolve.js'
import type { FileChange } from '../file-change.js'
import type { Machine } from '../live/machine.js'
import { changesFile, type ProductPlan } from '../merge/plan.js'
import { LOCAL_OFFSET } from '../ports/offset.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import type { LoadedProduct } from '../workspace/product.js'
import { readFile, type Workspace, withTexts } from '../workspace/workspace.js'
import { type StatedOffset, withOffsets } from '../workspace/yaml-edit.js'
import { savesOf } from './changes.js'
import { heldPorts, withRunning } from './live.js'
import { moveFromHeld } from './move-from-held.js'
import { type PlanOptions, planProducts } from './plan-products.js'
import { type Survey, type SurveyedOwner, surveyProducts } from './survey.js'

export interface FixTask {
  /** Merges the moved products again. */
  readonly refresh?: boolean
  /** Plans only, and writes nothing. */
  readonly dryRun?: boolean
  /** Reports the new ports that somebody else on this machine uses. */
  readonly machine?: Machine | undefined
  /** Moves products that do not run on the machine rather than those that do, and away from ports that others hold. */
  readonly live?: boolean
}

export interface Fix {
  /** `stopped`: an error kept everything from being written; `shown`: a dry run. */
  readonly state: 'done' | 'shown' | 'stopped'
  readonly refresh: boolean
  readonly reassignments: readonly FixedOffset[]
  readonly unresolved: readonly Unresolved[]
  /** The owners whose env files hold other ports than their new offsets give. */
  readonly outdated: readonly SurveyedOwner[]
  /** Files were written, so the workspace has to be opened anew. */
  readonly written: boolean
  /** Without those of the survey, unless they stopped it. */
  readonly problems: readonly Problem[]
}

interface FixedOffset extends Reassignment<SurveyedOwner> {
  /** The settings file or, for an offset on this machine, the env file that sets it. */
  readonly file: string
  readonly isLocal: boolean
}

/** Resolves collisions: all files are written, or none. */
export async function fixCollisions(
  workspace: Workspace,
  { refresh = false, dryRun = false, live = false, machine }: FixTask = {},
): Promise<Fix> {
  const stopped = { state: 'stopped', refresh, reassignments: [], outdated: [], written: false } as const
  const survey = await surveyProducts(workspace)
  if (hasErrors(survey.problems)) return { ...stopped, unresolved: [], problems: survey.problems }
  const current = live && machine !== undefined ? await withRunning(workspace, survey, machine) : survey
  const { changes, plans, problems, ...plan } = await planFix(
    workspace,
    current,
    refresh,
    live ? machine : undefined,
  )
  // An owner without a free offset does not keep the others from moving.
  if (problems.some(({ severity, code }) => severity === 'error' && code !== 'no-offset'))
    return { ...stopped, unresolved: plan.unresolved, problems }
  if (dryRun) return { ...plan, state: 'shown', refresh, written: false, problems }
  const failed = saveAll(savesOf(workspace, changes, true))
  if (failed.length > 0)
    return { ...stopped, unresolved: plan.unresolved, problems: [...problems, ...failed] }
  const held = machine === undefined ? [] : await heldPorts(workspace, plans, [], machine)
  return { ...plan, state: 'done', refresh, written: changes.length > 0, problems: [...problems, ...held] }
}

/** @param machine moves products away from the ports that others hold on it */
async function planFix(workspace: Workspace, survey: Survey, refresh: boolean, machine: Machine | undefined) {
  const { reassignments: chosen, unresolved } = resolveCollisions(survey.owners, workspace.modulus)
  const held = machine === undefined ? [] : await moveFromHeld(workspace, survey, chosen, machine)
  const settingsFiles = new Map(
    survey.products.map(({ source, settingsFile }) => [source.name, settingsFile]),
  )
  const reassignments = [...chosen, ...held].map((each): FixedOffset => {
    const { product, plan, offsetFrom } = each.owner
    const isLocal = offsetFrom === LOCAL_OFFSET || held.includes(each)
    return { ...each, isLocal, file: isLocal ? plan.file : (settingsFiles.get(product) as string) }
  })
  const shared = reassignments.filter(({ isLocal }) => !isLocal)
  const settings = survey.products.map((product) => setOffsets(workspace, product, shared))
  const set = settings.flatMap(({ change }) => change ?? [])
  const local = await mergeEach(
    withTexts(workspace, set),
    reassignments.flatMap(({ owner: { product, instance }, offset, isLocal }) =>
      isLocal ? { product, instance, offset } : [],
    ),
  )
  const changes = [...set, ...local.changes]
  const moved = withTexts(workspace, changes)
  const later = changes.length === 0 ? survey : await surveyProducts(moved)
  const outdated = later.owners.filter(isOutdated)
  const names = new Set(refresh ? outdated.map(({ product }) => product) : [])
  const refreshed = await mergeEach(
    moved,
    later.owners.flatMap(({ product, instance }) =>
      names.has(product) ? { product, instance, refresh: true } : [],
    ),
  )
  return {
    reassignments,
    unresolved,
    outdated,
    plans: refreshed.plans,
    changes: inOne([...changes, ...refreshed.changes]),
    problems: [
      ...unresolved.map(({ owner, reason, next }) =>
        problem('no-offset', {}, `${ownerName(owner)}: ${reason}`, next),
      ),
      ...[...settings, local, refreshed].flatMap(({ problems }) => problems),
    ],
  }
}

/** Merges products and instances one after the other; with the errors only, as the survey has the rest. */
async function mergeEach(
  workspace: Workspace,
  merges: readonly (PlanOptions & { readonly product: string })[],
) {
  const changes: FileChange[] = []
  const plans: ProductPlan[] = []
  const problems: Problem[] = []
  for (const { product, ...options } of merges) {
    const merge = await planProducts(withTexts(workspace, changes), [product], options)
    changes.push(...merge.planned.flatMap(({ files }) => files))
    plans.push(...merge.planned.map(({ plan }) => plan).filter(changesFile))
    const found = [...merge.problems, ...merge.planned.flatMap(({ plan }) => plan.problems)]
    problems.push(...found.filter(({ severity }) => severity === 'error'))
  }
  return { changes, plans, problems }
}

/** Makes one change of all that a file gets. */
function inOne(changes: readonly FileChange[]): FileChange[] {
  const files = groupBy(changes, ({ file }) => file)
  const whole = [...files].map(([file, all]) => {
    return { file, before: all[0]?.before ?? null, after: all.at(-1)?.after ?? null }
  })
  return whole.filter(({ before, after }) => before !== after)
}

/** Sets the chosen offsets in the settings file of a product; a problem if only a person can edit it. */
function setOffsets(
  workspace: Workspace,
  { source, settingsFile: file }: LoadedProduct,
  reassignments: readonly Reassignment[],
): { readonly change: FileChange | null; readonly problems: readonly Problem[] } {
  const own = reassignments.filter(({ owner }) => owner.product === source.name)
  if (own.length === 0) return { change: null, problems: [] }
  const { text } = readFile(workspace, file)
  const offsets = own.map(({ owner, offset, hashed }) => ({ instance: owner.instance, offset, hashed }))
  const after = withOffsets(text, offsets)
  return after === null
    ? { change: null, problems: [cannotSet(file, offsets)] }
    : { change: { file, before: text, after }, problems: [] }
}

function isOutdated({ plan, claims }: SurveyedOwner): boolean {
  return plan.before !== null && claims.some(({ outcome }) => outcome === 'outdated')
}

function cannotSet(file: string, offsets: readonly StatedOffset[]): Problem {
  const own = offsets.filter(({ instance }) => instance === null).map(({ offset }) => `offset: ${offset}`)
  const each = offsets.flatMap(({ instance, offset }) =>
    instance === null ? [] : [`${instance}: { offset: ${offset} }`],
  )
  const lines = [...own, ...(each.length === 0 ? [] : [`instances: { ${each.join(', ')} }`])]
  const message = 'An offset cannot be set in this file without rewriting it'
  return problem('cannot-edit', { file }, message, `Set "${lines.join('" and "')}" by hand.`)
}
