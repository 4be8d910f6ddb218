/** `product env --merge`. */
import { blocks } from '../report/lines.js'
import { mergeJson } from '../report/merge-json.js'
import { mergeAllLines, mergeLines } from '../report/merge-text.js'
import { secretsOf } from '../report/secrets.js'
import { mergeProducts } from '../tasks/merge.js'
import { machineOf, type Result, styleOf } from './command.js'
import type { EnvJob } from './env.js'

export async function merge({ host, workspace, options, names, instance }: EnvJob): Promise<Result> {
  const { refresh = false, prune = false, reveal = false, verify = false, as = null, diff, check } = options
  const dryRun = Boolean(options.dryRun || diff || check)
  const change = { refresh, prune, offset: options.offset }
  const task = { ...change, instance, as, dryRun, verify, machine: machineOf(host) }
  const { state, products, problems } = await mergeProducts(workspace, names, task)
  const style = styleOf(host, 'stdout')
  // Loaded lazily: `diff` is needed for nothing else.
  const { mergeDiff } = diff ? await import('../report/diff.js') : {}
  const report = () =>
    options.all
      ? mergeAllLines(products, state, style, host.width)
      : blocks(products.map((product) => mergeLines(product, state, style, host.width)))
  return {
    text: () =>
      mergeDiff ? products.map((product) => mergeDiff(product, reveal, style)).join('') : report(),
    json: () => ({
      products: products.map((product) => mergeJson(product, reveal ? null : secretsOf(product.source))),
    }),
    problems,
    isFailing: check && products.some(({ changed }) => changed),
  }
}
