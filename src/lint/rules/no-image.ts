import { ownGaps } from '../context.js'
import type { Rule } from '../rule.js'

export const noImage = {
  code: 'no-image',
  group: 'compose',
  severity: 'error',
  meaning: 'A service has neither an `image` nor a `build`.',
  reason: 'Compose refuses the project unless an override in every product with the feature adds one.',
  bad: { 'features/redis/compose.yaml': 'services:\n  redis:\n    command: redis-server\n' },
  good: {
    'features/redis/compose.yaml': 'services:\n  redis:\n    image: redis:7\n    command: redis-server\n',
  },
  *check(context) {
    for (const { name, span, message } of ownGaps(context, 'image')) {
      const { file, line, column } = span
      yield { file, line, column, message, next: `Add one, such as image: ${name}:latest` }
    }
  },
} as const satisfies Rule
