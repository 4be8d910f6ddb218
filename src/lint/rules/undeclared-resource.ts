import { isFixed, ownGaps, toDeclareIn } from '../context.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const undeclaredResource = {
  code: 'undeclared-resource',
  group: 'compose',
  severity: 'error',
  meaning: 'A service uses a network, secret or config that is not declared.',
  reason:
    'Compose refuses the project unless every product with the feature declares it under the top-level `networks:`, `secrets:` or `configs:`.',
  bad: { [COMPOSE]: `${REDIS}    networks: [cache]\n` },
  good: { [COMPOSE]: `${REDIS}    networks: [cache]\nnetworks:\n  cache:\n` },
  *check(context) {
    for (const { kind, name, span, raw, message } of ownGaps(context, 'network', 'secret', 'config')) {
      // A product, or another of its features, may declare it.
      if (!isFixed(context, raw, name) || context.others.hasKey(name)) continue
      const next = `Declare it at the end of ${toDeclareIn(context, span.file)}: add ${kind}s: and, indented below it, ${name}:`
      yield found(span, message, kind === 'network' ? next : `${next} { file: … }`)
    }
  },
} as const satisfies Rule
