import { dirname, resolve } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { isFolder } from './files.js'
import { isWorkspace } from './workspace-layout.js'

/** Where a run takes place. */
export interface Where {
  /** The folder that the user stands in, absolute. */
  readonly cwd: string
  /** `-C DIR`, else `PRODUCT_WORKSPACE`; undefined searches upward. */
  readonly named?: string | undefined
}

/**
 * The workspace: the named folder, or the nearest one upward that has both `features/` and `products/`.
 * @returns its absolute path, or a problem
 */
export function findWorkspace({ cwd, named }: Where): string | Problem {
  if (named !== undefined) {
    const root = resolve(cwd, named)
    if (isWorkspace(root)) return root
    const message = isFolder(root)
      ? 'this folder is no workspace: it does not have both features/ and products/'
      : 'there is no such folder'
    return problem(
      'no-workspace',
      { file: named },
      message,
      'Name the folder that holds both (-C DIR or PRODUCT_WORKSPACE).',
    )
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (isWorkspace(folder)) return folder
    if (folder === dirname(folder)) break
  }
  const message = `no workspace here: neither ${cwd} nor a folder above it has both features/ and products/`
  const next = 'Go to the workspace, or name it with -C DIR or PRODUCT_WORKSPACE.'
  return problem('no-workspace', {}, message, next)
}
