/** What the other copies of a product take of the host. */
import { footprintOf } from '../copies/plan.js'
import type { Footprint } from '../copies/source.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { loadCompose } from '../workspace/compose.js'
import { findCopy, otherFolders } from '../workspace/copies.js'
import { instancesOf } from '../workspace/instances.js'
import { openWorkspace, readFile, type Workspace } from '../workspace/workspace.js'

/**
 * Reads the instances of a product, and its copies in the other worktrees of the repository, by their files as they are.
 * @param self the copy that is left out: `shop@blue`
 */
export async function otherFootprints(
  workspace: Workspace,
  product: string,
  self: string,
): Promise<Footprint[]> {
  const here = instanceFootprints(workspace, product, product)
  const others = await Promise.all(otherFolders(workspace).map((root) => openWorkspace(root)))
  const elsewhere = others
    .filter(({ products }) => products.includes(product))
    .flatMap((other) => {
      const copy = findCopy(other, product)
      const owner = copy === null || 'code' in copy ? product : `${product}@${copy.name}`
      return [
        ...footprintsOf(other, product, owner, [other.layout.product(product).env]),
        ...instanceFootprints(other, product, owner),
      ]
    })
  return [...here, ...elsewhere].filter(({ owner }) => owner !== self)
}

function instanceFootprints(workspace: Workspace, product: string, owner: string): Footprint[] {
  const { env, overlay } = workspace.layout.product(product)
  return instancesOf(workspace, product).names.flatMap((name) =>
    footprintsOf(workspace, product, `${owner}@${name}`, [env, overlay(name)]),
  )
}

/** None if there is no Compose file. @param envFiles in Compose's order */
function footprintsOf(
  workspace: Workspace,
  product: string,
  owner: string,
  envFiles: readonly string[],
): Footprint[] {
  const values = envFiles.reduce<ReadonlyMap<string, string>>(
    (earlier, file) => readEnv(parseEnv(readFile(workspace, file).text ?? ''), new Map(), earlier).values,
    new Map(),
  )
  const { compose, projectName } = loadCompose(workspace, product, values)
  return compose === null ? [] : [footprintOf(owner, compose, projectName)]
}
