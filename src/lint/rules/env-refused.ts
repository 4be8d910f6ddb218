import { refusalMessage } from '../../env/refusal.js'
import type { Template } from '../context.js'
import { ENV, type Rule } from '../rule.js'

export const envRefused = {
  code: 'env-refused',
  group: 'env',
  severity: 'error',
  meaning: 'Docker Compose cannot parse the template.',
  reason:
    'A merge copies the template into the product env, and Compose refuses every command for a product with such a line, even `down`.',
  bad: { [ENV]: "# How redis greets\nREDIS_GREETING='it's redis'\n" },
  good: { [ENV]: '# How redis greets\nREDIS_GREETING="it\'s redis"\n' },
  *check({ template }) {
    for (const { kind, line, reason } of template.reading.refusals) {
      // The shell or the product may still provide it.
      if (kind === 'required') continue
      const next =
        kind === 'parse'
          ? nextForParse(template, line, reason)
          : 'Write a literal dollar as $$, or put the value in single quotes.'
      yield { file: template.file, line, message: refusalMessage(reason), next }
    }
  },
} as const satisfies Rule

function nextForParse({ text, doc }: Template, line: number, reason: string): string {
  if (isUtf16(text ?? '')) return 'Save the file as UTF-8 without a byte order mark: it is UTF-16.'
  const escaped = /quote/.test(reason) ? escapedQuote(text ?? '', line) : null
  const isBetween = ({ line: other }: { readonly line: number }) => escaped !== null && other > escaped
  if (escaped === null || doc.statements.some((each) => isBetween(each) && each.line <= line))
    return 'Enclose the value in quotes that it does not contain.'
  const where = escaped === line ? '' : ` on line ${escaped}`
  return `Remove the quotes, or the backslash before the closing quote${where}: it escapes the quote, so the value continues.`
}

/** Checks for a byte order mark, or for the zeros that are every other byte of plain text. */
function isUtf16(text: string): boolean {
  const zeros = text.split('\0').length - 1
  return /^(?:\xff\xfe|\xfe\xff)/.test(text) || zeros * 4 > text.length
}

/** Finds the last line, up to this one, whose closing quote is escaped by mistake: `'C:\dir\'`. */
function escapedQuote(text: string, line: number): number | null {
  const lines = text.split(/\r?\n/, line)
  const at = lines.findLastIndex((each) =>
    /^[^'"#]*[=:][ \t]*(['"])(?:(?!\1).)*\\\1[ \t]*(?:#.*)?$/.test(each),
  )
  return at === -1 ? null : at + 1
}
