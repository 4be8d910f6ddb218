/** `product env --merge`. */
import { changesFile } from '../merge/plan.js'
import { mergeJson } from '../report/merge-json.js'
import { mergeAllLines, mergeLines } from '../report/merge-text.js'
import { secretsOf } from '../report/secrets.js'
import { mergeProducts } from '../tasks/merge.js'
import { machineOf, print, styleOf } from './command.js'
import type { EnvRun } from './env.js'
import type { ExitCode } from './host.js'

export async function merge({ host, workspace, options, names, instance }: EnvRun): Promise<ExitCode> {
  const { refresh = false, prune = false, diff, reveal = false, check, all = false } = options
  const dryRun = Boolean(options.dryRun || diff || check)
  const task = { refresh, prune, instance, dryRun, machine: machineOf(host) }
  const { state, products, problems } = await mergeProducts(workspace, names, task)
  const plans = products.map(({ plan }) => plan)
  const style = styleOf(host, 'stdout')
  // Loaded lazily: `diff` is needed for nothing else.
  const { mergeDiff } = diff ? await import('../report/merge-diff.js') : {}
  const report = () =>
    all
      ? mergeAllLines(plans, state, style, host.width)
      : plans.flatMap((plan, index) => [
          ...(index > 0 ? [''] : []),
          ...mergeLines(plan, state, style, host.width),
        ])
  const output = {
    text: () => (mergeDiff ? plans.map((plan) => mergeDiff(plan, reveal, style)).join('') : report()),
    json: () => ({
      products: products.map(({ plan, source, written }) =>
        mergeJson(plan, written, reveal ? null : secretsOf(source)),
      ),
    }),
  }
  const exitCode = await print(host, options, output, problems)
  return check && plans.some(changesFile) ? 1 : exitCode
}
