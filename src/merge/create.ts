import { type EnvDocument, parseEnv, rawValue } from '../env/document.js'
import { productPlaceholders, resolvePlaceholders } from './placeholder.js'

/**
 * The first text of a product env: the product's own `.env.example`, byte for byte, with `__PRODUCT__` resolved
 * in its values. Its ports are the product's own, so that no offset reaches them.
 */
export function createFromExample(example: string, product: string): string {
  const doc: EnvDocument = parseEnv(example)
  const placeholders = productPlaceholders(product)
  let text = ''
  let at = 0
  for (const statement of doc.statements) {
    text +=
      example.slice(at, statement.valueStart) + resolvePlaceholders(rawValue(doc, statement), placeholders)
    at = statement.valueEnd
  }
  return text + example.slice(at)
}
