/** `product env --merge`: plan, save, report. */
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import { assignedPort, changesFile, type ProductPlan } from '../merge/plan.js'
import type { ProductSource } from '../merge/source.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { mergeJson } from '../report/merge-json.js'
import { type MergeState, mergeAllLines, mergeLines } from '../report/merge-text.js'
import { secretsOf } from '../report/secrets.js'
import { saveAll } from '../save/save-all.js'
import { saveOf } from '../tasks/save-of.js'
import { sharedPorts } from '../tasks/shared-ports.js'
import type { LoadedProduct } from '../workspace/product.js'
import type { Workspace } from '../workspace/workspace.js'
import type { EnvRun } from './env-run.js'
import type { ExitCode } from './host.js'
import { printJson, reportProblems, styleOf } from './program.js'

/** Merges the products' templates, and makes the overlays of the instance that is asked for. */
export async function merge(run: EnvRun): Promise<ExitCode> {
  const { host, workspace, options, products } = run
  const found: Problem[] = [...run.problems]
  const planned: Planned[] = []
  for (const product of products) planned.push(...(await planOf(run, product, found)))
  const plans = planned.map(({ plan }) => plan)
  if (run.instance !== null) {
    const { takenProjects } = await import('../tasks/projects.js')
    found.push(...(await takenProjects(workspace, plans)))
  }
  const problems = [...found, ...plans.flatMap((plan) => plan.problems)]
  const stopped = hasErrors(problems)
  if (!stopped) problems.push(...sharedPorts(workspace, plans))
  const onlyShow = options.dryRun || options.diff || options.check
  const written = new Set<ProductPlan>()
  const failed = stopped || onlyShow ? [] : writePlans(workspace, plans)
  problems.push(...failed)
  if (!stopped && !onlyShow && failed.length === 0)
    for (const plan of plans.filter(changesFile)) written.add(plan)
  if ([...written].some(({ entries }) => entries.some((entry) => assignedPort(entry) !== null))) {
    const { heldPorts } = await import('./held.js')
    problems.push(...(await heldPorts(host, workspace, [...written])))
  }
  if (options.format === 'json') {
    const secrets = (source: ProductSource) => (options.reveal ? null : secretsOf(source))
    const shown = planned.map(({ plan, source }) => mergeJson(plan, written.has(plan), secrets(source)))
    printJson(host, { ok: !hasErrors(problems), products: shown, problems }, options.reveal)
  } else if (options.diff) {
    const { mergeDiff } = await import('../report/merge-diff.js')
    const style = styleOf(host, 'stdout')
    host.stdout(plans.map((plan) => mergeDiff(plan, options.reveal ?? false, style)).join(''))
  } else if (!options.quiet) {
    const style = styleOf(host, 'stdout')
    const state: MergeState = stopped || failed.length > 0 ? 'stopped' : onlyShow ? 'shown' : 'done'
    const reports = options.all
      ? mergeAllLines(plans, state, style, host.width)
      : plans.flatMap((plan, index) => [
          ...(index > 0 ? [''] : []),
          ...mergeLines(plan, state, style, host.width),
        ])
    host.stdout(reports.map((line) => `${line}\n`).join(''))
  }
  const exitCode = reportProblems(host, problems)
  return options.check && plans.some(changesFile) ? 1 : exitCode
}

/** Writes all plans, or none. Also those that change nothing: what a killed run has left beside the file is cleared up. */
function writePlans(workspace: Workspace, plans: readonly ProductPlan[]): Problem[] {
  return saveAll(
    plans.flatMap(({ file, before, after }) =>
      after === null ? [] : [saveOf(workspace, { file, before, after })],
    ),
  )
}

interface Planned {
  readonly plan: ProductPlan
  /** What it was planned from. */
  readonly source: ProductSource
}

/** The plan of a product, and behind it that of the instance's overlay, which goes with what the first will write. */
async function planOf(
  { workspace, options, instance }: EnvRun,
  product: LoadedProduct,
  problems: Problem[],
): Promise<Planned[]> {
  const { source } = product
  const plan = planMerge(source, options)
  if (instance === null || hasErrors(plan.problems)) return [{ plan, source }]
  // Behind this stands the reader of Compose files, which a plain merge does without.
  const { loadInstance, overlayOf } = await import('../workspace/instances.js')
  const { state, file } = overlayOf(workspace, source.name, instance)
  if (state === 'foreign') {
    const message = `This file is not an overlay of ${source.name}, so nothing is merged into it`
    const next = `Give the instance a name other than ${instance}.`
    problems.push(problem('foreign-file', { file }, message, next))
    return [{ plan, source }]
  }
  const loaded = loadInstance(workspace, product, instance, plan)
  problems.push(...loaded.problems)
  const overlay = overlaySource(source, plan, loaded.instance)
  return [
    { plan, source },
    { plan: planMerge(overlay, options), source: overlay },
  ]
}
