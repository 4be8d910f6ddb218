import { chunksOf, textAbove, textBehind } from '../../merge/template.js'
import { ENV, PORT, type Rule } from '../rule.js'

export const noComment = {
  code: 'no-comment',
  group: 'env',
  severity: 'warning',
  meaning: 'A port variable has no comment above it.',
  reason:
    'A merge copies the comment with the variable; nothing else in the product env says what listens on the port.',
  bad: { [ENV]: 'REDIS_HOST_PORT=6380\n' },
  good: { [ENV]: PORT },
  *check({ template, isPort }) {
    const { doc } = template
    for (const chunk of chunksOf(doc)) {
      const { statement } = chunk
      const around = textAbove(doc, chunk) + textBehind(doc, chunk)
      if (!isPort(statement.key) || /#[^\n]*[^\s#]/.test(around)) continue
      const message = `${statement.key} has no comment that says what the port is for`
      const next = 'Add a comment above it: # Port that … publishes on the host'
      yield { file: template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
