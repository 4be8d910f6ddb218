/** `product list`: the products and their instances. */
import { productsJson, productsLines } from '../report/products.js'
import { surveyNamed } from '../tasks/named-survey.js'
import { type Call, inWorkspace } from './command.js'
import type { ExitCode } from './host.js'

export async function list(call: Call, names: readonly string[]): Promise<ExitCode> {
  return inWorkspace(call, { products: [] }, async (workspace) => {
    const { survey, isNamed, problems } = await surveyNamed(workspace, names)
    if (survey === null) return { problems }
    const owners = survey.owners.filter(isNamed)
    const { folder } = workspace.layout.product('<name>')
    return {
      text: () => productsLines(owners, folder, call.host.width),
      json: () => ({ products: productsJson(owners) }),
      problems,
    }
  })
}
