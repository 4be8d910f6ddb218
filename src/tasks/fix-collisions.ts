/** Resolves the collisions of a workspace: sets offsets in product.yaml or for this machine, and merges the moved products again. */
import { follows, ownerName } from '../claims/claim.js'
import { groupBy } from '../claims/group.js'
import { type Reassignment, resolveCollisions, type Unresolved } from '../claims/resolve.js'
import type { FileChange } from '../file-change.js'
import type { Machine } from '../live/machine.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import { changesFile, type ProductPlan } from '../merge/plan.js'
import { LOCAL_OFFSET } from '../ports/offset.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { loadInstance } from '../workspace/instances.js'
import type { LoadedProduct } from '../workspace/product.js'
import { readFile, type Workspace, withTexts } from '../workspace/workspace.js'
import { type StatedOffset, withOffsets } from '../workspace/yaml-edit.js'
import { savesOf } from './changes.js'
import { findFreeOffset } from './free-offset.js'
import { heldPorts, inspectClaims, withRunning } from './live.js'
import { planProducts } from './plan-products.js'
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
  const local = await setLocally(
    withTexts(workspace, set),
    reassignments.filter(({ isLocal }) => isLocal),
  )
  const changes = [...set, ...local.changes]
  const moved = withTexts(workspace, changes)
  const later = changes.length === 0 ? survey : await surveyProducts(moved)
  const outdated = later.owners.filter(isOutdated)
  const names = new Set(refresh ? outdated.map(({ product }) => product) : [])
  const refreshed = later.products
    .filter(({ source }) => names.has(source.name))
    .flatMap((product) => refreshPlans(moved, product, later.owners))
  const plans = refreshed.map(({ plan }) => plan).filter(changesFile)
  return {
    reassignments,
    unresolved,
    outdated,
    plans,
    changes: inOne([...changes, ...plans.map(({ file, before, after }) => ({ file, before, after }))]),
    problems: [
      ...unresolved.map(({ owner, reason, next }) =>
        problem('no-offset', {}, `${ownerName(owner)}: ${reason}`, next),
      ),
      ...[...settings, local, ...refreshed].flatMap(({ problems }) => problems),
    ],
  }
}

/** Chooses offsets for this machine, at which nobody holds the ports that somebody outside the workspace holds now. */
async function moveFromHeld(
  workspace: Workspace,
  { owners, ...survey }: Survey,
  chosen: readonly Reassignment<SurveyedOwner>[],
  machine: Machine,
): Promise<Reassignment<SurveyedOwner>[]> {
  const offsets = new Map(chosen.map(({ owner, offset }) => [owner, offset]))
  const claims = owners
    .filter((owner) => !offsets.has(owner))
    .flatMap((owner) => owner.claims.filter(follows))
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

/** Merges each with its offset, which env files set; with the errors only, as the survey has the rest. */
async function setLocally(
  workspace: Workspace,
  reassignments: readonly FixedOffset[],
): Promise<{ readonly changes: readonly FileChange[]; readonly problems: readonly Problem[] }> {
  const changes: FileChange[] = []
  const problems: Problem[] = []
  for (const { owner, offset } of reassignments) {
    const { product, instance } = owner
    const merge = await planProducts(withTexts(workspace, changes), [product], { instance, offset })
    changes.push(...merge.planned.flatMap(({ files }) => files))
    const found = [...merge.problems, ...merge.planned.flatMap(({ plan }) => plan.problems)]
    problems.push(...found.filter(({ severity }) => severity === 'error'))
  }
  return { changes, problems }
}

/** Makes one change of all that a file gets. */
function inOne(changes: readonly FileChange[]): FileChange[] {
  const files = groupBy(changes, ({ file }) => file)
  return [...files].map(([file, all]) => {
    return { file, before: all[0]?.before ?? null, after: all.at(-1)?.after ?? null }
  })
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
