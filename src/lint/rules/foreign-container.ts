import { isFixed, isOwn } from '../context.js'
import { hostSingletons } from '../host-singletons.js'
import type { Rule } from '../rule.js'

export const foreignContainer = {
  code: 'foreign-container',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A service refers to a container outside its product by the name on the host.',
  reason:
    'Only one container can have that name, so all products with the feature share it, and none can start without it.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    network_mode: container:vpn\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    network_mode: service:vpn\n  vpn:\n    image: vpn:1\n',
  },
  *check(context) {
    for (const { kind, owner, key, raw, text, span } of context.compose === null
      ? []
      : hostSingletons(context.compose)) {
      if (kind !== 'container' || !isOwn(context, span) || !isFixed(context, raw, text)) continue
      const { file, line, column } = span
      const message = `${owner} refers to container ${JSON.stringify(text)} of the host in ${key}, so all products share it`
      const next = HELP[key] ?? 'Make it a service of the feature, and write service:NAME.'
      yield { file, line, column, message, next }
    }
  },
} as const satisfies Rule

const HELP: Readonly<Record<string, string>> = {
  external_links: 'Make it a service of the feature: services reach each other by name, without links.',
  volumes_from: 'Make it a service of the feature and use its name, or share a named volume.',
}
