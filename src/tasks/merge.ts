/** Merges templates into product envs. A plain merge must not load the reading of Compose files, `yaml` or the linter. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FileChange } from '../file-change.js'
import type { Machine } from '../live/machine.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import type { MergeOptions } from '../merge/ownership.js'
import { assignedPort, changesFile, type ProductPlan } from '../merge/plan.js'
import type { ProductSource } from '../merge/source.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { type CopyPlace, copiesInstances, findCopy, isolatedPlace } from '../workspace/copies.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import { type Workspace, withTexts } from '../workspace/workspace.js'
import { savesOf } from './changes.js'
import type { PlannedCopy } from './copy.js'
import { sharedPorts } from './shared-ports.js'

export interface MergeTask extends MergeOptions {
  /** Creates or updates this instance, too. */
  readonly instance?: string | null
  /** Makes the product in this checkout a copy of this name. */
  readonly as?: string | null
  /** Asks the real Docker Compose on `machine` whether copies are what was planned; otherwise they are taken back. */
  readonly verify?: boolean
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
  /** For a copy, the merge without what the copy changes. */
  readonly plan: ProductPlan
  readonly source: ProductSource
  /** Null for an original. */
  readonly copy: PlannedCopy | null
}

export interface MergedProduct extends PlannedProduct {
  /** Whether a merge changes a file. */
  readonly changed: boolean
  readonly written: boolean
}

/** Merges products: all of their files are written, or none. */
export async function mergeProducts(
  workspace: Workspace,
  names: readonly string[],
  { instance = null, as = null, dryRun = false, verify = false, machine, ...options }: MergeTask = {},
): Promise<Merge> {
  const products = await Promise.all(names.map((name) => loadProduct(workspace, name)))
  const problems = [...workspace.problems, ...products.flatMap((product) => product.problems)]
  const planned: PlannedProduct[] = []
  for (const product of products) {
    const { source } = product
    const plan = planMerge(source, options)
    const place = findCopy(workspace, source.name, as) ?? isolatedPlace(workspace, product)
    const own = await planCopyAt(workspace, product, plan, place)
    planned.push({ plan, source, copy: own.copy })
    problems.push(...own.problems)
    if (instance === null || hasErrors(plan.problems)) continue
    if (copiesInstances(workspace, product.settings, place)) {
      const merged = own.copy === null ? workspace : withTexts(workspace, own.copy.files)
      const { copy, problems: found } = await planCopyAt(merged, product, plan, {
        name: instance,
        kind: 'instance',
      })
      problems.push(...found)
      if (copy !== null) planned.push({ plan, source, copy })
      continue
    }
    const overlay = await planOverlay(workspace, product, plan, instance, options)
    problems.push(...overlay.problems)
    if (overlay.planned !== null) planned.push({ ...overlay.planned, copy: null })
  }
  const plans = [...new Set(planned.map(({ plan }) => plan))]
  if (instance !== null) {
    const { takenProjects } = await import('./projects.js')
    problems.push(...(await takenProjects(workspace, plans)))
  }
  problems.push(...plans.flatMap((plan) => plan.problems))
  const originals = planned
    .filter(({ copy }) => copy === null || copy.kind === 'isolated')
    .map(({ plan }) => plan)
  if (!hasErrors(problems)) problems.push(...(await sharedPorts(workspace, originals)))
  const copies = planned.flatMap(({ copy }) => copy ?? [])
  if (machine !== undefined && copies.some(({ override }) => override !== null)) {
    const isNew = planned.some((each) => each.copy !== null && isChanged(each))
    if (verify || isNew) problems.push(...(await composeProblems(workspace, machine, verify)))
  }
  if (!hasErrors(problems) && !dryRun) {
    // Unchanged files too, so that leftovers of killed runs are removed.
    const files = planned.flatMap(filesOf).filter(({ after, before }) => after !== null || before !== null)
    for (const file of copies.flatMap(({ brought }) => brought))
      mkdirSync(dirname(join(workspace.root, file)), { recursive: true })
    problems.push(...(copies.length === 0 ? [] : await hideFiles(workspace, copies)))
    if (!hasErrors(problems)) problems.push(...saveAll(savesOf(workspace, files)))
    if (!hasErrors(problems) && verify && machine !== undefined) {
      const { verifyCopy } = await import('./verify-copy.js')
      for (const copy of copies) problems.push(...(await verifyCopy(workspace, copy, machine)))
      if (hasErrors(problems)) {
        const back = files.map(({ file, before, after }) => ({ file, before: after, after: before }))
        problems.push(...saveAll(savesOf(workspace, back)))
      }
    }
  }
  const state = hasErrors(problems) ? 'stopped' : dryRun ? 'shown' : 'done'
  const written = state === 'done' ? originals.filter(changesFile) : []
  if (machine !== undefined && state === 'done') {
    const ofCopies = planned.flatMap((each) =>
      each.copy === null || !isChanged(each)
        ? []
        : { owner: `${each.plan.product}@${each.copy.name}`, ports: each.copy.proof.ports },
    )
    const isAssigned = written.some(({ entries }) => entries.some((entry) => assignedPort(entry) !== null))
    if (isAssigned || ofCopies.length > 0) {
      const { heldPorts } = await import('./live.js')
      problems.push(...(await heldPorts(workspace, written, ofCopies, machine)))
    }
  }
  return {
    state,
    products: planned.map((each) => {
      const changed = isChanged(each)
      return { ...each, changed, written: changed && state === 'done' }
    }),
    problems,
  }
}

function filesOf({ plan: { file, before, after }, copy }: PlannedProduct): readonly FileChange[] {
  return copy?.files ?? [{ file, before, after }]
}

function isChanged(product: PlannedProduct): boolean {
  return filesOf(product).some(({ before, after }) => before !== after)
}

/** Without `--verify`, Compose may be missing here. */
async function composeProblems(workspace: Workspace, machine: Machine, verify: boolean): Promise<Problem[]> {
  const { composeProblem } = await import('./verify-copy.js')
  const found = await composeProblem(machine, workspace.root)
  return found === null || (found.severity === 'error' && !verify) ? [] : [found]
}

/** Other worktrees share the file, and their merges may run at the same time. */
const EXCLUDE_ATTEMPTS = 10

/** Keeps the generated files out of git. */
async function hideFiles(workspace: Workspace, copies: readonly PlannedCopy[]): Promise<Problem[]> {
  const { excludeChange } = await import('./copy.js')
  const files = copies.flatMap(({ ignored }) => ignored)
  for (let attempt = 1; ; attempt++) {
    const change = excludeChange(workspace, files)
    const problems = change === null ? [] : saveAll(savesOf(workspace, [change]))
    const isLost = problems.some(({ code }) => code === 'changed-meanwhile')
    if (!isLost || attempt === EXCLUDE_ATTEMPTS) return [...problems]
  }
}

async function planCopyAt(
  workspace: Workspace,
  product: LoadedProduct,
  plan: ProductPlan,
  place: CopyPlace | Problem | null,
): Promise<{ readonly copy: PlannedCopy | null; readonly problems: readonly Problem[] }> {
  if (place === null || hasErrors([...product.problems, ...plan.problems]))
    return { copy: null, problems: [] }
  if ('code' in place) return { copy: null, problems: [place] }
  // Loaded lazily: a merge of an original reads no Compose file.
  const { planProductCopy } = await import('./copy.js')
  return planProductCopy(workspace, product, plan, place)
}

/** Plans the overlay of an instance. @param base the product's own plan, which the overlay goes with */
async function planOverlay(
  workspace: Workspace,
  product: LoadedProduct,
  base: ProductPlan,
  instance: string,
  options: MergeOptions,
): Promise<{
  readonly planned: Omit<PlannedProduct, 'copy'> | null
  readonly problems: readonly Problem[]
}> {
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
