/**
 * The offset for one machine: `PRODUCT_OFFSET=99` in an env file, which git ignores. A line in an unedited section does
 * not count, so that no feature can set it.
 */
import { type EnvDocument, parseEnv, rawValue, type Statement } from '../env/document.js'
import { isOffset, LOCAL_OFFSET, type Offset } from '../ports/offset.js'
import { type Problem, problem } from '../problem.js'
import { blankLineAfter, lineEndOf } from './assemble.js'
import { findSections } from './sections.js'

/**
 * Reads the offset of an env file, or sets it.
 * @param otherwise the offset of a file that sets none
 * @param given the offset to set
 * @returns the document with that offset set
 */
export function readOffset(
  text: string,
  file: string,
  otherwise: Offset,
  given?: number,
): { readonly doc: EnvDocument; readonly offset: Offset; readonly problems: readonly Problem[] } {
  const old = parseEnv(text)
  const doc = given === undefined ? old : parseEnv(withOffset(old, given))
  const statement = ownLines(doc).at(-1)
  if (statement === undefined) return { doc, offset: otherwise, problems: [] }
  const place = { file, line: statement.line }
  const value = rawValue(doc, statement)
  if (!isOffset(value)) {
    const message = `${LOCAL_OFFSET} is not a whole number from 0 to 65535`
    const next = 'Correct the number, or remove the line to use the offset of every machine.'
    return { doc, offset: otherwise, problems: [problem('bad-offset', place, message, next)] }
  }
  if (otherwise.from === 'original') {
    const message = `${LOCAL_OFFSET} has no effect on a Compose project, which keeps its ports`
    const next =
      'Remove the line and change the ports themselves, or make a copy: product env --merge --as blue.'
    return { doc, offset: otherwise, problems: [problem('bad-offset', place, message, next)] }
  }
  const set = { value: Number(value), from: LOCAL_OFFSET } as const
  // The line of a given offset may not be in the file yet.
  return { doc, offset: given === undefined ? { ...set, place } : set, problems: [] }
}

/** Returns the text of an env file for another machine or copy. */
export function withoutOffset(text: string): string {
  const doc = parseEnv(text)
  return ownLines(doc).reduceRight((rest, { start, end }) => {
    const newline = text.indexOf('\n', end)
    const behind = text.slice(end, newline === -1 ? undefined : newline)
    const isAlone = (start === 0 || text[start - 1] === '\n') && /^[ \t\r]*(?:#.*)?$/.test(behind)
    return rest.slice(0, start) + (isAlone ? rest.slice(end + behind.length + 1) : rest.slice(end))
  }, text)
}

function withOffset(doc: EnvDocument, offset: number): string {
  const { text } = doc
  const last = ownLines(doc).at(-1)
  if (last?.kind === 'assign') return text.slice(0, last.valueStart) + offset + text.slice(last.valueEnd)
  const eol = lineEndOf(text) ?? '\n'
  return `${text}${blankLineAfter(text, eol)}${LOCAL_OFFSET}=${offset} # on this machine only${eol}`
}

function ownLines(doc: EnvDocument): Statement[] {
  // Hardly any env file has one.
  if (!doc.text.includes(LOCAL_OFFSET)) return []
  const generated = findSections(doc).sections.filter(({ untouched }) => untouched)
  return doc.statements.filter(
    ({ key, start }) =>
      key === LOCAL_OFFSET && !generated.some((section) => section.start < start && start < section.end),
  )
}
