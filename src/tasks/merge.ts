/** Merges templates into product envs. A plain merge must not load the reading of Compose files, `yaml` or the linter. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Machine } from '../live/machine.js'
import { assignedPort, changesFile } from '../merge/plan.js'
import { hasErrors, type Problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import type { Workspace } from '../workspace/workspace.js'
import { savesOf } from './changes.js'
import type { PlannedCopy } from './copy.js'
import { type PlannedProduct, type PlanOptions, planProducts } from './plan-products.js'
import { sharedPorts } from './shared-ports.js'

export interface MergeTask extends PlanOptions {
  /** Verifies copies by Docker Compose on `machine`, and takes them back if they are not as planned. */
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

export interface MergedProduct extends PlannedProduct {
  readonly written: boolean
}

/** Merges products: all of their files are written, or none. */
export async function mergeProducts(
  workspace: Workspace,
  names: readonly string[],
  { dryRun = false, verify = false, machine, ...options }: MergeTask = {},
): Promise<Merge> {
  const { planned, problems: found } = await planProducts(workspace, names, options)
  const problems = [...found]
  const plans = [...new Set(planned.map(({ plan }) => plan))]
  if (options.instance) {
    const { takenProjects } = await import('./projects.js')
    problems.push(...(await takenProjects(workspace, plans)))
  }
  problems.push(...plans.flatMap((plan) => plan.problems))
  const originals = originalPlans(planned)
  if (!hasErrors(problems)) problems.push(...(await sharedPorts(workspace, originals)))
  if (machine !== undefined) problems.push(...(await composeProblems(workspace, planned, machine, verify)))
  if (!hasErrors(problems) && !dryRun)
    problems.push(...(await write(workspace, planned, verify ? machine : undefined)))
  const state = hasErrors(problems) ? 'stopped' : dryRun ? 'shown' : 'done'
  const created = originals.filter((plan) => plan.before === null && changesFile(plan))
  if (state === 'done' && created.length > 0) {
    // Loaded lazily: a repeated merge creates no file.
    const { notIgnored } = await import('./not-ignored.js')
    problems.push(...(await notIgnored(workspace, created)))
  }
  if (machine !== undefined && state === 'done')
    problems.push(...(await portsInUse(workspace, planned, machine)))
  const products = planned.map((each) => ({ ...each, written: each.changed && state === 'done' }))
  return { state, products, problems }
}

function originalPlans(planned: readonly PlannedProduct[]) {
  return planned.flatMap(({ plan, copy }) => (copy === null || copy.kind === 'isolated' ? plan : []))
}

/** Reports a Docker Compose that cannot read the overrides of copies. Without `verify`, it may be missing here. */
async function composeProblems(
  workspace: Workspace,
  planned: readonly PlannedProduct[],
  machine: Machine,
  verify: boolean,
): Promise<Problem[]> {
  const copies = planned.filter(({ copy }) => copy !== null)
  const isAsked = verify || copies.some(({ changed }) => changed)
  if (!isAsked || !copies.some(({ copy }) => copy?.override)) return []
  const { composeProblem } = await import('./verify-copy.js')
  const found = await composeProblem(machine, workspace.root)
  return found === null || (found.severity === 'error' && !verify) ? [] : [found]
}

/** Writes all files, or none. @param verifier the machine whose Docker Compose verifies copies */
async function write(
  workspace: Workspace,
  planned: readonly PlannedProduct[],
  verifier: Machine | undefined,
): Promise<Problem[]> {
  const copies = planned.flatMap(({ copy }) => copy ?? [])
  // Unchanged files too, so that leftovers of killed runs are removed.
  const files = planned
    .flatMap((product) => product.files)
    .filter(({ after, before }) => after !== null || before !== null)
  for (const file of copies.flatMap(({ brought }) => brought))
    mkdirSync(dirname(join(workspace.root, file)), { recursive: true })
  const problems = copies.length === 0 ? [] : await hideFiles(workspace, copies)
  if (!hasErrors(problems)) problems.push(...saveAll(savesOf(workspace, files)))
  if (hasErrors(problems) || verifier === undefined) return problems
  const { verifyCopy } = await import('./verify-copy.js')
  for (const copy of copies) problems.push(...(await verifyCopy(workspace, copy, verifier)))
  if (!hasErrors(problems)) return problems
  const back = files.map(({ file, before, after }) => ({ file, before: after, after: before }))
  return [...problems, ...saveAll(savesOf(workspace, back))]
}

/** Other worktrees share the file, and their merges may run at the same time. */
const EXCLUDE_ATTEMPTS = 10

/** Keeps the generated files out of git. */
async function hideFiles(workspace: Workspace, copies: readonly PlannedCopy[]): Promise<Problem[]> {
  const { excludeChange } = await import('./copy-files.js')
  const files = copies.flatMap(({ ignored }) => ignored)
  for (let attempt = 1; ; attempt++) {
    const change = excludeChange(workspace, files)
    const problems = change === null ? [] : saveAll(savesOf(workspace, [change]))
    const isLost = problems.some(({ code }) => code === 'changed-meanwhile')
    if (!isLost || attempt === EXCLUDE_ATTEMPTS) return [...problems]
  }
}

/** Reports the new ports that somebody else uses. */
async function portsInUse(
  workspace: Workspace,
  planned: readonly PlannedProduct[],
  machine: Machine,
): Promise<Problem[]> {
  const written = originalPlans(planned).filter(changesFile)
  const copies = planned.flatMap(({ plan, copy, changed }) =>
    copy !== null && changed ? { owner: `${plan.product}@${copy.name}`, ports: copy.proof.ports } : [],
  )
  const isAssigned = written.some(({ entries }) => entries.some((entry) => assignedPort(entry) !== null))
  if (!isAssigned && copies.length === 0) return []
  const { heldPorts } = await import('./live.js')
  return heldPorts(workspace, written, copies, machine)
}
