/** Resolves the collisions of a workspace: sets offsets in product.yaml, and merges the moved products again. */
import { ownerName } from '../claims/claim.js'
import { type Reassignment, resolveCollisions, type Unresolved } from '../claims/resolve.js'
import type { FileChange } from '../file-change.js'
import type { Machine } from '../live/machine.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import { changesFile, type ProductPlan } from '../merge/plan.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { loadInstance } from '../workspace/instances.js'
import type { LoadedProduct } from '../workspace/product.js'
import { readFile, type Workspace, withTexts } from '../workspace/workspace.js'
import { type StatedOffset, withOffsets } from '../workspace/yaml-edit.js'
import { savesOf } from './changes.js'
import { heldPorts, withRunning } from './live.js'
import { type Survey, type SurveyedOwner, surveyProducts } from './survey.js'

export interface FixTask {
  /** Merges the moved products again. */
  readonly refresh?: boolean
  /** Plans only, and writes nothing. */
  readonly dryRun?: boolean
  /** Reports the new ports that somebody else on this machine uses. */
  readonly machine?: Machine | undefined
  /** Moves products that do not run on the machine rather than those that do. */
  readonly live?: boolean
}

export interface Fix {
  /** `stopped`: an error kept everything from being written; `shown`: a dry run. */
  readonly state: 'done' | 'shown' | 'stopped'
  readonly refresh: boolean
  /** Each with the settings file that sets the offset. */
  readonly reassignments: readonly (Reassignment & { readonly file: string })[]
  readonly unresolved: readonly Unresolved[]
  /** The owners whose env files hold other ports than their new offsets give. */
  readonly outdated: readonly SurveyedOwner[]
  /** Files were written, so the workspace has to be opened anew. */
  readonly written: boolean
  /** Without those of the survey, unless they stopped it. */
  readonly problems: readonly Problem[]
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
  const { changes, plans, problems, ...plan } = await planFix(workspace, current, refresh)
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

async function planFix(workspace: Workspace, survey: Survey, refresh: boolean) {
  const { reassignments: chosen, unresolved } = resolveCollisions(survey.owners, workspace.modulus)
  const files = new Map(survey.products.map(({ source, settingsFile }) => [source.name, settingsFile]))
  const reassignments = chosen.map((each) => ({ ...each, file: files.get(each.owner.product) as string }))
  const settings = survey.products.map((product) => setOffsets(workspace, product, reassignments))
  const changes = settings.flatMap(({ change }) => change ?? [])
  const later = changes.length === 0 ? survey : await surveyProducts(withTexts(workspace, changes))
  const outdated = later.owners.filter(isOutdated)
  const names = new Set(refresh ? outdated.map(({ product }) => product) : [])
  const refreshed = later.products
    .filter(({ source }) => names.has(source.name))
    .flatMap((product) => refreshPlans(workspace, product, later.owners))
  const plans = refreshed.map(({ plan }) => plan).filter(changesFile)
  return {
    reassignments,
    unresolved,
    outdated,
    plans,
    changes: [...changes, ...plans.map(({ file, before, after }) => ({ file, before, after }))],
    problems: [
      ...unresolved.map(({ owner, reason, next }) =>
        problem('no-offset', {}, `${ownerName(owner)}: ${reason}`, next),
      ),
      ...[...settings, ...refreshed].flatMap(({ problems }) => problems),
    ],
  }
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

/** Plans to refresh a product env and the overlays of its instances; with the errors only, as the survey has the rest. */
function refreshPlans(
  workspace: Workspace,
  product: LoadedProduct,
  owners: readonly SurveyedOwner[],
): { readonly plan: ProductPlan; readonly problems: readonly Problem[] }[] {
  const errorsOf = (plan: ProductPlan) => plan.problems.filter(({ severity }) => severity === 'error')
  const { source } = product
  const base = planMerge(source, { refresh: true })
  if (hasErrors(base.problems)) return [{ plan: base, problems: errorsOf(base) }]
  const overlays = owners.flatMap((owner) => {
    if (owner.product !== source.name || owner.instance === null) return []
    const { instance, problems } = loadInstance(workspace, product, owner.instance, base)
    const plan = planMerge(overlaySource(source, base, instance), { refresh: true })
    return [{ plan, problems: [...problems, ...errorsOf(plan)] }]
  })
  return [{ plan: base, problems: [] }, ...overlays]
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
