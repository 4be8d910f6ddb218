import { basename } from 'node:path'
import type { MergedProduct } from '../tasks/merge.js'
import { unifiedDiff } from './diff.js'
import { maskCommitted, maskEnv } from './mask.js'
import type { Style } from './style.js'

/** A merge as a unified diff; '' if nothing changes. */
export function mergeDiff({ plan, copy }: MergedProduct, reveal: boolean, style: Style): string {
  const changes = copy?.files ?? [plan]
  return changes
    .map(({ file, before, after }) => {
      const isYaml = /\.ya?ml$/.test(file)
      // The section of an overlay is made of the product's own lines.
      const owner = plan.instance === null && basename(file) === '.env' ? 'both' : 'product'
      const mask = (text: string) => (isYaml ? maskCommitted(file, text) : maskEnv(text, owner, plan.isPort))
      return unifiedDiff(file, before, after ?? '', reveal ? null : mask, style)
    })
    .join('')
}
