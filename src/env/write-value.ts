import { decode } from './bytes.js'
import { skipSpace, trimEnd } from './space.js'

interface Form {
  readonly fits: (value: string) => boolean
  readonly write: (value: string) => string
}

/** From the form that all readers agree on to the one that only Compose reads right; the first that fits is taken. */
const FORMS: readonly Form[] = [
  { fits: (v) => /^[A-Za-z0-9_.,:/@%+=-]*$/.test(v), write: (v) => v },
  { fits: (v) => !/['\r]/.test(v) && !v.endsWith('\\'), write: (v) => `'${v}'` },
  { fits: (v) => !/["\\$`\r]/.test(v), write: (v) => `"${v}"` },
  { fits: (v) => !/[\n\r$#]|^["'`]/.test(v) && !hasBlankEdge(v), write: (v) => v },
  { fits: () => true, write: (v) => `"${v.replace(/[\\"$]/g, '\\$&').replaceAll('\r', '\\r')}"` },
]

/** Returns true if a reader trims the value: Compose and JavaScript trim different characters (U+0085, U+FEFF). */
function hasBlankEdge(value: string): boolean {
  const text = decode(value)
  return (
    skipSpace(value, 0) > 0 ||
    trimEnd(value, 0, value.length) < value.length ||
    text.trim().length < text.length
  )
}

/**
 * Returns the text of a value for the right side of `KEY=`.
 * @param value a byte string
 * @throws RangeError on NUL, which no process environment can contain
 */
export function writeValue(value: string): string {
  if (value.includes('\0')) throw new RangeError('an env value cannot hold a NUL byte')
  const form = FORMS.find(({ fits }) => fits(value)) as Form
  return form.write(value)
}
