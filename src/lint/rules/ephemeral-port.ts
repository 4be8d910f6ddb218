import { rangeText } from '../../ports/value.js'
import { baseVariables } from '../context.js'
import { ENV, found, PORT, type Rule } from '../rule.js'

export const ephemeralPort = {
  code: 'ephemeral-port',
  group: 'ports',
  severity: 'warning',
  meaning:
    'A base port, or its sum with an offset, is in the range that the kernel uses for outgoing connections.',
  reason:
    'Linux uses 32768–60999 by default. Now and then, an outgoing connection holds the port just when the product starts.',
  bad: { [ENV]: '# Port that redis publishes on the host\nREDIS_HOST_PORT=36380\n' },
  good: { [ENV]: PORT },
  *check(context) {
    const { ephemeral, modulus } = context
    if (ephemeral === null) return
    for (const variable of baseVariables(context)) {
      const { key, port } = variable
      if (port.to + modulus - 1 < ephemeral.from || port.from > ephemeral.to) continue
      const offset = ephemeral.from - port.to
      const what = offset <= 0 ? 'is' : `with an offset of ${offset} or more is`
      const below = ephemeral.from - modulus - (port.to - port.from)
      yield found(
        variable,
        `${key}=${rangeText(port)} ${what} within ${ephemeral.from}-${ephemeral.to}, which the kernel uses for outgoing connections`,
        below > 0 ? `Set ${below} or less.` : 'Set a port outside that range.',
      )
    }
  },
} as const satisfies Rule
