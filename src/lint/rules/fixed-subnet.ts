import { hostSingletons } from '../host-singletons.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const fixedSubnet = {
  code: 'fixed-subnet',
  group: 'isolation',
  severity: 'error',
  meaning: 'A network has a fixed subnet, or a service has a fixed address.',
  reason:
    'Networks on a host must not overlap: for the second product, Docker reports "Pool overlaps with other one on this address space". By default, Docker gives each network a free subnet.',
  bad: {
    [COMPOSE]:
      REDIS +
      '    networks: [cache]\nnetworks:\n  cache:\n    ipam:\n      config:\n        - subnet: 172.28.0.0/16\n',
  },
  good: { [COMPOSE]: `${REDIS}    networks: [cache]\nnetworks:\n  cache:\n` },
  *check(context) {
    for (const { owner, key, text, span } of hostSingletons(context, 'subnet'))
      yield found(
        span,
        `${owner} has the ${key} ${text}, which only one network on the host can have`,
        'Remove ipam, so that Docker chooses a free subnet.',
      )
    for (const { owner, key, text, span } of hostSingletons(context, 'address'))
      yield found(
        span,
        `${owner} has the ${key} ${text}, which needs a subnet that only one network on the host can have`,
        `Remove ${key}: other services reach it by name.`,
      )
  },
} as const satisfies Rule
