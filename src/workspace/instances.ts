/** The instances of products: their overlays, and the names that git suggests for them. */
import { join } from 'node:path'
import { ownerName } from '../claims/claim.js'
import { parseEnv } from '../env/document.js'
import { type InstanceSource, overlaySection } from '../merge/overlay.js'
import type { ProductPlan } from '../merge/plan.js'
import { findSections } from '../merge/sections.js'
import type { Problem } from '../problem.js'
import { projectName } from './compose.js'
import { entriesIn } from './files.js'
import { strayLink } from './link.js'
import { badInstanceName } from './names.js'
import { type LoadedProduct, offsetOf } from './product.js'
import { type FileSource, readFile, type Workspace } from './workspace.js'

/** A product's `.env.<name>`; `foreign` if it is the user's own env file, `absent` also if it is empty. */
export interface Overlay extends FileSource {
  readonly state: 'ours' | 'foreign' | 'absent'
}

export function overlayOf(workspace: Workspace, product: string, name: string): Overlay {
  const source = readFile(workspace, workspace.layout.product(product).overlay(name))
  if (source.text === null || source.text.trim() === '') return { ...source, state: 'absent' }
  const { sections, stray } = findSections(parseEnv(source.text))
  const isOurs = [...sections, ...stray].some(({ feature }) => feature === overlaySection(product, name))
  return { ...source, state: isOurs ? 'ours' : 'foreign' }
}

/** Returns the names of the instances of a product: those that have an overlay. */
export function instancesOf(
  workspace: Workspace,
  product: string,
): { readonly names: readonly string[]; readonly problems: readonly Problem[] } {
  const { folder } = workspace.layout.product(product)
  const path = join(workspace.root, folder)
  const problems: Problem[] = []
  const names = entriesIn(path, folder).entries.flatMap(({ name: file }) => {
    const name = /^\.env\.(.+)$/.exec(file)?.[1]
    if (name === undefined || badInstanceName(name) !== null) return []
    // The user's own file: an error only if a command names it.
    if (strayLink(join(path, file)) !== null) return []
    const overlay = overlayOf(workspace, product, name)
    problems.push(...overlay.problems)
    return overlay.state === 'ours' ? [name] : []
  })
  return { names, problems }
}

/** Reads the sources of an instance's overlay. @param base the product's own plan */
export function loadInstance(
  workspace: Workspace,
  { source, settings }: LoadedProduct,
  name: string,
  base: ProductPlan,
): { readonly instance: InstanceSource; readonly problems: readonly Problem[] } {
  const set = settings.instances?.[name]?.offset
  const overlay = readFile(workspace, workspace.layout.product(source.name).overlay(name))
  const project = projectName(workspace, source.name, base.values)
  const offset = offsetOf(ownerName({ product: source.name, instance: name }), set, workspace.modulus)
  return {
    instance: { name, offset, overlay, projectName: project.name },
    problems: [...overlay.problems, ...project.problems],
  }
}
