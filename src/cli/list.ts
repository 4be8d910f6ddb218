/** `product list`: the products and their instances. */
import type { Command } from 'commander'
import { changesFile } from '../merge/plan.js'
import { ownerName } from '../ports/claim.js'
import { hasErrors } from '../problem.js'
import { printable } from '../report/escape.js'
import { tableLines } from '../report/table.js'
import type { SurveyedOwner } from '../workspace/survey.js'
import type { ExitCode, Host } from './host.js'
import { printJson, reportProblems } from './program.js'
import { stop } from './stop.js'
import { surveyWorkspace } from './survey.js'

export async function list(
  host: Host,
  command: Command,
  options: { readonly json?: true },
): Promise<ExitCode> {
  const result = await surveyWorkspace(host, command, [])
  if (Array.isArray(result)) return stop(host, options.json && { products: [] }, result)
  const { owners, problems } = result.survey
  if (options.json) {
    const products = owners.map((owner) => ({
      product: owner.product,
      instance: owner.instance,
      offset: owner.plan.offset,
      features: featuresOf(owner),
      file: owner.plan.file,
      state: stateOf(owner),
      ports: owner.claims.length,
      project: owner.projectName,
    }))
    printJson(host, { ok: !hasErrors(problems), products, problems })
  } else {
    const columns = [
      { title: 'product' },
      { title: 'offset', align: 'right' as const },
      { title: 'ports', align: 'right' as const },
      { title: 'env' },
      { title: 'features' },
    ]
    const rows = owners.map((owner) => [
      ownerName(owner),
      `+${owner.offset}${owner.stated ? ' (stated)' : ''}`,
      `${owner.claims.length}`,
      stateOf(owner),
      featuresOf(owner).join(', '),
    ])
    host.stdout(
      `${tableLines(
        columns,
        rows.map((row) => row.map(printable)),
      ).join('\n')}\n`,
    )
  }
  return reportProblems(host, problems)
}

/** The features with a template; an instance has those of its product. */
function featuresOf({ instance, plan }: SurveyedOwner): readonly string[] {
  return instance === null ? plan.merged : []
}

/** What a merge would find to do. */
function stateOf({ plan, stale }: SurveyedOwner): 'missing' | 'incomplete' | 'outdated' | 'merged' {
  if (plan.before === null) return 'missing'
  if (changesFile(plan)) return 'incomplete'
  const isOutdated = plan.entries.some(
    ({ kept, value, given }) => kept?.untouched && given !== null && given !== value,
  )
  return stale || isOutdated ? 'outdated' : 'merged'
}
