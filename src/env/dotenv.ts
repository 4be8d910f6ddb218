import { parse } from 'dotenv'
import { decode, encode } from './bytes.js'
import type { EnvDocument } from './document.js'

/**
 * Reads the file as a Node application does with npm `dotenv`. Blank lines between statements, on which its pattern takes
 * quadratic time, are removed first.
 * @returns name → value, as a byte string
 */
export function readAsDotenv(doc: EnvDocument): Map<string, string> {
  let text = ''
  let at = 0
  for (const { start, end } of doc.statements) {
    text += withoutBlankLines(doc.text.slice(at, start)) + doc.text.slice(start, end)
    at = end
  }
  const values = parse(decode(text + withoutBlankLines(doc.text.slice(at))))
  return new Map(Object.entries(values).map(([name, value]) => [name, encode(value)]))
}

function withoutBlankLines(between: string): string {
  return between
    .split('\n')
    .filter((line, index, lines) => index === 0 || index === lines.length - 1 || line.trim() !== '')
    .join('\n')
}
