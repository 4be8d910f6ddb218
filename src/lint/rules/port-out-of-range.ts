import { MAX_PORT } from '../../ports/value.js'
import { baseVariables } from '../context.js'
import { ENV, found, PORT, type Rule } from '../rule.js'

export const portOutOfRange = {
  code: 'port-out-of-range',
  group: 'ports',
  severity: 'error',
  meaning: 'A base port plus the highest offset exceeds 65535.',
  reason:
    'Offsets range from 0 to 999 (`modulus` in `workspace.yaml` minus one). A product whose offset is too high cannot be merged.',
  bad: { [ENV]: '# Port that redis publishes on the host\nREDIS_HOST_PORT=65000\n' },
  good: { [ENV]: PORT },
  *check(context) {
    const { modulus } = context
    for (const variable of baseVariables(context)) {
      const { key, port } = variable
      const highest = port.to + modulus - 1
      if (highest <= MAX_PORT) continue
      const message = `${key} exceeds ${MAX_PORT} with the highest offset: ${port.to} + ${modulus - 1} = ${highest}`
      yield found(variable, message, `Set ${MAX_PORT - modulus + 1 - (port.to - port.from)} or less.`)
    }
  },
} as const satisfies Rule
