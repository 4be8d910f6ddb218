import { isOwn } from '../context.js'
import { removeEntry } from '../edit.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'

export const projectName = {
  code: 'project-name',
  group: 'isolation',
  severity: 'error',
  meaning: 'A Compose file pins the name of the project.',
  reason:
    'To Compose, two products with the same project name are one: starting the second one replaces the containers of the first.',
  bad: { 'features/redis/compose.yaml': 'name: redis\nservices:\n  redis:\n    image: redis:7\n' },
  good: { 'features/redis/compose.yaml': 'services:\n  redis:\n    image: redis:7\n' },
  fix: 'takes the line out',
  *check(context) {
    const name = context.compose?.name
    if (name === undefined || !isOwn(context, name.span) || !isFixed(context, name.raw, name.text)) return
    const edit = removeEntry(context, name.entry)
    const { file, line, column } = name.entry
    yield {
      file,
      line,
      column,
      message: `name: ${JSON.stringify(name.text)} makes one Compose project of all products with this file`,
      next: 'Remove name: the project is then called after the folder of the product.',
      ...(edit === null ? {} : { edits: [edit] }),
    }
  },
} as const satisfies Rule
