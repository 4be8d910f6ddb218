import { isFixed, isOwn } from '../context.js'
import { removeEntry } from '../edit.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const projectName = {
  code: 'project-name',
  group: 'isolation',
  severity: 'error',
  meaning: 'A Compose file sets the name of the project.',
  reason:
    'Compose treats two products with the same project name as one: starting the second one replaces the containers of the first.',
  bad: { [COMPOSE]: 'name: redis\nservices:\n  redis:\n    image: redis:7\n' },
  good: { [COMPOSE]: REDIS },
  fix: 'removes the line',
  *check(context) {
    const name = context.compose?.name
    if (name === undefined || !isOwn(context, name.span) || !isFixed(context, name.raw, name.text)) return
    const edit = removeEntry(context, name.entry)
    yield found(
      name.entry,
      `The fixed project name ${JSON.stringify(name.text)} makes all products with this file one Compose project`,
      'Remove name, so that Compose names the project after the folder of the product.',
      edit === null ? null : { edits: [edit] },
    )
  },
} as const satisfies Rule
