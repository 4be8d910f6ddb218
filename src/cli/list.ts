/** `product list`: the products and their instances. */
import { productsJson, productsLines } from '../report/products.js'
import { surveyProducts } from '../tasks/survey.js'
import { type Call, inWorkspace } from './command.js'
import type { ExitCode } from './host.js'

export async function list(call: Call): Promise<ExitCode> {
  return inWorkspace(call, { products: [] }, async (workspace) => {
    const { owners, problems } = await surveyProducts(workspace)
    const { folder } = workspace.layout.product('<name>')
    return {
      text: () => productsLines(owners, folder, call.host.width),
      json: () => ({ products: productsJson(owners) }),
      problems,
    }
  })
}
