import { join } from 'node:path'
import type { FileChange } from '../file-change.js'
import type { Save } from '../save/save.js'
import type { Workspace } from '../workspace/workspace.js'

/** @param shared for new files that are committed, which others may read */
export function savesOf({ root }: Workspace, changes: readonly FileChange[], shared?: true): Save[] {
  return changes.map(({ file, before, after }) => ({ path: join(root, file), file, before, after, shared }))
}
