import { FIRST_PORT, rangeText } from '../../ports/value.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const privilegedPort = {
  code: 'privileged-port',
  group: 'ports',
  severity: 'warning',
  meaning: 'A base port is below 1024.',
  reason:
    'Only root may listen there: a rootless engine cannot publish such a port, and which products are affected depends on their offsets. `feature new` never chooses one.',
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
        next: `Set a base port of ${FIRST_PORT} or more, for example ${port.from + 8000}; \`feature list\` shows the taken ports.`,
      }
    }
  },
} as const satisfies Rule
