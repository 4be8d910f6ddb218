import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { isFile, isFolder } from './files.js'
import type { Layout } from './layout.js'
import { LAYOUTS, type LayoutOptions } from './layouts.js'

const WHAT = 'features/ and products/, a SPLENT product, or a Compose file'

/**
 * Finds the workspace: the named folder, or the nearest one upward that contains `features/` and `products/`, or SPLENT products;
 * otherwise the nearest one, up to the top level of the git repository, that has a Compose file.
 * @param where the current directory, absolute; `-C DIR` or `PRODUCT_WORKSPACE`; the shell's variables
 * @returns its absolute path, or a problem
 */
export function findWorkspace(where: {
  readonly cwd: string
  readonly named?: string | undefined
  readonly shell?: LayoutOptions['shell']
}): string | Problem {
  const { cwd, named, shell = {} } = where
  if (named === undefined) return searchUpward(resolve(cwd), shell) ?? variableOf(shell) ?? notFound(cwd)
  const root = resolve(cwd, named)
  if (LAYOUTS.some(({ isAt }) => isAt(root))) return root
  const message = isFolder(root)
    ? `This folder is not a workspace: it does not contain ${WHAT}`
    : 'This folder does not exist'
  const next = `Set -C or PRODUCT_WORKSPACE to a folder that contains ${WHAT}.`
  return problem('no-workspace', { file: named }, message, next)
}

function searchUpward(cwd: string, shell: LayoutOptions['shell']): string | null {
  let project: string | null = null
  let isBeyondGit = false
  for (let folder = cwd; ; folder = dirname(folder)) {
    const row = LAYOUTS.find(({ isAt }) => isAt(folder))
    const isProject = row?.isWithinGit ?? false
    if (row !== undefined && !isProject) {
      const layout = () => row.open(folder, { environment: null, shell })
      if (project === null || !isBeyondGit || hasPart(layout(), folder, cwd)) return folder
    }
    if (isProject && project === null && !isBeyondGit) project = folder
    isBeyondGit ||= existsSync(join(folder, '.git'))
    if (folder === dirname(folder)) return project
  }
}

/** Returns the workspace that a variable names, as SPLENT's WORKING_DIR; other programs have variables of that name, too. */
function variableOf(shell: LayoutOptions['shell']): string | undefined {
  return LAYOUTS.flatMap(({ variable, isAt }) => {
    const folder = variable === undefined ? undefined : shell[variable]
    return folder?.startsWith('/') && isAt(folder) ? resolve(folder) : []
  })[0]
}

function notFound(cwd: string): Problem {
  const message = `No workspace found: neither ${cwd} nor a folder above it contains ${WHAT}`
  return problem('no-workspace', {}, message, 'Run product init to create a workspace here, or pass -C DIR.')
}

/** Returns true inside a product or feature, which may be a repository of its own. */
function hasPart(layout: Layout, root: string, cwd: string): boolean {
  const path = relative(root, cwd)
  const isPart = layout.productAt(path) !== null || layout.featureAt(path) !== null
  return isPart || layout.settings.some((file) => isFile(join(root, file)))
}
