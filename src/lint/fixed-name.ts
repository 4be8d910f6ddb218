/** Whether a name or path in a Compose file is the same in every product. */
import { references } from '../env/expand.js'
import type { LintContext } from './context.js'

/** What a merge puts something of the product's own in place of. */
const OF_THE_PRODUCT = '__PRODUCT__'

/**
 * Whether a text comes to the same in every product: it has no variable, or only such as the template states, the same for
 * all. A variable that nobody states is the product's own, as COMPOSE_PROJECT_NAME is, unless it has a default.
 * @param raw as written
 * @param text with the template's values in it
 */
export function isFixed({ template, others }: LintContext, raw: string, text: string): boolean {
  if (text.includes(OF_THE_PRODUCT)) return false
  return references(raw).every(({ name, operator }) => {
    if (template.stated.has(name) || others.stating(name).length > 0) return true
    return operator.endsWith('-') && name !== 'COMPOSE_PROJECT_NAME'
  })
}
