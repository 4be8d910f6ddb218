import type { Statement } from '../../env/document.js'
import { references } from '../../env/expand.js'
import { rawOf, type Template } from '../context.js'
import { Blocks } from '../edit.js'
import { type Edit, ENV, found, type Rule } from '../rule.js'
import { unsetReferences } from './unset-reference.js'

export const forwardReference = {
  code: 'forward-reference',
  group: 'env',
  severity: 'warning',
  meaning: 'A value refers to a variable that the template defines only further down.',
  reason: 'Compose reads the file from top to bottom, so a variable is empty until it is defined.',
  bad: {
    [ENV]:
      '# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_UI_HOST_PORT}\n\n# Port of the page\nREDIS_UI_HOST_PORT=8001\n',
  },
  good: {
    [ENV]:
      '# Port of the page\nREDIS_UI_HOST_PORT=8001\n\n# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_UI_HOST_PORT}\n',
  },
  fix: 'moves the variable, with the comment directly above it, above the first line that refers to it',
  *check(context) {
    const { template } = context
    let moves: Moves | undefined
    for (const { statement, name } of unsetReferences(context)) {
      const target = template.defined.get(name)
      if (target === undefined || target.start <= statement.start) continue
      const { key, line } = statement
      moves ??= new Moves(template)
      const edits = moves.above(statement, target)
      yield found(
        { file: template.file, line },
        `${key} refers to ${name}, which is still empty here because it is defined on line ${target.line}`,
        `Move ${name} above ${key}.`,
        edits === null ? null : { edits },
      )
    }
  },
} as const satisfies Rule

class Moves {
  private readonly times = new Map<string, number>()
  private readonly blocks: Blocks
  private readonly circular: ReadonlySet<string>

  constructor(private readonly template: Template) {
    this.blocks = new Blocks(template)
    this.circular = circular(template)
    for (const { key } of template.doc.statements) this.times.set(key, (this.times.get(key) ?? 0) + 1)
  }

  /** Moves a statement and its comment up; returns null unless both places are whole lines. */
  above(goal: Statement, moved: Statement): Edit[] | null {
    const { doc, file } = this.template
    if (doc.refusal !== null || this.times.get(moved.key) !== 1 || this.circular.has(moved.key)) return null
    const from = this.blocks.of(moved)
    const to = this.blocks.of(goal)
    if (from === null || to === null || to.end > from.start) return null
    const eol = doc.text.includes('\r\n') ? '\r\n' : '\n'
    const text = doc.text.slice(from.start, from.end)
    const after = /^(?:\r?\n)?/.exec(doc.text.slice(from.end, from.end + 2))?.[0] ?? ''
    const before = /\n(\r?\n)$/.exec(doc.text.slice(Math.max(0, from.start - 3), from.start))?.[1] ?? ''
    const isLast = from.end === doc.text.length
    // A variable set apart by blank lines stays so, and leaves no double blank line behind.
    const gap = after !== '' || (isLast && before !== '') ? eol : ''
    const goneFrom = isLast ? from.start - before.length : from.start
    return [
      { file, start: to.start, end: to.start, text: (text.endsWith('\n') ? text : text + eol) + gap },
      { file, start: goneFrom, end: from.end + after.length, text: '' },
    ]
  }
}

/** Returns the variables that lead into a circle of references, in which no order is right. */
function circular(template: Template): Set<string> {
  const open = new Map<string, string[]>()
  for (const statement of template.defined.values()) {
    const { key, quote } = statement
    const names = references(quote === "'" ? '' : rawOf(template, statement)).map(({ name }) => name)
    open.set(
      key,
      names.filter((name) => name !== key),
    )
  }
  for (let size = -1; size !== open.size; ) {
    size = open.size
    for (const [key, names] of open) if (!names.some((name) => open.has(name))) open.delete(key)
  }
  return new Set(open.keys())
}
