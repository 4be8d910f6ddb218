import { isOwn } from '../context.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'

export const unknownService = {
  code: 'unknown-service',
  group: 'compose',
  severity: 'error',
  meaning: 'A service depends on another one, or links to it, that is not there.',
  reason:
    'Compose refuses the project. What another feature brings is not there by itself: include its Compose file, or make sure that every product with the one has the other.',
  bad: {
    'features/redis/compose.yaml': 'services:\n  redis:\n    image: redis:7\n    depends_on: [sentinel]\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    depends_on: [sentinel]\n  sentinel:\n    image: redis:7\n',
  },
  *check(context) {
    const { compose, others } = context
    const known = new Set(compose?.services.map(({ name }) => name))
    for (const service of compose?.services ?? []) {
      for (const { kind, name, key, raw, span } of service.names) {
        if (kind !== 'service' || known.has(name) || !isOwn(context, span) || !isFixed(context, raw, name))
          continue
        // Which products have both is the products' matter.
        if (others.hasKey(name)) continue
        const { file, line, column } = span
        const message = `service ${service.name} has ${key} ${JSON.stringify(name)}, but there is no such service`
        yield {
          file,
          line,
          column,
          message,
          next: 'Correct the name, or add the service or an include of it.',
        }
      }
    }
  },
} as const satisfies Rule
