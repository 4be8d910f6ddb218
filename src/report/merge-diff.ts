import type { ProductPlan } from '../merge/plan.js'
import { unifiedDiff } from './diff.js'
import { maskEnv } from './mask.js'
import type { Style } from './style.js'

/** A merge as a unified diff; '' where nothing changes. */
export function mergeDiff(
  { instance, file, before, after }: ProductPlan,
  reveal: boolean,
  style: Style,
): string {
  // The section of an overlay is made of the product's own lines.
  const mask = (text: string) => maskEnv(text, instance === null ? 'both' : 'product')
  return unifiedDiff(file, before, after ?? '', reveal ? null : mask, style)
}
