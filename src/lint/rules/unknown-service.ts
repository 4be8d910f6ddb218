import { isFixed, ownGaps } from '../context.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const unknownService = {
  code: 'unknown-service',
  group: 'compose',
  severity: 'error',
  meaning: 'A service depends on, or links to, a service that does not exist.',
  reason:
    'Compose refuses the project. To use a service of another feature, include its Compose file, or make sure that every product with this feature has the other one too.',
  bad: { [COMPOSE]: `${REDIS}    depends_on: [sentinel]\n` },
  good: { [COMPOSE]: `${REDIS}    depends_on: [sentinel]\n  sentinel:\n    image: redis:7\n` },
  *check(context) {
    for (const { name, span, raw, message } of ownGaps(context, 'service')) {
      // The products decide which features they combine.
      if (!isFixed(context, raw, name) || context.others.hasKey(name)) continue
      yield found(span, message, 'Correct the name, add the service, or include the file that defines it.')
    }
  },
} as const satisfies Rule
