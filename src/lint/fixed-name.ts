/** Whether a name or path in a Compose file is the same in every product. */
import { references } from '../env/expand.js'
import { reservedReason } from '../merge/reserved.js'
import type { LintContext } from './context.js'

/** What a merge puts something of the product's own in place of. */
const OF_THE_PRODUCT = '__PRODUCT__'

/**
 * Whether a text comes to the same in every product: it has no variable, or only such as the template states, the same for
 * all. A variable that nobody states is the product's own, unless it has a default. So is one that a feature may not state, such as
 * COMPOSE_PROJECT_NAME: a merge refuses the feature that does.
 * @param raw as written
 * @param text with the template's values in it
 */
export function isFixed({ template, others }: LintContext, raw: string, text: string): boolean {
  if (text.includes(OF_THE_PRODUCT)) return false
  return references(raw).every(({ name, operator }) => {
    if (reservedReason(name) !== null) return false
    if (template.stated.has(name) || others.stating(name).length > 0) return true
    return operator.endsWith('-')
  })
}
