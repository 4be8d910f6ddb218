/** `product list`: the products and their instances. */
import type { Command } from 'commander'
import { productsJson, productsLines } from '../report/products.js'
import { surveyProducts } from '../tasks/survey.js'
import { type OutputOptions, print, workspaceOf } from './command.js'
import type { ExitCode, Host } from './host.js'

export async function list(host: Host, command: Command, options: OutputOptions): Promise<ExitCode> {
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return print(host, options, { json: () => ({ products: [] }) }, [workspace])
  const { owners, problems } = await surveyProducts(workspace)
  const folder = workspace.layout.product('<name>').folder
  const output = {
    text: () => productsLines(owners, folder, host.width),
    json: () => ({ products: productsJson(owners) }),
  }
  return print(host, options, output, problems)
}
