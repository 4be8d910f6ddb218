/** Copies of a product: the same product in another git worktree or clone, or an instance in the same folder. */
import { join, relative, resolve, sep } from 'node:path'
import { splitCopySection, wholeSection } from '../merge/sections.js'
import { type Problem, problem } from '../problem.js'
import { isFile, readText } from './files.js'
import { type Checkout, originalFolder, otherWorktrees, readCheckout } from './git.js'
import { badInstanceName } from './names.js'
import type { LoadedProduct } from './product.js'
import type { ProductSettings } from './settings.js'
import { type FileSource, readFile, type Workspace } from './workspace.js'

/** The name under which Compose finds an override by itself. */
const DEFAULT_OVERRIDE = 'compose.override.yaml'

/** A copy of a product, and where its generated files are. */
export interface CopyPlace {
  /** `blue` of `shop@blue`; the product itself if it is isolated. */
  readonly name: string
  /** In a checkout of its own, beside the original in its folder, or a product that is set apart from the others. */
  readonly kind: 'checkout' | 'instance' | 'isolated'
}

/**
 * Finds out whether the product in this checkout is a copy: by `--as`, else by the files of an earlier merge, else because
 * the checkout is a linked git worktree.
 * @returns null for an original
 */
export function findCopy(
  workspace: Workspace,
  product: string,
  as: string | null = null,
): CopyPlace | Problem | null {
  const name = as ?? earlierName(workspace, product)
  if (name !== null) return badInstanceName(name) ?? { name, kind: 'checkout' }
  // `--instance auto` reads the same name.
  if ((checkoutOf(workspace)?.worktree ?? null) === null) return null
  const given = autoInstance(workspace.root)
  if (typeof given === 'string') return { name: given, kind: 'checkout' }
  return { ...given, next: 'Name the copy: product env --merge --as blue.' }
}

/** The name in the marks of an earlier merge. */
function earlierName(workspace: Workspace, product: string): string | null {
  const { env, folder } = workspace.layout.product(product)
  const { section } = splitCopySection(readFile(workspace, env).text ?? '')
  const feature = section?.feature ?? ownOverride(workspace, join(folder, DEFAULT_OVERRIDE))?.feature
  const [owner, name = owner] = feature?.split('@') ?? []
  // The mark of an isolated product is `shop@shop`.
  return name === undefined || name === owner ? null : name
}

/** Reads an override that a merge has generated; null for any other file. */
export function ownOverride(workspace: Workspace, file: string) {
  const mark = wholeSection(readFile(workspace, file).text ?? '')
  return mark?.feature.includes('@') ? mark : null
}

/** Returns the overrides that merges have generated: under the default name, or as COMPOSE_FILE of an env file lists it. */
export function generatedOverrides(
  workspace: Workspace,
  product: string,
  envFile: string,
): { readonly file: string; readonly untouched: boolean }[] {
  const { env, folder } = workspace.layout.product(product)
  const { text } = readFile(workspace, envFile)
  // The last line wins; those before it may be the user's.
  const listed = [...(text ?? '').matchAll(/^COMPOSE_FILE=.*?(compose\.[\w.-]+\.yaml)\r?$/gm)].at(-1)?.[1]
  const files = [
    ...(envFile === env ? [join(folder, DEFAULT_OVERRIDE)] : []),
    ...(listed === undefined ? [] : [join(folder, listed)]),
  ]
  return files.flatMap((file) => {
    const mark = ownOverride(workspace, file)
    return mark === null ? [] : { file, untouched: mark.untouched }
  })
}

/** Returns the place of a product that is isolated, or was at its last merge; null for any other. */
export function isolatedPlace(
  workspace: Workspace,
  { source: { name }, settings }: LoadedProduct,
): CopyPlace | null {
  const { env } = workspace.layout.product(name)
  const isWanted = isIsolated(workspace, settings)
  return isWanted || generatedOverrides(workspace, name, env).length > 0 ? { name, kind: 'isolated' } : null
}

/** Returns true if an instance needs more than an overlay: its Compose files, or the override of its product, fix ports and names. */
export function copiesInstances(
  workspace: Workspace,
  settings: ProductSettings,
  place: CopyPlace | Problem | null,
): boolean {
  return workspace.layout.kind === 'project' || isCheckout(place) || isIsolated(workspace, settings)
}

/** Returns true for a copy in a checkout of its own. */
export function isCheckout(place: CopyPlace | Problem | null): place is CopyPlace {
  return place !== null && 'kind' in place && place.kind === 'checkout'
}

/** Returns true for a product that its settings, or the workspace's, set apart from the others. */
export function isIsolated({ layout, isolate }: Workspace, settings: ProductSettings): boolean {
  return layout.kind === 'workspace' && (settings.isolate ?? isolate)
}

/** Returns the file that overrides the original's Compose files. @param listed whether COMPOSE_FILE has to name it */
export function overrideFile(directory: string, copy: string, listed: boolean): string {
  return join(directory, listed ? `compose.${copy}.yaml` : DEFAULT_OVERRIDE)
}

/** Returns the folders of this workspace in the other worktrees of its repository, the main one first; absolute. */
export function otherFolders(workspace: Workspace): string[] {
  const checkout = checkoutOf(workspace)
  return checkout === null
    ? []
    : otherWorktrees(checkout).map((top) => join(top, relative(checkout.top, workspace.root)))
}

/** All products of a run are in one checkout. */
const CHECKOUTS = new WeakMap<Workspace['texts'], Checkout | null>()

function checkoutOf({ root, texts }: Workspace): Checkout | null {
  const known = CHECKOUTS.get(texts)
  const checkout = known === undefined ? readCheckout(root) : known
  CHECKOUTS.set(texts, checkout)
  return checkout
}

/** Reads a file that only the main worktree has, such as one that git ignores. @param file relative to the workspace */
export function readFromOriginal(workspace: Workspace, file: string): FileSource | null {
  const { root } = workspace
  const checkout = checkoutOf(workspace)
  const original = originalFolder(root, checkout)
  // A file outside of the checkout is the same one for both.
  const top = checkout?.top ?? root
  if (original === null || !resolve(root, file).startsWith(`${top}${sep}`)) return null
  const path = resolve(original, file)
  if (!isFile(path)) return null
  const shown = relative(root, path)
  const { text, problem } = readText(path, shown)
  return { file: shown, text, problems: problem === null ? [] : [problem] }
}

/** Returns the name for `--instance auto`: that of the linked git worktree, otherwise that of the branch. */
export function autoInstance(root: string): string | Problem {
  const none = (why: string): Problem => {
    const message = `\`--instance auto\` finds no name: ${why}`
    return problem('no-instance', {}, message, 'Give the instance a name: --instance blue.')
  }
  const checkout = readCheckout(root)
  if (checkout === null) return none(`${root} is not in a git repository`)
  const given = checkout.worktree ?? checkout.branch
  if (given === null) return none('no branch is checked out (detached HEAD)')
  const name = given.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  if (name !== '') return badInstanceName(name) ?? name
  const kind = checkout.worktree === null ? 'branch' : 'worktree'
  return none(`the name of the ${kind}, ${given}, has no letter from a to z and no digit`)
}
