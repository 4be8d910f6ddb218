import { decode } from '../../env/bytes.js'
import { quoted } from '../../env/secret.js'
import { portVariables } from '../context.js'
import { ENV, found, PORT, type Rule } from '../rule.js'

export const portNotANumber = {
  code: 'port-not-a-number',
  group: 'ports',
  severity: 'warning',
  meaning: 'The value of a port variable is not a port.',
  reason:
    'A merge cannot shift it. A merge reads the value as written, so a reference such as `$PORT` is not a port either.',
  bad: { [ENV]: '# Port that redis publishes on the host\nREDIS_HOST_PORT=auto\n' },
  good: { [ENV]: PORT },
  *check(context) {
    for (const variable of portVariables(context)) {
      const { key, raw, port } = variable
      if (port !== 'not-a-number') continue
      const message = `${key} is ${quoted(decode(raw), key)}, which is not a port, so a merge cannot shift it`
      const next = 'Set a number, a range such as 8000-8010, or an address and a port such as 127.0.0.1:8080.'
      yield found(variable, message, next)
    }
  },
} as const satisfies Rule
