import { ownGaps } from '../context.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const noImage = {
  code: 'no-image',
  group: 'compose',
  severity: 'error',
  meaning: 'A service has neither an `image` nor a `build`.',
  reason: 'Compose refuses the project unless an override in every product with the feature adds one.',
  bad: { [COMPOSE]: 'services:\n  redis:\n    command: redis-server\n' },
  good: { [COMPOSE]: `${REDIS}    command: redis-server\n` },
  *check(context) {
    for (const { name, span, message } of ownGaps(context, 'image')) {
      yield found(span, message, `Add one, such as image: ${name}:latest`)
    }
  },
} as const satisfies Rule
