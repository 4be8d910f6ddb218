import { join } from 'node:path'
import type { Save } from '../save/save.js'
import type { Workspace } from '../workspace/workspace.js'

/** The write of a file of the workspace. */
export function saveOf({ root }: Workspace, { file, before, after, shared }: Omit<Save, 'path'>): Save {
  return { path: join(root, file), file, before, after, ...(shared ? { shared } : {}) }
}
