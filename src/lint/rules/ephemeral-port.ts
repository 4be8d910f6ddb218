import { rangeText } from '../../ports/value.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const ephemeralPort = {
  code: 'ephemeral-port',
  group: 'ports',
  severity: 'warning',
  meaning:
    'A base port, or its sum with an offset, is in the range that the kernel uses for outgoing connections.',
  reason:
    'Linux uses 32768–60999 by default. Now and then, an outgoing connection holds the port just when the product starts.',
  bad: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=36380\n' },
  good: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n' },
  *check(context) {
    const { template, ephemeral, modulus } = context
    if (ephemeral === null) return
    for (const { key, statement, port } of baseVariables(context)) {
      const highest = port.to + modulus - 1
      if (highest < ephemeral.from || port.from > ephemeral.to) continue
      const isIn = port.to >= ephemeral.from
      const what = isIn
        ? `${key}=${rangeText(port)} is`
        : `${key}=${rangeText(port)} with an offset of ${ephemeral.from - port.to} or more is`
      const below = ephemeral.from - modulus - (port.to - port.from)
      yield {
        file: template.file,
        line: statement.line,
        message: `${what} within ${ephemeral.from}-${ephemeral.to}, which the kernel uses for outgoing connections`,
        next: below > 0 ? `Set ${below} or less.` : 'Set a port outside that range.',
      }
    }
  },
} as const satisfies Rule
