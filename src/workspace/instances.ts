/** The instances of products: their overlays, and the names that git suggests for them. */

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { decode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { type InstanceSource, overlaySection } from '../merge/overlay.js'
import { findSections } from '../merge/sections.js'
import { ownerName } from '../ports/claim.js'
import { type Problem, problem } from '../problem.js'
import { composeName } from './compose.js'
import { namesIn, readText } from './files.js'
import { productFile, productFolder } from './layout.js'
import { type LoadedProduct, offsetOf } from './product.js'
import { isName, readFile, type Workspace } from './workspace.js'

const OVERLAY = /^\.env\.(.+)$/
/** What else may stand beside a product env. */
const NO_OVERLAY = /(?:^|\.)(?:example|lock(?:\.\d+)?|tmp)$/

/** The instances that a product has: those of its `.env.<name>` files that an overlay's section stands in. */
export function instancesOf(workspace: Workspace, product: string, problems: Problem[]): string[] {
  const folder = join(workspace.root, productFolder(product))
  return namesIn(folder, productFolder(product)).names.flatMap((file) => {
    const name = OVERLAY.exec(file)?.[1]
    if (name === undefined || NO_OVERLAY.test(name) || !isName(name)) return []
    const { text } = readFile(workspace, productFile(product, file), problems)
    const { sections } = findSections(parseEnv(text ?? ''))
    return sections.some(({ feature }) => feature === overlaySection(product, name)) ? [name] : []
  })
}

/** Reads what the overlay of an instance is planned from. */
export function loadInstance(
  workspace: Workspace,
  { source, settings }: LoadedProduct,
  name: string,
  problems: Problem[],
): InstanceSource {
  if (NO_OVERLAY.test(name)) {
    const next = 'Give the instance another name: --instance blue.'
    problems.push(problem('bad-name', {}, `.env.${name} is no name of an overlay: other files end so`, next))
  }
  const stated = settings.instances?.[name]?.offset
  return {
    name,
    offset: offsetOf(ownerName({ product: source.name, instance: name }), stated, workspace.modulus),
    overlay: readFile(workspace, productFile(source.name, `.env.${name}`), problems),
    projectName: (values) => composeName(workspace, source.name, values, problems) || source.name,
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
  if (isName(name)) return name
  const kind = worktree === null ? 'branch' : 'worktree'
  return none(`the name of the ${kind}, ${decode(given)}, has no letter from a to z and no digit`)
}

function gitTop(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder
  return dirname(folder) === folder ? null : gitTop(dirname(folder))
}
