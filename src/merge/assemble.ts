/**
 * Puts the new text of a product env together: the old bytes, in order, with the sections of the features
 * that have something to add. Beside the text it says which statements should be found in it, which is what
 * the proof compares with.
 */
import type { EnvDocument, Quote, Statement } from '../env/document.js'
import { parseEnv, rawValue } from '../env/document.js'
import { skipInlineSpace, trimEnd } from '../env/space.js'
import { rangeText } from '../ports/value.js'
import type { Candidate } from './candidates.js'
import type { SectionFate } from './ownership.js'
import type { SectionChange } from './plan.js'
import { type Section, writeSection } from './sections.js'
import { chunksOf, textAbove, textBehind } from './template.js'

/** A statement that the new text shall hold: one of a template, or one of the product env itself. */
export type Expected = Candidate | OwnStatement

interface OwnStatement {
  readonly origin: null
  readonly key: string
  /** In the old product env. */
  readonly line: number
  readonly kind: 'assign' | 'inherit'
  readonly raw: string
  readonly quote: Quote
}

/** The new text and what should be in it. */
export interface Assembly {
  readonly text: string
  /** The statements that it should hold, in order. */
  readonly expected: readonly Expected[]
  readonly sections: readonly SectionChange[]
}

/**
 * Assembles the new text.
 * @param doc the product env as it is
 * @param fates its sections, in order, and what becomes of each
 * @param chosen the candidates to add, by feature, in the product's order
 * @param stated what templates state: a section that is trimmed keeps that
 */
export function assemble(
  doc: EnvDocument,
  fates: readonly SectionFate[],
  chosen: ReadonlyMap<string, readonly Candidate[]>,
  stated: ReadonlyMap<string, unknown>,
): Assembly {
  const eol = lineEndOf(textThatStays(doc.text, fates)) ?? lineEndOf(doc.text) ?? '\n'
  const expected: Expected[] = []
  const sections: SectionChange[] = []
  const written = new Set<string>()
  let text = ''
  let at = 0
  let next = 0
  const passUpTo = (end: number): Statement[] => {
    const from = next
    while ((doc.statements[next]?.start ?? end) < end) next += 1
    at = end
    return doc.statements.slice(from, next)
  }
  const expectOwn = (statements: readonly Statement[]): void => {
    for (const statement of statements) expected.push(ownStatement(doc, statement))
  }
  const keepUpTo = (end: number): void => {
    text += doc.text.slice(at, end)
    expectOwn(passUpTo(end))
  }

  for (const { section, fate } of fates) {
    if (fate === 'keep') continue
    const { feature, start, end } = section
    keepUpTo(start)
    const old = doc.text.slice(start, end)
    const within = passUpTo(end)
    let now = ''
    if (fate === 'trim') {
      const kept = within.filter(({ key }) => stated.has(key))
      if (kept.length > 0) now = trimmedText(old, section, stated, eol)
      expectOwn(kept)
    } else if (fate === 'rewrite') {
      const candidates = chosen.get(feature) ?? []
      now = sectionText(candidates, eol)
      for (const candidate of candidates) expected.push(candidate)
      written.add(feature)
    }
    text += now
    if (now !== old)
      sections.push({ feature, change: fate === 'rewrite' && now !== '' ? 'refreshed' : 'pruned' })
  }
  keepUpTo(doc.text.length)

  // In parts: to look at the end of a text that has just grown costs a copy of all of it.
  const parts = [text]
  for (const [feature, candidates] of chosen) {
    const section = written.has(feature) ? '' : sectionText(candidates, eol)
    if (section === '') continue
    parts.push(blankLineAfter(parts.at(-1) as string, eol), section)
    for (const candidate of candidates) expected.push(candidate)
    sections.push({ feature, change: 'added' })
  }
  return { text: parts.join(''), expected, sections }
}

/** A statement of the product env itself. */
export function ownStatement(doc: EnvDocument, statement: Statement): OwnStatement {
  const { key, kind, quote, line } = statement
  return { origin: null, key, line, kind, raw: rawValue(doc, statement), quote }
}

/** A feature's section: all its candidates in the order of the template; '' for none. */
function sectionText(candidates: readonly Candidate[], eol: string): string {
  const [first] = candidates
  if (first === undefined) return ''
  const { feature, file } = first.origin
  const body = candidates.map((candidate) => candidateText(candidate, eol)).join('')
  return writeSection(feature, file, withoutBlankLines(body), eol)
}

/** A section without the variables that are stated no more. */
function trimmedText(
  text: string,
  { feature, file }: Section,
  stated: ReadonlyMap<string, unknown>,
  eol: string,
): string {
  const first = text.indexOf('\n') + 1
  const end = text.lastIndexOf('\n', text.length - 2) + 1
  const body = parseEnv(text.slice(first, end))
  const chunks = chunksOf(body)
  const kept = chunks.map(({ statement, start }, index) =>
    stated.has(statement.key) ? body.text.slice(start, chunks[index + 1]?.start) : '',
  )
  return writeSection(feature, file, kept.join(''), eol)
}

/** A candidate's own text: the template's, but for its value and the line ends outside of it. */
function candidateText(candidate: Candidate, eol: string): string {
  const { origin, statement, below, raw, quote, shift } = candidate
  const { text } = origin.doc
  const above = textAbove(origin.doc, candidate)
  // A name that stands alone reaches to its newline, and so may have the CR of a CRLF in it.
  const headEnd = statement.valueStart - statement.quote.length
  const head = text.slice(
    statement.start,
    statement.kind === 'inherit' ? trimEnd(text, statement.start, headEnd) : headEnd,
  )
  const comments = shift === null ? above : withSum(above, `${rangeText(shift.base)} + ${shift.offset}`)
  const behind = endLine(textBehind(origin.doc, candidate), eol)
  const end = withoutSpaceBehind(below) === '' ? '' : endLine(below, eol)
  return `${withLineEnds(comments, eol)}${head}${quote}${raw}${quote}${behind}${end}`
}

/** The comment above a port says how it came about: `# Port that redis publishes: 6380 + 591`. */
function withSum(above: string, sum: string): string {
  if (!endsInComment(above)) return `${above}# ${sum}\n`
  const text = withoutSpaceBehind(above)
  return `${text}${/[.:!?#]$/.test(text) ? ' ' : ': '}${sum}\n`
}

/** Whether the last line is a comment. */
function endsInComment(above: string): boolean {
  const start = above.lastIndexOf('\n', above.length - 2) + 1
  return above.endsWith('\n') && above[skipInlineSpace(above, start)] === '#'
}

/** Not `trimEnd` of a string: to that, the last byte of an "à" is a no-break space. */
function withoutSpaceBehind(bytes: string): string {
  return bytes.slice(0, trimEnd(bytes, 0, bytes.length))
}

function withoutBlankLines(text: string): string {
  let at = 0
  for (;;) {
    const next = skipInlineSpace(text, at)
    if (text[next] !== '\n') return text.slice(at)
    at = next + 1
  }
}

function withLineEnds(text: string, eol: string): string {
  if (eol === '\n' && !text.includes('\r')) return text
  return text.replace(/\r?\n/g, eol)
}

/** Comments and blanks that reach to the end of a line, with that end. */
function endLine(text: string, eol: string): string {
  return withLineEnds(withoutSpaceBehind(text), eol) + eol
}

/** The line end that a text uses: that of its first line; null where it has none. */
function lineEndOf(text: string): string | null {
  const newline = text.indexOf('\n')
  const end = newline === -1 ? text.length : newline
  // A CR at the end of the text is half a line end; with LF behind it, the next run would take it for a whole one.
  if (text[end - 1] === '\r') return '\r\n'
  return newline === -1 ? null : '\n'
}

/** What no fate rewrites or drops; only this is sure to decide the line ends of the next run, too. */
function textThatStays(text: string, fates: readonly SectionFate[]): string {
  let stays = ''
  let at = 0
  for (const { section, fate } of fates) {
    if (fate === 'keep') continue
    stays += text.slice(at, section.start)
    at = section.end
  }
  return stays + text.slice(at)
}

/** What is missing for a text to end with a blank line, so that a section stands apart from what is above it. */
function blankLineAfter(text: string, eol: string): string {
  if (text === '' || text === '\xef\xbb\xbf') return ''
  const ending = text.endsWith('\n') ? '' : eol
  return /\n\r?\n$/.test(text.slice(-3) + ending) ? ending : ending + eol
}
