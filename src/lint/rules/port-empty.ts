import { portVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const portEmpty = {
  code: 'port-empty',
  group: 'ports',
  severity: 'warning',
  meaning: 'A port variable is empty or 0.',
  reason: 'There is no base port to shift: Docker publishes a random host port and reports success.',
  bad: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=\n' },
  good: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n' },
  *check(context) {
    for (const { key, statement, port } of portVariables(context)) {
      if (port !== 'empty') continue
      const message = `${key} is empty or 0, so Docker publishes a random host port`
      const next = 'Set a base port, for example 8080.'
      yield { file: context.template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
