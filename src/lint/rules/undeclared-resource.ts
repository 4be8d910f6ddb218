import type { NameUse } from '../../compose/names.js'
import { isOwn } from '../context.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'
import { toDeclareIn } from '../show.js'

export const undeclaredResource = {
  code: 'undeclared-resource',
  group: 'compose',
  severity: 'error',
  meaning: 'A service uses a network, a secret or a config that is not declared.',
  reason:
    'Compose refuses the project, unless every product with the feature declares it: what has a name stands under the top-level `networks:`, `secrets:` or `configs:`.',
  bad: {
    'features/redis/compose.yaml': 'services:\n  redis:\n    image: redis:7\n    networks: [cache]\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    networks: [cache]\nnetworks:\n  cache:\n',
  },
  *check(context) {
    const { compose, others } = context
    if (compose === null) return
    const declared: Readonly<Record<NameUse['kind'], ReadonlySet<string>>> = {
      service: new Set(),
      network: new Set(['default', ...compose.networks.map(({ name }) => name)]),
      secret: new Set(compose.secrets),
      config: new Set(compose.configs),
    }
    for (const service of compose.services) {
      for (const { kind, name, raw, span } of service.names) {
        if (kind === 'service' || declared[kind].has(name)) continue
        // A product, or a feature that it has too, may declare what several features share.
        if (!isOwn(context, span) || !isFixed(context, raw, name) || others.hasKey(name)) continue
        const { file, line, column } = span
        const message = `service ${service.name} uses a ${kind} ${JSON.stringify(name)} that is not declared`
        const next = `Declare it at the end of ${toDeclareIn(compose, file)}: ${kind}s:, and below it, indented, ${name}:`
        yield { file, line, column, message, next: kind === 'network' ? next : `${next} { file: … }` }
      }
    }
  },
} as const satisfies Rule
