import { ownGaps, toDeclareIn } from '../context.js'
import type { Rule } from '../rule.js'

export const undeclaredVolume = {
  code: 'undeclared-volume',
  group: 'compose',
  severity: 'error',
  meaning: 'A service mounts a named volume that is not declared.',
  reason:
    'Compose refuses the project unless every product with the feature declares the volume under the top-level `volumes:`.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - redis-data:/data\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - redis-data:/data\nvolumes:\n  redis-data:\n',
  },
  *check(context) {
    for (const { name, span, message } of ownGaps(context, 'volume')) {
      const { file, line, column } = span
      const next = `Declare it at the end of ${toDeclareIn(context, file)}: add volumes: and, indented below it, ${name}:`
      yield { file, line, column, message, next }
    }
  },
} as const satisfies Rule
