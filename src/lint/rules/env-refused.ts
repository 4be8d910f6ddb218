import { refusalMessage } from '../../env/refusal.js'
import type { Template } from '../context.js'
import type { Rule } from '../rule.js'

export const envRefused = {
  code: 'env-refused',
  group: 'env',
  severity: 'error',
  meaning: 'Docker Compose cannot parse the template.',
  reason:
    'A merge adds the text of the template to the product env. With a line that Compose refuses, every `docker compose` command of that product ends with an error, `down` included.',
  bad: { 'features/redis/.env.example': "# How redis greets\nREDIS_GREETING='it's redis'\n" },
  good: { 'features/redis/.env.example': '# How redis greets\nREDIS_GREETING="it\'s redis"\n' },
  *check({ template }) {
    for (const { kind, line, reason } of template.reading.refusals) {
      // What the shell or the product could still provide is for them to say.
      if (kind === 'required') continue
      const next =
        kind === 'parse'
          ? nextForParse(template, line, reason)
          : 'Correct that line; a literal dollar is written $$, or the value put in single quotes.'
      yield { file: template.file, line, message: refusalMessage(reason), next }
    }
  },
} as const satisfies Rule

/** What to do about a line that cannot be parsed. */
function nextForParse({ text, doc }: Template, line: number, reason: string): string {
  if (isUtf16(text ?? '')) return 'The file is UTF-16: save it as UTF-8, without a byte order mark.'
  const escaped = /quote/.test(reason) ? escapedQuote(text ?? '', line) : null
  const isBetween = ({ line: other }: { readonly line: number }) => escaped !== null && other > escaped
  if (escaped === null || doc.statements.some((each) => isBetween(each) && each.line <= line))
    return 'Correct that line: put the value in quotes that do not occur in it.'
  const where = escaped === line ? '' : ` in line ${escaped}`
  return `The backslash before the closing quote${where} escapes it, so the value goes on behind it: leave out the quotes, or that backslash.`
}

/** By its byte order mark, or by the zeros, which are every other byte of plain text. */
function isUtf16(text: string): boolean {
  const zeros = text.split('\0').length - 1
  return /^(?:\xff\xfe|\xfe\xff)/.test(text) || zeros * 4 > text.length
}

/** The last line, up to this one, with a value that seems to end in a quote, `'C:\dir\'`, but does not; null if there is none. */
function escapedQuote(text: string, line: number): number | null {
  const lines = text.split(/\r?\n/, line)
  const at = lines.findLastIndex((each) =>
    /^[^'"#]*[=:][ \t]*(['"])(?:(?!\1).)*\\\1[ \t]*(?:#.*)?$/.test(each),
  )
  return at === -1 ? null : at + 1
}
