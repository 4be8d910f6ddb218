/** `product list`: the products and their instances, and what runs of them. */
import { noProductsLines, productJson, productsLines, runningJson, runningLines } from '../report/products.js'
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
    const isEmpty = workspace.products.length === 0
    const none = () => noProductsLines(workspace.layout.product('<name>').folder)
    if (options.live) {
      const { list, problems } = await listRunning(workspace, { names, machine: machineOf(host) })
      if (list === null) return { problems }
      return {
        text: () => (isEmpty ? none() : runningLines(list, host.width)),
        json: () => runningJson(list),
        problems,
      }
    }
    const { survey, isNamed, problems } = await surveyNamed(workspace, names)
    if (survey === null) return { problems }
    const owners = survey.owners.filter(isNamed)
    return {
      text: () => (isEmpty ? none() : productsLines(owners, host.width)),
      json: () => ({ products: owners.map(productJson) }),
      problems,
    }
  })
}
