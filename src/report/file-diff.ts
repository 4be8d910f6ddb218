import type { FileChange } from '../file-change.js'
import { unifiedDiff } from './diff.js'
import { maskCommitted } from './mask.js'
import type { Style } from './style.js'

/** Shows changes of files as unified diffs. A new file has only text of the tool's own, so it is not masked. */
export function fileDiffs(changes: readonly FileChange[], style: Style): string {
  return changes
    .map(({ file, before, after }) => {
      const mask = before === null ? null : (text: string) => maskCommitted(file, text)
      return unifiedDiff(file, before, after ?? '', mask ?? ((text) => text), style)
    })
    .join('')
}
