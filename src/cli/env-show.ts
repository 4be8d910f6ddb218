/** `product env NAME`: the variables that Compose reads, each with its origin. */
import { ownerName } from '../claims/claim.js'
import { blocks } from '../report/lines.js'
import { secretsOf } from '../report/secrets.js'
import { viewJson, viewLines } from '../report/view.js'
import { viewProducts } from '../tasks/view.js'
import { type Result, shellOf, styleOf } from './command.js'
import type { EnvJob } from './env.js'

export async function show({ host, workspace, options, names, instance }: EnvJob): Promise<Result> {
  const shell = shellOf(host)
  const { products, problems } = await viewProducts(workspace, names, { instance, shell })
  const views = products.map(({ source, texts, entries }) => ({
    product: source.name,
    instance,
    file: source.env.file,
    secrets: options.reveal ? null : secretsOf(source, texts, shell.keys()),
    entries,
  }))
  const style = styleOf(host, 'stdout')
  return {
    text: () =>
      blocks(
        views.map(({ secrets, entries, ...owner }) => [
          style.bold(ownerName(owner)),
          '',
          ...viewLines(entries, secrets, host.width),
        ]),
      ),
    json: () => ({
      products: views.map(({ product, file, secrets, entries }) => ({
        product,
        instance,
        file,
        variables: viewJson(entries, secrets),
      })),
    }),
    problems,
  }
}
