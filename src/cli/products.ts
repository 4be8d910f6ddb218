import { relative } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { checkProduct, someOf } from '../workspace/names.js'
import type { Workspace } from '../workspace/workspace.js'

/**
 * The products that a command is about: the named one, all, or without a name the one that the user stands in,
 * else the only one there is.
 * @returns their names, or the problem
 */
export function chooseProducts(
  workspace: Workspace,
  cwd: string,
  name: string | undefined,
  all: boolean,
): string[] | Problem {
  if (all && workspace.products.length > 0) return [...workspace.products]
  const chosen =
    name ??
    (all ? null : workspace.layout.productAt(relative(workspace.root, cwd))) ??
    (workspace.products.length === 1 ? workspace.products[0] : undefined)
  if (chosen !== undefined) return checkProduct(workspace, chosen) ?? [chosen]
  const { products } = workspace
  const next =
    products.length === 0
      ? `Create a folder ${workspace.layout.product('<name>').folder}.`
      : `Name one of them, or use --all: ${someOf(products)}.`
  return problem(
    'no-product',
    {},
    products.length === 0
      ? 'The workspace has no products'
      : 'The workspace has several products, and none is named',
    next,
  )
}
