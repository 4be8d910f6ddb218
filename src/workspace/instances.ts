/** The instances of products: their overlays, and the names that git suggests for them. */

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ownerName } from '../claims/claim.js'
import { decode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { type InstanceSource, overlaySection } from '../merge/overlay.js'
import type { ProductPlan } from '../merge/plan.js'
import { findSections } from '../merge/sections.js'
import type { TextSource } from '../merge/source.js'
import { type Problem, problem } from '../problem.js'
import { projectName } from './compose.js'
import { namesIn, readText } from './files.js'
import { badInstanceName } from './instance-name.js'
import { strayLink } from './link.js'
import { type LoadedProduct, offsetOf } from './product.js'
import { readFile, type Workspace } from './workspace.js'

const OVERLAY = /^\.env\.(.+)$/

/**
 * What a product's `.env.<name>` is: the overlay of that instance, which its section tells; foreign, an env file of
 * somebody's own; or absent, also where there is nothing in it.
 */
export function overlayOf(
  workspace: Workspace,
  product: string,
  name: string,
  problems: Problem[],
): TextSource | 'absent' | 'foreign' {
  const source = readFile(workspace, workspace.layout.product(product).overlay(name), problems)
  if (source.text === null || source.text.trim() === '') return 'absent'
  const { sections, stray } = findSections(parseEnv(source.text))
  // A mark that has lost its counterpart is still the tool's, and a merge says what is to be done about it.
  const isOurs = [...sections, ...stray].some(({ feature }) => feature === overlaySection(product, name))
  return isOurs ? source : 'foreign'
}

/** The instances that a product has: those whose overlays are there. */
export function instancesOf(workspace: Workspace, product: string, problems: Problem[]): string[] {
  const places = workspace.layout.product(product)
  const folder = join(workspace.root, places.folder)
  return namesIn(folder, places.folder).names.flatMap((file) => {
    const name = OVERLAY.exec(file)?.[1]
    if (name === undefined || badInstanceName(name) !== null) return []
    // Somebody's own, and no error unless a command names it.
    if (strayLink(join(folder, file)) !== null) return []
    return typeof overlayOf(workspace, product, name, problems) === 'string' ? [] : [name]
  })
}

/**
 * Reads what the overlay of an instance is planned from.
 * @param base the product's own plan, with which the overlay goes
 */
export function loadInstance(
  workspace: Workspace,
  { source, settings }: LoadedProduct,
  name: string,
  base: ProductPlan,
  problems: Problem[],
): InstanceSource {
  const stated = settings.instances?.[name]?.offset
  return {
    name,
    offset: offsetOf(ownerName({ product: source.name, instance: name }), stated, workspace.modulus),
    overlay: readFile(workspace, workspace.layout.product(source.name).overlay(name), problems),
    projectName: projectName(workspace, source.name, base.values, problems),
  }
}

/**
 * The name for `--instance auto`: that of the linked git worktree which the workspace is in, else that of the branch.
 * Read from git's files, so that no git is needed (gitrepository-layout(5)).
 */
export function autoInstance(root: string): string | Problem {
  const none = (why: string): Problem =>
    problem(
      'no-instance',
      {},
      `--instance auto finds no name: ${why}`,
      'Give the instance a name: --instance blue.',
    )
  const top = gitTop(root)
  if (top === null) return none(`${root} is in no git repository`)
  const dotGit = join(top, '.git')
  const link = /^gitdir: (.*)$/m.exec(readText(dotGit, '.git').text ?? '')?.[1]
  const gitDir = link === undefined ? dotGit : join(link.startsWith('/') ? '' : top, link)
  const worktree = basename(dirname(gitDir)) === 'worktrees' ? basename(gitDir) : null
  const branch = /^ref: refs\/heads\/(.*)$/m.exec(readText(join(gitDir, 'HEAD'), 'HEAD').text ?? '')?.[1]
  const given = worktree ?? branch
  if (given === undefined) return none('git is on no branch (a detached HEAD)')
  const name = given.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  if (name !== '') return badInstanceName(name) ?? name
  const kind = worktree === null ? 'branch' : 'worktree'
  return none(`the name of the ${kind}, ${decode(given)}, has no letter from a to z and no digit`)
}

function gitTop(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder
  return dirname(folder) === folder ? null : gitTop(dirname(folder))
}
