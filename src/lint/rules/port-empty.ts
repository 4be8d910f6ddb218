import { portVariables } from '../context.js'
import { ENV, found, PORT, type Rule } from '../rule.js'

export const portEmpty = {
  code: 'port-empty',
  group: 'ports',
  severity: 'warning',
  meaning: 'A port variable is empty or 0.',
  reason: 'There is no base port to shift: Docker publishes a random host port and reports success.',
  bad: { [ENV]: '# Port that redis publishes on the host\nREDIS_HOST_PORT=\n' },
  good: { [ENV]: PORT },
  *check(context) {
    for (const variable of portVariables(context)) {
      if (variable.port !== 'empty') continue
      const message = `${variable.key} is empty or 0, so Docker publishes a random host port`
      yield found(variable, message, 'Set a base port, for example 8080.')
    }
  },
} as const satisfies Rule
