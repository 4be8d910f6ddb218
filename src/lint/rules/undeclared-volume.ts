import { ownGaps, toDeclareIn } from '../context.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const undeclaredVolume = {
  code: 'undeclared-volume',
  group: 'compose',
  severity: 'error',
  meaning: 'A service mounts a named volume that is not declared.',
  reason:
    'Compose refuses the project unless every product with the feature declares the volume under the top-level `volumes:`.',
  bad: { [COMPOSE]: `${REDIS}    volumes:\n      - redis-data:/data\n` },
  good: { [COMPOSE]: `${REDIS}    volumes:\n      - redis-data:/data\nvolumes:\n  redis-data:\n` },
  *check(context) {
    for (const { name, span, message } of ownGaps(context, 'volume')) {
      const next = `Declare it at the end of ${toDeclareIn(context, span.file)}: add volumes: and, indented below it, ${name}:`
      yield found(span, message, next)
    }
  },
} as const satisfies Rule
