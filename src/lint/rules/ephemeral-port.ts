import { rangeText } from '../../ports/range.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const ephemeralPort = {
  code: 'ephemeral-port',
  group: 'ports',
  severity: 'warning',
  meaning:
    'A base port, or what an offset makes of it, is one that the kernel gives to outgoing connections.',
  reason:
    'Linux takes 32768–60999 for them unless it is told otherwise. Now and then one of them holds the port just when the product starts.',
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
        message: `${what} within ${ephemeral.from}-${ephemeral.to}, which the kernel gives to outgoing connections`,
        next: below > 0 ? `State ${below} or less.` : 'State a port outside of that range.',
      }
    }
  },
} as const satisfies Rule
