import { join } from 'node:path'
import type { Save } from '../save/save.js'
import type { Workspace } from '../workspace/workspace.js'

/** A change of a file of the workspace. Both texts are byte strings. */
export type FileChange = Omit<Save, 'path'>

export function savesOf({ root }: Workspace, changes: readonly FileChange[]): Save[] {
  return changes.map((change) => ({ ...change, path: join(root, change.file) }))
}
