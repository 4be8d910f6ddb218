import { rangeText } from '../../ports/range.js'
import { FIRST_PORT } from '../../ports/value.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const privilegedPort = {
  code: 'privileged-port',
  group: 'ports',
  severity: 'warning',
  meaning: 'A base port is below 1024.',
  reason:
    'There only root may listen: a rootless engine cannot publish it, and which products are concerned depends on their offsets. `feature new` gives no such port.',
  bad: { 'features/redis/.env.example': '# Port of the page on the host\nREDIS_UI_HOST_PORT=80\n' },
  good: { 'features/redis/.env.example': '# Port of the page on the host\nREDIS_UI_HOST_PORT=8080\n' },
  *check(context) {
    const { template } = context
    for (const { key, statement, port } of baseVariables(context)) {
      if (port.from >= FIRST_PORT) continue
      yield {
        file: template.file,
        line: statement.line,
        message: `${key}=${rangeText(port)} is below ${FIRST_PORT}, where only root may listen`,
        next: `State a base port from ${FIRST_PORT} on, for example ${port.from + 8000}; \`feature list\` shows those that are taken.`,
      }
    }
  },
} as const satisfies Rule
