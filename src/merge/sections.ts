/**
 * The marked sections that a merge adds to a product env. The closing mark contains the CRC-32 of the section's bytes,
 * which shows whether it was edited by hand:
 *
 *     # >>> redis (features/redis/.env.example)
 *     REDIS_HOST_PORT=6971
 *     # <<< redis 7b1f03aa
 */
import CRC32 from 'crc-32'
import { decode, encode } from '../env/bytes.js'
import { type Comment, type EnvDocument, parseEnv } from '../env/document.js'
import { type Problem, problem } from '../problem.js'

/** A section of a product env; positions are byte offsets. */
export interface Section {
  readonly feature: string
  /** The template. */
  readonly file: string
  readonly start: number
  /** After the newline of the closing mark. */
  readonly end: number
  /** Not edited since it was written. */
  readonly untouched: boolean
}

interface StrayMark {
  readonly feature: string
  readonly line: number
}

const OPENING = /^# >>> (\S+) \((.*)\)\r?$/
const CLOSING = /^# <<< (\S+) ([0-9a-f]{8})\r?$/

/** Finds the sections of a product env, in order, and the marks that belong to none. */
export function findSections(doc: EnvDocument): { sections: Section[]; stray: StrayMark[] } {
  const sections: Section[] = []
  const stray: StrayMark[] = []
  let open: { feature: string; file: string; start: number; line: number } | null = null
  for (const comment of doc.comments) {
    const { start, end, line } = comment
    if (!startsLine(doc, comment)) continue
    const mark = decode(doc.text.slice(start, end))
    const [, opened, file = ''] = OPENING.exec(mark) ?? []
    const [, closed, sum] = CLOSING.exec(mark) ?? []
    if (opened !== undefined) {
      if (open !== null) stray.push(open)
      open = { feature: opened, file, start, line }
    } else if (closed !== undefined && open?.feature === closed) {
      const untouched = sectionSum(doc.text.slice(open.start, start)) === sum
      sections.push({
        feature: closed,
        file: open.file,
        start: open.start,
        end: Math.min(end + 1, doc.text.length),
        untouched,
      })
      open = null
    } else if (closed !== undefined) stray.push({ feature: closed, line })
  }
  if (open !== null) stray.push(open)
  return { sections, stray }
}

export function strayMarkProblem(file: string, { feature, line }: StrayMark): Problem {
  const message = `This mark of section ${feature} has no counterpart, so the text around it counts as the product's own`
  return problem('broken-section', { file, line }, message, 'Delete the mark, or leave it: it has no effect.')
}

/** Returns the text of a section with its marks. @param body whole lines, each with its line end */
export function writeSection(feature: string, file: string, body: string, eol: string): string {
  const opened = `# >>> ${feature} (${encode(file)})${eol}${body}`
  return `${opened}# <<< ${feature} ${sectionSum(opened)}${eol}`
}

/** Returns the name and state of a generated file that is one section; null if it does not start with a mark. */
export function wholeSection(text: string): { readonly feature: string; readonly untouched: boolean } | null {
  const opening = OPENING.exec(text.slice(0, text.indexOf('\n')))
  if (opening === null) return null
  const feature = opening[1] as string
  const end = text.lastIndexOf('\n# <<< ') + 1
  const closing = CLOSING.exec(text.slice(end).trimEnd())
  return { feature, untouched: closing?.[1] === feature && sectionSum(text.slice(0, end)) === closing[2] }
}

/** Takes the section out of a product env that makes it the env of a copy (`shop@blue`), also under an earlier name of the product. */
export function splitCopySection(text: string): {
  readonly text: string
  readonly section: (Section & { readonly text: string }) | null
} {
  // Hardly any product env has one.
  if (!/# >>> [^\s@]+@/.test(text)) return { text, section: null }
  const { sections } = findSections(parseEnv(text))
  const section = sections.find(({ feature }) => feature.lastIndexOf('@') > 0)
  if (section === undefined) return { text, section: null }
  const { start, end } = section
  return { text: textOutside(text, [section]), section: { ...section, text: text.slice(start, end) } }
}

/** Returns the text outside of some sections, given in order. */
export function textOutside(text: string, sections: readonly Section[]): string {
  const starts = [0, ...sections.map(({ end }) => end)]
  return starts.map((start, index) => text.slice(start, sections[index]?.start)).join('')
}

/** From the opening mark up to the closing mark: eight lower-case hex digits. */
function sectionSum(bytes: string): string {
  return (CRC32.bstr(bytes) >>> 0).toString(16).padStart(8, '0')
}

function startsLine({ text }: EnvDocument, { start }: Comment): boolean {
  return start === 0 || text[start - 1] === '\n' || (start === 3 && text.startsWith('\xef\xbb\xbf'))
}

/** Returns the environment (`--dev`, `--prod`) of the last section that was merged for one; null for none. */
export function environmentOf(text: string): 'dev' | 'prod' | null {
  const template = /\.env\.(dev|prod)\.example\)/
  if (!template.test(text)) return null
  const names = findSections(parseEnv(text)).sections.map(({ file }) => template.exec(`${file})`)?.[1])
  return (names.findLast((name) => name !== undefined) as 'dev' | 'prod' | undefined) ?? null
}
