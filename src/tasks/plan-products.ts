/** Plans the merge of products, copies and instances. Loads the reader of Compose files for the last two only. */
import type { FileChange } from '../file-change.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import type { MergeOptions } from '../merge/ownership.js'
import type { ProductPlan } from '../merge/plan.js'
import type { ProductSource } from '../merge/source.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { type CopyPlace, copiesInstances, findCopy, isCheckout, isolatedPlace } from '../workspace/copies.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import { type Workspace, withTexts } from '../workspace/workspace.js'
import type { PlannedCopy } from './copy.js'

export interface PlannedProduct {
  /** For a copy, the merge without what the copy changes. */
  readonly plan: ProductPlan
  readonly source: ProductSource
  /** Null for an original. */
  readonly copy: PlannedCopy | null
  /** All files that a merge writes. */
  readonly files: readonly FileChange[]
  /** Whether it changes any of them. */
  readonly changed: boolean
}

interface Planned {
  /** Each product, followed by its instance. */
  readonly planned: readonly PlannedProduct[]
  /** Without those of the plans. */
  readonly problems: readonly Problem[]
}

export interface PlanOptions extends MergeOptions {
  /** Creates or updates this instance, too. */
  readonly instance?: string | null
  /** Makes the product in this checkout a copy of this name. */
  readonly as?: string | null
}

export async function planProducts(
  workspace: Workspace,
  names: readonly string[],
  options: PlanOptions,
): Promise<Planned> {
  const products = await Promise.all(names.map((name) => loadProduct(workspace, name)))
  const plans: Planned[] = []
  for (const product of products) plans.push(await planProduct(workspace, product, options))
  const found = [workspace, ...products, ...plans]
  return {
    planned: plans.flatMap(({ planned }) => planned),
    problems: found.flatMap(({ problems }) => problems),
  }
}

async function planProduct(
  workspace: Workspace,
  product: LoadedProduct,
  { instance = null, as = null, offset, ...options }: PlanOptions,
): Promise<Planned> {
  const { source } = product
  const place = findCopy(workspace, source.name, as) ?? isolatedPlace(workspace, product)
  const isCopy = isCheckout(place)
  // `--instance auto` in a linked worktree names the copy that the worktree is.
  const isNamed = instance === null || (isCopy && place.name === instance)
  const base = planMerge({ ...source, isCopy }, { ...options, offset: isNamed ? offset : undefined })
  const { copy, problems } = await planCopy(workspace, product, base, place)
  const isItself = copy?.kind === 'checkout' && copy.name === instance
  // Without a Compose file, a checkout is not a copy.
  const isOriginal = isCopy && copy === null
  const plan = isOriginal
    ? planMerge(source, { ...options, offset: instance === null ? offset : undefined })
    : base
  const own = plannedProduct(plan, source, copy)
  if (instance === null || isItself || hasErrors(plan.problems)) return { planned: [own], problems }
  const added = copiesInstances(workspace, product.settings, isOriginal ? null : place)
    ? await planInstance(
        copy === null ? workspace : withTexts(workspace, copy.files),
        product,
        plan,
        instance,
        offset,
      )
    : await planOverlay(workspace, product, plan, instance, { ...options, offset })
  return { planned: [own, ...added.planned], problems: [...problems, ...added.problems] }
}

function plannedProduct(
  plan: ProductPlan,
  source: ProductSource,
  copy: PlannedCopy | null = null,
): PlannedProduct {
  const { file, before, after } = plan
  const files = copy?.files ?? [{ file, before, after }]
  return { plan, source, copy, files, changed: files.some((each) => each.before !== each.after) }
}

async function planCopy(
  workspace: Workspace,
  product: LoadedProduct,
  plan: ProductPlan,
  place: CopyPlace | Problem | null,
  offset?: number,
): Promise<{ readonly copy: PlannedCopy | null; readonly problems: readonly Problem[] }> {
  if (place === null || hasErrors([...product.problems, ...plan.problems]))
    return { copy: null, problems: [] }
  if ('code' in place) return { copy: null, problems: [place] }
  const { planProductCopy } = await import('./copy.js')
  return planProductCopy(workspace, product, plan, place, offset)
}

/** Plans an instance as a copy in the same folder. */
async function planInstance(
  workspace: Workspace,
  product: LoadedProduct,
  plan: ProductPlan,
  name: string,
  offset: number | undefined,
): Promise<Planned> {
  const { copy, problems } = await planCopy(workspace, product, plan, { name, kind: 'instance' }, offset)
  return { planned: copy === null ? [] : [plannedProduct(plan, product.source, copy)], problems }
}

/** Plans the overlay of an instance. @param base the product's own plan, which the overlay goes with */
async function planOverlay(
  workspace: Workspace,
  product: LoadedProduct,
  base: ProductPlan,
  instance: string,
  options: MergeOptions,
): Promise<Planned> {
  const { loadInstance, overlayOf } = await import('../workspace/instances.js')
  const { name } = product.source
  const { state, file } = overlayOf(workspace, name, instance)
  if (state === 'foreign') {
    const message = `This file is not an overlay of ${name}, so nothing is merged into it`
    const next = `Give the instance a name other than ${instance}.`
    return { planned: [], problems: [problem('foreign-file', { file }, message, next)] }
  }
  const loaded = loadInstance(workspace, product, instance, base)
  const source = overlaySource(product.source, base, loaded.instance, options.offset)
  return { planned: [plannedProduct(planMerge(source, options), source)], problems: loaded.problems }
}
