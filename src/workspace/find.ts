import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { isFile, isFolder } from './files.js'
import { isProject } from './project-layout.js'
import { isWorkspace, workspaceLayout } from './workspace-layout.js'

const WHAT = 'features/ and products/, or a Compose file'

/**
 * Finds the workspace: the named folder, or the nearest one upward that contains `features/` and `products/`; otherwise
 * the nearest one, up to the top level of the git repository, that has a Compose file.
 * @param where the current directory, absolute; `-C DIR` or `PRODUCT_WORKSPACE`
 * @returns its absolute path, or a problem
 */
export function findWorkspace(where: {
  readonly cwd: string
  readonly named?: string | undefined
}): string | Problem {
  const { cwd, named } = where
  if (named === undefined) return searchUpward(resolve(cwd))
  const root = resolve(cwd, named)
  if (isWorkspace(root) || isProject(root)) return root
  const message = isFolder(root)
    ? `This folder is not a workspace: it does not contain ${WHAT}`
    : 'This folder does not exist'
  const next = `Set -C or PRODUCT_WORKSPACE to a folder that contains ${WHAT}.`
  return problem('no-workspace', { file: named }, message, next)
}

function searchUpward(cwd: string): string | Problem {
  let project: string | null = null
  let isBeyondGit = false
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (isWorkspace(folder) && (project === null || !isBeyondGit || hasPart(folder, cwd))) return folder
    if (project === null && !isBeyondGit && isProject(folder)) project = folder
    isBeyondGit ||= existsSync(join(folder, '.git'))
    if (folder === dirname(folder)) break
  }
  if (project !== null) return project
  const message = `No workspace found: neither ${cwd} nor a folder above it contains ${WHAT}`
  return problem('no-workspace', {}, message, 'Run product init to create a workspace here, or pass -C DIR.')
}

/** Returns true inside a product or feature, which may be a repository of its own. */
function hasPart(root: string, cwd: string): boolean {
  const path = relative(root, cwd)
  const layout = workspaceLayout(root)
  const isPart = layout.productAt(path) !== null || layout.featureAt(path) !== null
  return isPart || layout.settings.some((file) => isFile(join(root, file)))
}
