/** Merges templates into product envs. A plain merge must not load the reading of Compose files, `yaml` or the linter. */
import type { Machine } from '../live/machine.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import type { MergeOptions } from '../merge/ownership.js'
import { assignedPort, changesFile, type ProductPlan } from '../merge/plan.js'
import type { ProductSource } from '../merge/source.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import type { Workspace } from '../workspace/workspace.js'
import { savesOf } from './changes.js'
import { sharedPorts } from './shared-ports.js'

export interface MergeTask extends MergeOptions {
  /** Creates or updates the overlay of this instance, too. */
  readonly instance?: string | null
  /** Plans only, and writes nothing. */
  readonly dryRun?: boolean
  /** Reports the new ports that somebody else on this machine uses. */
  readonly machine?: Machine
}

export interface Merge {
  /** `stopped`: an error kept everything from being written; `shown`: a dry run. */
  readonly state: 'done' | 'shown' | 'stopped'
  /** Each product, followed by its instance. */
  readonly products: readonly MergedProduct[]
  readonly problems: readonly Problem[]
}

interface PlannedProduct {
  readonly plan: ProductPlan
  readonly source: ProductSource
}

export interface MergedProduct extends PlannedProduct {
  readonly written: boolean
}

/** Merges products: all of their files are written, or none. */
export async function mergeProducts(
  workspace: Workspace,
  names: readonly string[],
  { instance = null, dryRun = false, machine, ...options }: MergeTask = {},
): Promise<Merge> {
  const products = await Promise.all(names.map((name) => loadProduct(workspace, name)))
  const problems = [...workspace.problems, ...products.flatMap((product) => product.problems)]
  const planned: PlannedProduct[] = []
  for (const product of products) {
    const own = { plan: planMerge(product.source, options), source: product.source }
    planned.push(own)
    if (instance === null || hasErrors(own.plan.problems)) continue
    const overlay = await planOverlay(workspace, product, own.plan, instance, options)
    problems.push(...overlay.problems)
    if (overlay.planned !== null) planned.push(overlay.planned)
  }
  const plans = planned.map(({ plan }) => plan)
  if (instance !== null) {
    const { takenProjects } = await import('./projects.js')
    problems.push(...(await takenProjects(workspace, plans)))
  }
  problems.push(...plans.flatMap((plan) => plan.problems))
  if (!hasErrors(problems)) problems.push(...(await sharedPorts(workspace, plans)))
  if (!hasErrors(problems) && !dryRun) {
    // Unchanged plans too, so that leftovers of killed runs are removed.
    const files = plans.filter(({ after }) => after !== null)
    problems.push(...saveAll(savesOf(workspace, files)))
  }
  const state = hasErrors(problems) ? 'stopped' : dryRun ? 'shown' : 'done'
  const written = state === 'done' ? plans.filter(changesFile) : []
  if (
    machine !== undefined &&
    written.some(({ entries }) => entries.some((entry) => assignedPort(entry) !== null))
  ) {
    const { heldPorts } = await import('./live.js')
    problems.push(...(await heldPorts(workspace, written, machine)))
  }
  return {
    state,
    products: planned.map((each) => ({ ...each, written: written.includes(each.plan) })),
    problems,
  }
}

/** Plans the overlay of an instance. @param base the product's own plan, which the overlay goes with */
async function planOverlay(
  workspace: Workspace,
  product: LoadedProduct,
  base: ProductPlan,
  instance: string,
  options: MergeOptions,
): Promise<{ readonly planned: PlannedProduct | null; readonly problems: readonly Problem[] }> {
  const { loadInstance, overlayOf } = await import('../workspace/instances.js')
  const { name } = product.source
  const { state, file } = overlayOf(workspace, name, instance)
  if (state === 'foreign') {
    const message = `This file is not an overlay of ${name}, so nothing is merged into it`
    const next = `Give the instance a name other than ${instance}.`
    return { planned: null, problems: [problem('foreign-file', { file }, message, next)] }
  }
  const loaded = loadInstance(workspace, product, instance, base)
  const source = overlaySource(product.source, base, loaded.instance)
  return { planned: { plan: planMerge(source, options), source }, problems: loaded.problems }
}
