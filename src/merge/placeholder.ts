/**
 * What a template may leave for the product to fill in (SPLENT's documentation, "Env placeholders"). They are
 * resolved in values only, never in names or comments.
 */
import { encode } from '../env/bytes.js'
import { parseEnv, rawValue } from '../env/document.js'

/** Placeholder → what it stands for, as byte strings. */
export type Placeholders = ReadonlyMap<string, string>

/** The placeholders of a feature's template in one product. */
export function featurePlaceholders(product: string, hostDir: string): Placeholders {
  return new Map([
    ['__PRODUCT__', product],
    ['__FEATURE_HOST_DIR__', encode(hostDir)],
  ])
}

/** A text with its placeholders replaced. */
export function resolvePlaceholders(text: string, placeholders: Placeholders): string {
  // Hardly any value has one, and this is asked of every value several times.
  if (!text.includes('__')) return text
  for (const [placeholder, meaning] of placeholders) text = text.replaceAll(placeholder, () => meaning)
  return text
}

/** Keeps words that only look like placeholders from being replaced: `hide` them, replace the others, `show` them again. */
export function hidePlaceholders(placeholders: Placeholders) {
  // No env file that Compose reads can hold a NUL.
  const marks = [...placeholders.keys()].map((placeholder, index) => [placeholder, `\0${index}\0`] as const)
  return {
    hide: (text: string | undefined): string | undefined =>
      text?.includes('__') ? marks.reduce((all, [word, mark]) => all.replaceAll(word, mark), text) : text,
    show: (text: string): string =>
      text.includes('\0') ? marks.reduce((all, [word, mark]) => all.replaceAll(mark, word), text) : text,
  }
}

/**
 * The first text of a product env: the product's own `.env.example`, byte for byte, with `__PRODUCT__` resolved
 * in its values. Its ports are the product's own, so no offset is added to them.
 */
export function textFromExample(example: string, product: string): string {
  const doc = parseEnv(example)
  const placeholders = new Map([['__PRODUCT__', product]])
  let text = ''
  let at = 0
  for (const statement of doc.statements) {
    const { valueStart, valueEnd } = statement
    text += example.slice(at, valueStart) + resolvePlaceholders(rawValue(doc, statement), placeholders)
    at = valueEnd
  }
  return text + example.slice(at)
}
