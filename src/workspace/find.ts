import { dirname, resolve } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { isFolder } from './files.js'
import { isWorkspace } from './workspace-layout.js'

/** Where a run starts to look. */
export interface Where {
  /** Absolute. */
  readonly cwd: string
  /** `-C DIR`, else `PRODUCT_WORKSPACE`; undefined searches upward. */
  readonly named?: string | undefined
}

const SET_IT = 'Set -C or PRODUCT_WORKSPACE to a folder that contains features/ and products/.'

/**
 * Finds the workspace: the named folder, or the nearest one upward that contains `features/` and `products/`.
 * @returns its absolute path, or a problem
 */
export function findWorkspace({ cwd, named }: Where): string | Problem {
  if (named !== undefined) {
    const root = resolve(cwd, named)
    if (isWorkspace(root)) return root
    const message = isFolder(root)
      ? 'This folder is not a workspace: it does not contain both features/ and products/'
      : 'This folder does not exist'
    return problem('no-workspace', { file: named }, message, SET_IT)
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (isWorkspace(folder)) return folder
    if (folder === dirname(folder)) break
  }
  const message = `No workspace found: neither ${cwd} nor a folder above it contains features/ and products/`
  return problem('no-workspace', {}, message, 'Create both folders, or pass -C DIR.')
}
