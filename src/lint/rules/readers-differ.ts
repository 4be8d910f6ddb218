import { decode } from '../../env/bytes.js'
import { readAsDotenv } from '../../env/dotenv.js'
import { expand, type Lookup, references } from '../../env/expand.js'
import { isHidden, MASK, quoted } from '../../env/secret.js'
import { rawOf } from '../context.js'
import type { Rule } from '../rule.js'

export const readersDiffer = {
  code: 'readers-differ',
  group: 'env',
  severity: 'warning',
  meaning: 'Docker Compose and npm `dotenv` read different values from the same line.',
  reason:
    'An application that loads the file itself would work with another value than Compose hands to its container. A variable that refers to another one (`${REDIS_HOST_PORT}`) is not meant: only Compose fills it in, and is there to do so.',
  bad: { 'features/redis/.env.example': '# Colour of the page\nREDIS_PAGE_COLOUR=#f00\n' },
  good: { 'features/redis/.env.example': "# Colour of the page\nREDIS_PAGE_COLOUR='#f00'\n" },
  *check({ template }) {
    const { doc, reading, stated, file } = template
    if (reading.refusals.length > 0) return
    const second = readAsDotenv(doc)
    for (const [key, statement] of stated) {
      const value = reading.values.get(key)
      if (statement.kind === 'inherit' || value === undefined) continue
      const other = second.get(key)
      const raw = rawOf(template, statement)
      if (other === value) continue
      const lookup: Lookup = (name) =>
        (stated.get(name)?.start ?? Number.POSITIVE_INFINITY) < statement.start
          ? reading.values.get(name)
          : undefined
      if (other !== undefined && isReferenceOnly(raw, other, value, lookup)) continue
      const { line } = statement
      // A part of a secret is no secret by its looks, so that both are masked if one of them is, or the whole is.
      const hide = [raw, value, other ?? ''].some((each) => isHidden(key, each))
      const shown = (text: string) => (hide ? MASK : quoted(decode(text), key))
      const seen = other === undefined ? 'does not see it' : `reads ${shown(other)}`
      const message = `${key}: Docker Compose reads ${shown(value)}, npm dotenv ${seen}`
      yield { file, line, message, next: nextStep(raw, other, value, hide) }
    }
  },
} as const satisfies Rule

/** Whether all that dotenv does not do is to fill in variables. */
function isReferenceOnly(raw: string, other: string, value: string, lookup: Lookup): boolean {
  if (raw.includes('$$') || raw.includes('\\$') || references(other).length === 0) return false
  const expanded = expand(other, lookup)
  return expanded.ok && expanded.value === value
}

function nextStep(raw: string, other: string | undefined, value: string, hide: boolean): string {
  if (other === undefined) return 'Use letters, digits, "_", "." and "-" for the name.'
  if (raw.includes("'") || value.includes("'"))
    return 'Put the value in double quotes, without backslashes or dollars in it.'
  // What Compose reads lacks what it took for variables; only the author knows the whole.
  if (raw.includes('$')) return 'Put the value in single quotes, as it is meant: there a dollar is a dollar.'
  if (hide) return 'Put the value in single quotes.'
  const text = decode(value)
  return `Put the value in single quotes: '${text.length > 40 ? '…' : text}'`
}
