import { decode } from '../../env/bytes.js'
import { readAsDotenv } from '../../env/dotenv.js'
import { expand, type Lookup, references } from '../../env/expand.js'
import { isHidden, MASK, quoted } from '../../env/secret.js'
import { rawOf } from '../context.js'
import { ENV, type Rule } from '../rule.js'

export const readersDiffer = {
  code: 'readers-differ',
  group: 'env',
  severity: 'warning',
  meaning: 'Docker Compose and npm `dotenv` read different values from the same line.',
  reason:
    'An application that loads the file itself gets another value than Compose passes to its container. References such as `${REDIS_HOST_PORT}` are not reported, because only Compose expands them.',
  bad: { [ENV]: '# Colour of the page\nREDIS_PAGE_COLOUR=#f00\n' },
  good: { [ENV]: "# Colour of the page\nREDIS_PAGE_COLOUR='#f00'\n" },
  *check({ template }) {
    const { doc, reading, defined, file } = template
    if (reading.refusals.length > 0) return
    const second = readAsDotenv(doc)
    for (const [key, statement] of defined) {
      const value = reading.values.get(key)
      if (statement.kind === 'inherit' || value === undefined) continue
      const other = second.get(key)
      const raw = rawOf(template, statement)
      if (other === value) continue
      const lookup: Lookup = (name) =>
        (defined.get(name)?.start ?? Number.POSITIVE_INFINITY) < statement.start
          ? reading.values.get(name)
          : undefined
      if (other !== undefined && isReferenceOnly(raw, other, value, lookup)) continue
      const { line } = statement
      // Part of a secret may not look like one, so one secret masks all.
      const hide = [raw, value, other ?? ''].some((each) => isHidden(key, each))
      const shown = (text: string) => (hide ? MASK : quoted(decode(text), key))
      const seen = other === undefined ? 'ignores it' : `reads it as ${shown(other)}`
      const message = `Docker Compose reads ${key} as ${shown(value)}, but npm dotenv ${seen}`
      yield { file, line, message, next: nextStep(raw, other, value, hide) }
    }
  },
} as const satisfies Rule

/** Returns true if the values differ only because dotenv expands no variables. */
function isReferenceOnly(raw: string, other: string, value: string, lookup: Lookup): boolean {
  if (raw.includes('$$') || raw.includes('\\$') || references(other).length === 0) return false
  const expanded = expand(other, lookup)
  return expanded.ok && expanded.value === value
}

function nextStep(raw: string, other: string | undefined, value: string, hide: boolean): string {
  if (other === undefined) return 'Use only letters, digits, "_", "." and "-" in the name.'
  if (raw.includes("'") || value.includes("'"))
    return 'Put the value in double quotes, without backslashes or dollar signs.'
  // Compose has dropped what it took for a variable; only the author knows the whole value.
  if (raw.includes('$')) return 'Put the intended value in single quotes, where a dollar sign is literal.'
  if (hide) return 'Put the value in single quotes.'
  const text = decode(value)
  return `Put the value in single quotes: '${text.length > 40 ? '…' : text}'`
}
