import { isOwn } from '../context.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'

export const fixedSubnet = {
  code: 'fixed-subnet',
  group: 'isolation',
  severity: 'error',
  meaning: 'A network has a fixed subnet, or a service a fixed address in one.',
  reason:
    'No two networks of a host may overlap: for the second product Docker says "Pool overlaps with other one on this address space". Left alone, it gives each network a subnet that is free.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    networks: [cache]\nnetworks:\n  cache:\n    ipam:\n      config:\n        - subnet: 172.28.0.0/16\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    networks: [cache]\nnetworks:\n  cache:\n',
  },
  *check(context) {
    for (const { kind, owner, key, raw, text, span } of context.compose?.ties ?? []) {
      if ((kind !== 'subnet' && kind !== 'address') || !isOwn(context, span) || !isFixed(context, raw, text))
        continue
      const { file, line, column } = span
      const what =
        kind === 'subnet'
          ? 'which only one network of the host can have'
          : 'for which its network needs a subnet that only one network of the host can have'
      const message = `${owner} has the ${key} ${text}, ${what}`
      const next =
        kind === 'subnet'
          ? 'Remove ipam: Docker chooses a subnet that is free.'
          : `Remove ${key}: other services find it by its name.`
      yield { file, line, column, message, next }
    }
  },
} as const satisfies Rule
