import { isFixed, isOwn } from '../context.js'
import { hostSingletons } from '../host-singletons.js'
import type { Rule } from '../rule.js'

export const fixedSubnet = {
  code: 'fixed-subnet',
  group: 'isolation',
  severity: 'error',
  meaning: 'A network has a fixed subnet, or a service has a fixed address.',
  reason:
    'Networks on a host must not overlap: for the second product, Docker reports "Pool overlaps with other one on this address space". By default, Docker gives each network a free subnet.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    networks: [cache]\nnetworks:\n  cache:\n    ipam:\n      config:\n        - subnet: 172.28.0.0/16\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    networks: [cache]\nnetworks:\n  cache:\n',
  },
  *check(context) {
    for (const { kind, owner, key, raw, text, span } of context.compose === null
      ? []
      : hostSingletons(context.compose)) {
      if ((kind !== 'subnet' && kind !== 'address') || !isOwn(context, span) || !isFixed(context, raw, text))
        continue
      const { file, line, column } = span
      const what =
        kind === 'subnet'
          ? 'which only one network on the host can have'
          : 'which needs a subnet that only one network on the host can have'
      const message = `${owner} has the ${key} ${text}, ${what}`
      const next =
        kind === 'subnet'
          ? 'Remove ipam, so that Docker chooses a free subnet.'
          : `Remove ${key}: other services reach it by name.`
      yield { file, line, column, message, next }
    }
  },
} as const satisfies Rule
