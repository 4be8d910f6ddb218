import { ownGaps } from '../context.js'
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
    for (const { name, span, raw, message } of ownGaps(context, 'service')) {
      // Which products have both is the products' matter.
      if (!isFixed(context, raw, name) || context.others.hasKey(name)) continue
      const { file, line, column } = span
      yield { file, line, column, message, next: 'Correct the name, or add the service or an include of it.' }
    }
  },
} as const satisfies Rule
