import { MAX_PORT } from '../../ports/value.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const portOutOfRange = {
  code: 'port-out-of-range',
  group: 'ports',
  severity: 'error',
  meaning: 'A base port plus the highest offset exceeds 65535.',
  reason:
    'Offsets range from 0 to 999 (`modulus` in `workspace.yaml` minus one). A product whose offset is too high cannot be merged.',
  bad: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=65000\n' },
  good: { 'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n' },
  *check(context) {
    const { template, modulus } = context
    for (const { key, statement, port } of baseVariables(context)) {
      const highest = port.to + modulus - 1
      if (highest <= MAX_PORT) continue
      const message = `${key} exceeds ${MAX_PORT} with the highest offset: ${port.to} + ${modulus - 1} = ${highest}`
      const next = `Set ${MAX_PORT - modulus + 1 - (port.to - port.from)} or less.`
      yield { file: template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
