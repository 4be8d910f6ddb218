/** Placeholders in a template's values, never in names or comments (SPLENT's documentation, "Env placeholders"). */
import { encode } from '../env/bytes.js'
import { parseEnv, rawValue } from '../env/document.js'

/** Placeholder → its text; byte strings. */
export type Placeholders = ReadonlyMap<string, string>

export function featurePlaceholders(product: string, hostDir: string): Placeholders {
  return new Map([
    ['__PRODUCT__', product],
    ['__FEATURE_HOST_DIR__', encode(hostDir)],
  ])
}

export function resolvePlaceholders(text: string, placeholders: Placeholders): string {
  if (!text.includes('__')) return text
  for (const [placeholder, meaning] of placeholders) text = text.replaceAll(placeholder, () => meaning)
  return text
}

/** Protects words that only look like placeholders: `hide` them, replace the others, `show` them again. */
export function hidePlaceholders(placeholders: Placeholders) {
  // No env file that Compose reads contains a NUL.
  const marks = [...placeholders.keys()].map((placeholder, index) => [placeholder, `\0${index}\0`] as const)
  return {
    hide: (text: string | undefined): string | undefined =>
      text && marks.reduce((all, [word, mark]) => all.replaceAll(word, mark), text),
    show: (text: string): string => marks.reduce((all, [word, mark]) => all.replaceAll(mark, word), text),
  }
}

/** Returns the text of a new product env: its `.env.example`, with `__PRODUCT__` resolved and its ports unchanged. */
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
