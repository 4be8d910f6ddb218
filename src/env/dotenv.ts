import { parse } from 'dotenv'
import { decode, encode } from './bytes.js'
import type { EnvDocument } from './document.js'

/**
 * What a Node application would read with npm `dotenv` from the same file.
 *
 * dotenv's pattern takes time that grows with the square of a run of blank lines, so those between statements are
 * left out first: they mean nothing to it either.
 * @returns name → value, as a byte string
 */
export function readAsDotenv(doc: EnvDocument): Map<string, string> {
  let text = ''
  let at = 0
  for (const { start, end } of doc.statements) {
    text += blankLinesOut(doc.text.slice(at, start)) + doc.text.slice(start, end)
    at = end
  }
  const values = parse(decode(text + blankLinesOut(doc.text.slice(at))))
  return new Map(Object.entries(values).map(([name, value]) => [name, encode(value)]))
}

function blankLinesOut(between: string): string {
  return between
    .split('\n')
    .filter((line, index, lines) => index === 0 || index === lines.length - 1 || line.trim() !== '')
    .join('\n')
}
