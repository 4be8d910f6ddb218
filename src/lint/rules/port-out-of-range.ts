import { MAX_PORT } from '../../ports/value.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const portOutOfRange = {
  code: 'port-out-of-range',
  group: 'ports',
  severity: 'error',
  meaning: 'A base port is so high that with some product’s offset it goes over 65535.',
  reason:
    'Offsets go from 0 to 999 (or `modulus` of `workspace.yaml` less one). A product whose offset is too high cannot be merged.',
  bad: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=65000\n' },
  good: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n' },
  *check(context) {
    const { template, modulus } = context
    for (const { key, statement, port } of baseVariables(context)) {
      const highest = port.to + modulus - 1
      if (highest <= MAX_PORT) continue
      const message = `${key}: ${port.to} + ${modulus - 1}, the highest offset, is ${highest}, over ${MAX_PORT}`
      const next = `State ${MAX_PORT - modulus + 1 - (port.to - port.from)} or less.`
      yield { file: template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
