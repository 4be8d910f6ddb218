import { FIRST_PORT, rangeText } from '../../ports/value.js'
import { baseVariables } from '../context.js'
import { ENV, found, type Rule } from '../rule.js'

export const privilegedPort = {
  code: 'privileged-port',
  group: 'ports',
  severity: 'warning',
  meaning: 'A base port is below 1024.',
  reason:
    'Only root may listen there: a rootless engine cannot publish such a port, and which products are affected depends on their offsets. `feature new` never chooses one.',
  bad: { [ENV]: '# Port of the page on the host\nREDIS_UI_HOST_PORT=80\n' },
  good: { [ENV]: '# Port of the page on the host\nREDIS_UI_HOST_PORT=8080\n' },
  *check(context) {
    for (const variable of baseVariables(context)) {
      const { key, port } = variable
      if (port.from >= FIRST_PORT) continue
      yield found(
        variable,
        `${key}=${rangeText(port)} is below ${FIRST_PORT}, where only root may listen`,
        `Set a base port of ${FIRST_PORT} or more, for example ${port.from + 8000}; \`feature list\` shows the taken ports.`,
      )
    }
  },
} as const satisfies Rule
