/** `product list`: the products and their instances. */
import type { Command } from 'commander'
import { ownerName } from '../claims/claim.js'
import { changesFile, isOutdated } from '../merge/plan.js'
import { hasErrors } from '../problem.js'
import { printable } from '../report/escape.js'
import { tableLines } from '../report/table.js'
import type { Survey, SurveyedOwner } from '../tasks/survey.js'
import type { ExitCode, Host } from './host.js'
import { type Format, printJson, reportProblems } from './program.js'
import { stop } from './stop.js'
import { surveyWorkspace } from './survey.js'

export async function list(
  host: Host,
  command: Command,
  options: { readonly format: Format },
): Promise<ExitCode> {
  const result = await surveyWorkspace(host, command, [])
  if (Array.isArray(result)) return stop(host, options.format, { products: [] }, result)
  const { owners, problems } = result.survey
  const stopped = stoppedProducts(result.survey)
  if (options.format === 'json') {
    const products = owners.map((owner) => ({
      product: owner.product,
      instance: owner.instance,
      offset: owner.plan.offset,
      features: featuresOf(owner),
      file: owner.plan.file,
      state: stateOf(owner, stopped),
      ports: portsOf(owner),
      project: owner.projectName,
    }))
    printJson(host, { ok: !hasErrors(problems), products, problems })
  } else if (owners.length === 0) {
    host.stdout(
      `  The workspace has no products yet; create a folder ${result.workspace.layout.product('<name>').folder}\n`,
    )
  } else {
    const columns = [
      { title: 'product', shrinks: true as const },
      { title: 'offset', align: 'right' as const },
      { title: 'ports', align: 'right' as const },
      { title: 'env' },
      { title: 'features', shrinks: true as const },
    ]
    const rows = owners.map((owner) => [
      ownerName(owner),
      `+${owner.offset}${owner.stated ? ' (stated)' : ''}`,
      `${portsOf(owner) ?? '?'}`,
      stateOf(owner, stopped),
      featuresOf(owner).join(', '),
    ])
    host.stdout(
      `${tableLines(
        columns,
        rows.map((row) => row.map(printable)),
        host.width,
      ).join('\n')}\n`,
    )
  }
  return reportProblems(host, problems)
}

/** How many ports it claims; null if not all are known. */
function portsOf({ claims, unread }: SurveyedOwner): number | null {
  return unread.length === 0 ? claims.length : null
}

/** The features with a template, told once: the instances of a product have the same. */
function featuresOf({ instance, plan }: SurveyedOwner): readonly string[] {
  return instance === null && plan.offset.from !== 'original' ? plan.merged : []
}

/** What a merge would find to do, or that an error forbids it. */
type State = 'stopped' | 'missing' | 'incomplete' | 'outdated' | 'merged'

/** @param stopped the products that cannot be merged; their instances go with them */
function stateOf({ product, plan, stale }: SurveyedOwner, stopped: ReadonlySet<string>): State {
  if (stopped.has(product) || hasErrors(plan.problems)) return 'stopped'
  if (plan.before === null) return 'missing'
  if (changesFile(plan)) return 'incomplete'
  return stale || plan.entries.some(isOutdated) ? 'outdated' : 'merged'
}

/** The names of the products that have an error, in their files or in their plan. */
function stoppedProducts({ products, owners }: Survey): Set<string> {
  const loaded = products.filter(({ problems }) => hasErrors(problems)).map(({ source }) => source.name)
  const planned = owners.filter(({ instance, plan }) => instance === null && hasErrors(plan.problems))
  return new Set([...loaded, ...planned.map(({ product }) => product)])
}
