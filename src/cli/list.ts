/** `product list`: the products and their instances, and what runs of them. */
import { productJson, productsLines, runningLines } from '../report/products.js'
import { surveyNamed } from '../tasks/named-survey.js'
import { listRunning } from '../tasks/running.js'
import { type Call, inWorkspace, machineOf, type OutputOptions } from './command.js'
import type { ExitCode } from './host.js'

interface ListOptions extends OutputOptions {
  readonly live?: true
}

export async function list(call: Call<ListOptions>, names: readonly string[]): Promise<ExitCode> {
  const { host, options } = call
  return inWorkspace(call, { products: [] }, async (workspace) => {
    const { survey, isNamed, problems } = await surveyNamed(workspace, names)
    if (survey === null) return { problems }
    if (options.live) {
      const live = await listRunning(workspace, survey, isNamed, machineOf(host))
      const { owners, leftovers } = live
      return {
        text: () => runningLines(live, host.width),
        json: () => ({
          products: owners.map((owner) => ({ ...productJson(owner), ...owner.running })),
          leftovers,
        }),
        problems: [...problems, ...live.problems],
      }
    }
    const owners = survey.owners.filter(isNamed)
    const { folder } = workspace.layout.product('<name>')
    return {
      text: () => productsLines(owners, folder, host.width),
      json: () => ({ products: owners.map(productJson) }),
      problems,
    }
  })
}
