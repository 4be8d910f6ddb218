import { lineEnd, type Statement } from '../../env/document.js'
import { references } from '../../env/expand.js'
import { rawOf, type Template } from '../context.js'
import type { Edit, Rule } from '../rule.js'
import { unsetReferences } from './unset-reference.js'

export const forwardReference = {
  code: 'forward-reference',
  group: 'env',
  severity: 'warning',
  meaning: 'A value refers to a variable that the template states only further down.',
  reason: 'Compose reads a file from top to bottom: what is not stated yet is empty.',
  bad: {
    'features/redis/.env.example':
      '# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_UI_HOST_PORT}\n\n# Port of the page\nREDIS_UI_HOST_PORT=8001\n',
  },
  good: {
    'features/redis/.env.example':
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n\n# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_UI_HOST_PORT}\n',
  },
  fix: 'moves the variable, with the comment right above it, to above the first line that refers to it',
  *check(context) {
    const { template } = context
    let moves: Moves | undefined
    for (const { statement, name } of unsetReferences(context)) {
      const target = template.stated.get(name)
      if (target === undefined || target.start <= statement.start) continue
      const { key, line } = statement
      moves ??= new Moves(template)
      const edits = moves.above(statement, target)
      yield {
        file: template.file,
        line,
        message: `${key} refers to ${name}, which is stated only in line ${target.line}: here it is still empty`,
        next: `Move ${name} above ${key}.`,
        ...(edits === null ? {} : { edits }),
      }
    }
  },
} as const satisfies Rule

/** How many references are followed in search of a circle, for all findings of a file together. */
const MAX_STEPS = 100_000

/** Works out the moves of one template. */
class Moves {
  private steps = 0
  private readonly times = new Map<string, number>()
  private readonly indexes = new Map<Statement, number>()
  /** By the line's end, which is where the next line starts. */
  private readonly commentLines = new Map<number, number>()

  constructor(private readonly template: Template) {
    const { text, statements, comments } = template.doc
    statements.forEach((statement, index) => {
      this.times.set(statement.key, (this.times.get(statement.key) ?? 0) + 1)
      this.indexes.set(statement, index)
    })
    for (const { start, end } of comments) {
      const line = text.lastIndexOf('\n', start - 1) + 1
      if (text.slice(line, start).trim() === '') this.commentLines.set(end + 1, line)
    }
  }

  /** Moves a statement with its comment up; null where it, or where it goes, is not made of whole lines. */
  above(goal: Statement, moved: Statement): Edit[] | null {
    const { doc, file } = this.template
    if (doc.refusal !== null || this.times.get(moved.key) !== 1 || this.leadsTo(moved, goal.key)) return null
    const from = this.blockOf(moved)
    const to = this.blockOf(goal)
    if (from === null || to === null || to.end > from.start) return null
    const eol = doc.text.includes('\r\n') ? '\r\n' : '\n'
    const text = doc.text.slice(from.start, from.end)
    const after = /^(?:\r?\n)?/.exec(doc.text.slice(from.end, from.end + 2))?.[0] ?? ''
    const before = /\n(\r?\n)$/.exec(doc.text.slice(Math.max(0, from.start - 3), from.start))?.[1] ?? ''
    const isLast = from.end === doc.text.length
    // A variable that stood apart stands apart again, and leaves no two blank lines behind.
    const gap = after !== '' || (isLast && before !== '') ? eol : ''
    const goneFrom = isLast ? from.start - before.length : from.start
    return [
      { file, start: to.start, end: to.start, text: (text.endsWith('\n') ? text : text + eol) + gap },
      { file, start: goneFrom, end: from.end + after.length, text: '' },
    ]
  }

  /** Whether a variable refers to another one, directly or by way of others: then there is no right order. */
  private leadsTo(from: Statement, goal: string): boolean {
    const { stated } = this.template
    const seen = new Set<string>()
    const open = [from.key]
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      // What cannot be found out in time is left as it is.
      if (key === goal || this.steps > MAX_STEPS) return true
      const statement = stated.get(key)
      if (seen.has(key) || statement === undefined || statement.quote === "'") continue
      seen.add(key)
      for (const { name } of references(rawOf(this.template, statement))) {
        this.steps += 1
        open.push(name)
      }
    }
    return false
  }

  /** The lines of a statement and of the comments right above it; null if it shares a line with another one. */
  private blockOf(statement: Statement): { start: number; end: number } | null {
    const { text, statements } = this.template.doc
    const index = this.indexes.get(statement) as number
    const end = Math.min(lineEnd(text, statement.end) + 1, text.length)
    const next = statements[index + 1]
    if (next !== undefined && next.start < end) return null
    let start = text.lastIndexOf('\n', statement.start - 1) + 1
    const previous = statements[index - 1]
    if (previous !== undefined && previous.end > start) return null
    // A byte order mark stays at the start of the file.
    const first = text.startsWith('\xef\xbb\xbf') ? 3 : 0
    if (text.slice(Math.max(start, first), statement.start).trim() !== '') return null
    for (let line = this.commentLines.get(start); line !== undefined; line = this.commentLines.get(start))
      start = line
    return { start: Math.max(start, first), end }
  }
}
