/** `product env --merge`. */
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
  const task = {
    refresh,
    prune,
    instance,
    as: options.as ?? null,
    dryRun,
    verify: options.verify ?? false,
    machine: machineOf(host),
  }
  const { state, products, problems } = await mergeProducts(workspace, names, task)
  const style = styleOf(host, 'stdout')
  // Loaded lazily: `diff` is needed for nothing else.
  const { mergeDiff } = diff ? await import('../report/merge-diff.js') : {}
  const report = () =>
    all
      ? mergeAllLines(products, state, style, host.width)
      : products.flatMap((product, index) => [
          ...(index > 0 ? [''] : []),
          ...mergeLines(product, state, style, host.width),
        ])
  const output = {
    text: () =>
      mergeDiff ? products.map((product) => mergeDiff(product, reveal, style)).join('') : report(),
    json: () => ({
      products: products.map((product) => mergeJson(product, reveal ? null : secretsOf(product.source))),
    }),
  }
  const exitCode = await print(host, options, output, problems)
  return check && products.some(({ changed }) => changed) ? 1 : exitCode
}
