/** What the other copies of a product take of the host. */
import { footprintOf } from '../copies/plan.js'
import type { Footprint } from '../copies/source.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { overlaySection } from '../merge/overlay.js'
import { loadCompose } from '../workspace/compose.js'
import { type CopyPlace, findCopy, otherFolders } from '../workspace/copies.js'
import { instancesOf } from '../workspace/instances.js'
import { openWorkspace, readFile, type Workspace } from '../workspace/workspace.js'

/**
 * Reads the instances of a product, and its copies in the other worktrees of the repository, by their files as they are.
 * @param place the copy that is left out
 */
export async function otherFootprints(
  workspace: Workspace,
  product: string,
  { name, kind }: CopyPlace,
): Promise<Footprint[]> {
  const isOriginal = kind !== 'instance' || findCopy(workspace, product) === null
  const own = isOriginal ? [] : copyFootprints(workspace, product)
  const here = instanceFootprints(workspace, product)
  const others = await Promise.all(otherFolders(workspace).map((root) => openWorkspace(root)))
  // Most of their Compose files are the same.
  const elsewhere = others
    .map((other) => ({ ...other, parsed: workspace.parsed }))
    .filter(({ products }) => products.includes(product))
    .flatMap((other) => [...copyFootprints(other, product), ...instanceFootprints(other, product)])
  return [...own, ...here.filter(({ owner }) => owner !== overlaySection(product, name)), ...elsewhere]
}

/** The product in a checkout: the original, or the copy that it is there. */
function copyFootprints(workspace: Workspace, product: string): Footprint[] {
  const copy = findCopy(workspace, product)
  const owner = copy === null || 'code' in copy ? product : overlaySection(product, copy.name)
  return footprintsOf(workspace, product, owner, [workspace.layout.product(product).env])
}

function instanceFootprints(workspace: Workspace, product: string): Footprint[] {
  const { env, overlay } = workspace.layout.product(product)
  return instancesOf(workspace, product).names.flatMap((name) =>
    footprintsOf(workspace, product, overlaySection(product, name), [env, overlay(name)]),
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
