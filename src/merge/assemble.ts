/** Assembles the new text of a product env: the old bytes, in order, and the sections of the features. */
import type { EnvDocument, Quote, Statement } from '../env/document.js'
import { parseEnv, rawValue } from '../env/document.js'
import { skipInlineSpace, trimEnd } from '../env/space.js'
import { rangeText } from '../ports/value.js'
import type { Candidate } from './candidates.js'
import type { SectionFate } from './ownership.js'
import type { SectionChange } from './plan.js'
import { type Section, textOutside, writeSection } from './sections.js'
import { chunksOf, textAbove, textBehind } from './template.js'

/** A statement that the new text must contain: one of a template, or one of the product env itself. */
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

/** The new text, and the statements that it must contain, in order. */
export interface Assembly {
  readonly text: string
  readonly expected: readonly Expected[]
  readonly sections: readonly SectionChange[]
}

/**
 * @param doc the old product env
 * @param chosen the candidates to add, by feature, in the product's order
 * @param winners the keys that templates set, which a trimmed section keeps
 */
export function assemble(
  doc: EnvDocument,
  fates: readonly SectionFate[],
  chosen: ReadonlyMap<string, readonly Candidate[]>,
  winners: ReadonlyMap<string, Candidate>,
): Assembly {
  const changing = fates.filter(({ fate }) => fate !== 'keep')
  // Only text that no fate changes gives the next run the same line ends.
  const staying = textOutside(
    doc.text,
    changing.map(({ section }) => section),
  )
  const eol = lineEndOf(staying) ?? lineEndOf(doc.text) ?? '\n'
  const expected: Expected[] = []
  const sections: SectionChange[] = []
  const written = new Set<string>()
  let text = ''
  let at = 0
  let next = 0
  const expect = (statements: readonly (Statement | Candidate)[]): void => {
    for (const each of statements) expected.push('origin' in each ? each : ownStatement(doc, each))
  }
  const statementsUpTo = (end: number): Statement[] => {
    const from = next
    while ((doc.statements[next]?.start ?? end) < end) next += 1
    return doc.statements.slice(from, next)
  }

  for (const { section, fate } of changing) {
    const { feature, start, end } = section
    text += doc.text.slice(at, start)
    expect(statementsUpTo(start))
    at = end
    const old = doc.text.slice(start, end)
    const within = statementsUpTo(end)
    let now = ''
    if (fate === 'trim') {
      const kept = within.filter(({ key }) => winners.has(key))
      if (kept.length > 0) now = trimmedText(old, section, winners, eol)
      expect(kept)
    } else if (fate === 'rewrite') {
      const candidates = chosen.get(feature) ?? []
      now = sectionText(candidates, eol)
      expect(candidates)
      written.add(feature)
    }
    text += now
    if (now !== old)
      sections.push({ feature, change: fate === 'rewrite' && now !== '' ? 'refreshed' : 'pruned' })
  }
  text += doc.text.slice(at)
  expect(statementsUpTo(doc.text.length))

  for (const [feature, candidates] of inFileOrder(chosen)) {
    const section = written.has(feature) ? '' : sectionText(candidates, eol)
    if (section === '') continue
    text += blankLineAfter(text, eol) + section
    expect(candidates)
    sections.push({ feature, change: 'added' })
  }
  return { text, expected, sections }
}

/** Compose reads a file from the top, so that decisions, strongest last, may refer to the variables of templates. */
function inFileOrder(chosen: ReadonlyMap<string, readonly Candidate[]>) {
  const sections = [...chosen]
  const isDecision = ([, [first]]: (typeof sections)[number]) => first?.origin.isDecision ?? false
  return [...sections.filter((each) => !isDecision(each)), ...sections.filter(isDecision).reverse()]
}

export function ownStatement(doc: EnvDocument, statement: Statement): OwnStatement {
  const { key, kind, quote, line } = statement
  return { origin: null, key, line, kind, raw: rawValue(doc, statement), quote }
}

function sectionText(candidates: readonly Candidate[], eol: string): string {
  const [first] = candidates
  if (first === undefined) return ''
  const { feature, file } = first.origin
  const body = candidates.map((candidate) => candidateText(candidate, eol)).join('')
  return writeSection(feature, file, withoutBlankLines(body), eol)
}

/** A section without the variables that its overlay no longer needs. */
function trimmedText(
  text: string,
  { feature, file }: Section,
  winners: ReadonlyMap<string, Candidate>,
  eol: string,
): string {
  const first = text.indexOf('\n') + 1
  const end = text.lastIndexOf('\n', text.length - 2) + 1
  const body = parseEnv(text.slice(first, end))
  const chunks = chunksOf(body)
  const kept = chunks.map(({ statement, start }, index) =>
    winners.has(statement.key) ? body.text.slice(start, chunks[index + 1]?.start) : '',
  )
  return writeSection(feature, file, kept.join(''), eol)
}

/** The text of the template, except for the value and the line ends outside of it. */
function candidateText(candidate: Candidate, eol: string): string {
  const { origin, statement, below, raw, quote, shift } = candidate
  const { text } = origin.doc
  const above = textAbove(origin.doc, candidate)
  // A name alone extends to its newline, and so may include the CR of a CRLF.
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

/** Adds the sum to the comment above a port: `# Port that redis publishes: 6380 + 591`. */
function withSum(above: string, sum: string): string {
  if (!endsInComment(above)) return `${above}# ${sum}\n`
  const text = withoutSpaceBehind(above)
  return `${text}${/[.:!?#]$/.test(text) ? ' ' : ': '}${sum}\n`
}

function endsInComment(above: string): boolean {
  const start = above.lastIndexOf('\n', above.length - 2) + 1
  return above.endsWith('\n') && above[skipInlineSpace(above, start)] === '#'
}

/** Not `trimEnd` of a string, which takes the last byte of "à" for a no-break space. */
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

function endLine(text: string, eol: string): string {
  return withLineEnds(withoutSpaceBehind(text), eol) + eol
}

/** The line end of the first line; null if there is none. */
export function lineEndOf(text: string): string | null {
  const newline = text.indexOf('\n')
  const end = newline === -1 ? text.length : newline
  // With a LF after a CR at the end of the text, the next run would find a CRLF.
  if (text[end - 1] === '\r') return '\r\n'
  return newline === -1 ? null : '\n'
}

/** The text that is missing for a text to end with a blank line. */
export function blankLineAfter(text: string, eol: string): string {
  if (text === '' || text === '\xef\xbb\xbf') return ''
  const ending = text.endsWith('\n') ? '' : eol
  return /\n\r?\n$/.test(text.slice(-3) + ending) ? ending : ending + eol
}
