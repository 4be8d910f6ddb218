/** Masks texts of files for a diff, line by line, so that each line keeps its number. */
import { type EnvDocument, lineEnd, parseEnv, rawValue, type Statement } from '../env/document.js'
import { isHidden, MASK, secretAt } from '../env/secret.js'
import { findSections } from '../merge/sections.js'
import { type IsPort, isPortVariable } from '../ports/variable.js'
import { isPasted, showsPort } from './secrets.js'

/** Who wrote the lines of an env file: the product's people, they and (in untouched sections) a merge, or a feature. */
type Owner = 'product' | 'both' | 'template'

/** A masked part: `[start, end)`. */
type Span = readonly [start: number, end: number]

/** Masks the values of the product's own lines, and those of a template that look like secrets. @param text a byte string */
export function maskEnv(text: string, owner: Owner, isPort: IsPort = isPortVariable): string {
  const doc = parseEnv(text)
  const untouched = owner === 'both' ? findSections(doc).sections.filter((each) => each.untouched) : []
  const isOwn = (at: number): boolean =>
    owner !== 'template' && !untouched.some(({ start, end }) => start <= at && at < end)
  const spans = [
    ...doc.statements.flatMap((statement) => statementSpans(doc, statement, isOwn(statement.start), isPort)),
    ...doc.comments.flatMap(({ start, end }) => commentSpans(text, start, end, isOwn(start))),
    // The rest of the file is not parsed.
    ...(doc.refusal === null ? [] : [[lineStart(text, doc.refusal.line), text.length] as const]),
  ]
  let masked = ''
  let at = 0
  for (const [start, end] of spans.sort(([a], [b]) => a - b)) {
    if (end <= at) continue
    masked += text.slice(at, Math.max(at, start))
    masked += text.slice(Math.max(at, start), end).replace(/[^\r\n]+/g, MASK)
    at = end
  }
  return masked + text.slice(at)
}

function statementSpans(doc: EnvDocument, statement: Statement, isOwn: boolean, isPort: IsPort): Span[] {
  const { text } = doc
  const { key, kind, quote, start, valueStart, valueEnd, end } = statement
  const raw = rawValue(doc, statement)
  const eol = lineEnd(text, end)
  if (isOwn && (kind === 'inherit' || isPasted(key, raw))) return [[start, eol]]
  if (showsPort(isPort, key, raw)) {
    const behind = quote === '' ? text.slice(valueEnd, eol) : ''
    return isOwn && behind.trim() !== '' ? [[valueEnd, eol]] : []
  }
  const from = quote === '' ? valueStart : valueStart - 1
  const isEmpty = /^(?:""|'')?\s*$/.test(text.slice(from, eol))
  return isEmpty || !(isOwn || isHidden(key, raw)) ? [] : [[from, eol]]
}

/** A variable that is commented out, up to its value: `# KEY=value`, `# SOME_KEY: value`. */
const COMMENTED_OUT =
  /(?:(?:^#+|\s)[A-Za-z_][\w.[\]-]*\s*=(?!=)|^#+\s*[A-Z][A-Z0-9]*_[A-Z0-9_]*:(?=\s*\S+\s*$))\s*(?=\S)/

function commentSpans(text: string, start: number, end: number, isOwn: boolean): Span[] {
  const comment = text.slice(start, end)
  // A comment behind a value may be part of a secret.
  if (isOwn && text.slice(text.lastIndexOf('\n', start) + 1, start).trim() !== '') return [[start, end]]
  const variable = isOwn ? COMMENTED_OUT.exec(comment) : null
  const ends = [secretAt(comment), variable === null ? null : variable.index + variable[0].length]
  const at = ends.filter((each) => each !== null)
  return at.length === 0 ? [] : [[start + Math.max(1, Math.min(...at)), end]]
}

function lineStart(text: string, line: number): number {
  let at = 0
  for (let number = 1; number < line; number++) at = lineEnd(text, at) + 1
  return at
}

/** Masks the values of a template or YAML file that look like secrets. */
export function maskCommitted(file: string, text: string): string {
  return /\.ya?ml$/.test(file) ? maskYaml(text) : maskEnv(text, 'template')
}

function maskYaml(text: string): string {
  let isKey = false
  const masked = text.split('\n').map((line) => {
    isKey ||= /-----BEGIN .*PRIVATE KEY/.test(line)
    const at = isKey ? 0 : secretAt(line)
    isKey &&= !line.includes('-----END ')
    return at === null ? line : line.slice(0, at) + MASK
  })
  return masked.join('\n')
}
