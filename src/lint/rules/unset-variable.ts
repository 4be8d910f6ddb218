import { reservedReason } from '../../merge/reserved.js'
import { isPortVariable } from '../../ports/variable.js'
import { isOwn } from '../context.js'
import { ownPorts } from '../port-use.js'
import type { Rule } from '../rule.js'

/** Every shell sets them. */
const FROM_THE_SHELL: ReadonlySet<string> = new Set(['LOGNAME', 'PWD', 'SHELL', 'USER'])

export const unsetVariable = {
  code: 'unset-variable',
  group: 'compose',
  severity: 'warning',
  meaning: 'A Compose file takes a value from a variable that no template states.',
  reason:
    'Compose puts nothing in its place, and only warns. The merge writes what the templates state, so every product with the feature starts with an empty value.',
  bad: {
    'features/redis/.env.example': '# Memory for redis\nREDIS_MEMORY=128mb\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    command: ["redis-server", "--maxmemory", "${REDIS_MAXMEMORY}"]\n',
  },
  good: {
    'features/redis/.env.example': '# Memory for redis\nREDIS_MAXMEMORY=128mb\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    command: ["redis-server", "--maxmemory", "${REDIS_MAXMEMORY}"]\n',
  },
  *check(context) {
    const { compose, templates, template, others } = context
    const published = new Set(
      ownPorts(context).flatMap(({ references }) => references.map(({ name }) => name)),
    )
    for (const { name, uses } of compose?.variables ?? []) {
      const use = uses.find(({ span, operator, isSet }) => operator === '' && !isSet && isOwn(context, span))
      // Ports have rules of their own, and a feature may not set a reserved variable.
      if (use === undefined || published.has(name) || isPortVariable(name)) continue
      if (reservedReason(name) !== null || FROM_THE_SHELL.has(name)) continue
      if (templates.some(({ stated }) => stated.has(name)) || others.stating(name).length > 0) continue
      const { file, line, column } = use.span
      yield {
        file,
        line,
        column,
        message: `no template states ${name}, so Docker Compose puts nothing in the place of \${${name}}`,
        next: `State it in ${template.file}, or give it a default: \${${name}:-…}. If each product has to state it: \${${name}:?…}`,
      }
    }
  },
} as const satisfies Rule
