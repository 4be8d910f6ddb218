/**
 * The marked sections that merges add to a product env, in the manner of conda's and nvm's blocks in shell
 * profiles. The closing mark bears the CRC-32 of the section's bytes, so that a section which nobody touched
 * is told from one edited by hand without any state besides the file:
 *
 *     # >>> redis (features/redis/.env.example)
 *     REDIS_HOST_PORT=6971
 *     # <<< redis 7b1f03aa
 */
import CRC32 from 'crc-32'
import { decode, encode } from '../env/bytes.js'
import { type Comment, type EnvDocument, parseEnv } from '../env/document.js'

/** A section of a product env; positions are byte offsets. */
export interface Section {
  readonly feature: string
  /** The template that the opening mark names. */
  readonly file: string
  /** Where the opening mark starts. */
  readonly start: number
  /** After the newline of the closing mark (or at the text's end). */
  readonly end: number
  /** Nobody changed a byte since it was written. */
  readonly untouched: boolean
}

/** A mark without its counterpart. */
export interface StrayMark {
  readonly feature: string
  readonly line: number
}

const OPENING = /^# >>> (\S+) \((.*)\)\r?$/
const CLOSING = /^# <<< (\S+) ([0-9a-f]{8})\r?$/

/** Finds the sections of a product env, in order, and the marks that belong to none. */
export function findSections(doc: EnvDocument): { sections: Section[]; stray: StrayMark[] } {
  const sections: Section[] = []
  const stray: StrayMark[] = []
  let open: { feature: string; file: string; comment: Comment } | null = null
  for (const comment of doc.comments) {
    if (!startsLine(doc, comment)) continue
    const mark = decode(doc.text.slice(comment.start, comment.end))
    const opening = OPENING.exec(mark)
    if (opening !== null) {
      if (open !== null) stray.push({ feature: open.feature, line: open.comment.line })
      open = { feature: opening[1] as string, file: opening[2] as string, comment }
      continue
    }
    const closing = CLOSING.exec(mark)
    if (closing === null) continue
    if (open === null || open.feature !== closing[1]) {
      stray.push({ feature: closing[1] as string, line: comment.line })
      continue
    }
    const start = open.comment.start
    const untouched = sectionSum(doc.text.slice(start, comment.start)) === closing[2]
    sections.push({
      feature: open.feature,
      file: open.file,
      start,
      end: Math.min(comment.end + 1, doc.text.length),
      untouched,
    })
    open = null
  }
  if (open !== null) stray.push({ feature: open.feature, line: open.comment.line })
  return { sections, stray }
}

/**
 * The text of a section with its marks.
 * @param body whole lines, each with its line end
 */
export function writeSection(feature: string, file: string, body: string, eol: string): string {
  const opened = `# >>> ${feature} (${encode(file)})${eol}${body}`
  return `${opened}# <<< ${feature} ${sectionSum(opened)}${eol}`
}

/** CRC-32 over a section's bytes, from its opening mark up to its closing mark: eight lower-case hex digits. */
function sectionSum(bytes: string): string {
  return (CRC32.bstr(bytes) >>> 0).toString(16).padStart(8, '0')
}

/** A mark counts only where it is alone on its line, which is where the tool writes it. */
function startsLine({ text }: EnvDocument, { start }: Comment): boolean {
  return start === 0 || text[start - 1] === '\n' || (start === 3 && text.startsWith('\xef\xbb\xbf'))
}

/**
 * The environment that a product env was merged for (`--dev`, `--prod`), by its last section that names the template of
 * one; null for none.
 */
export function environmentOf(text: string): 'dev' | 'prod' | null {
  // Nearly no product env has one, and to look for a text is the cheapest look.
  if (!text.includes('.env.dev.example)') && !text.includes('.env.prod.example)')) return null
  const named = findSections(parseEnv(text)).sections.map(
    ({ file }) => /\.env\.(dev|prod)\.example$/.exec(file)?.[1],
  )
  return (named.findLast((name) => name !== undefined) as 'dev' | 'prod' | undefined) ?? null
}
