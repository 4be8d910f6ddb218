import { isOwn } from '../context.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'

export const foreignContainer = {
  code: 'foreign-container',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A service uses a container that is not of its own product, by its name on the host.',
  reason:
    'There is only one container of that name, so all products with the feature use the same one, or none starts where it is missing.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    network_mode: container:vpn\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    network_mode: service:vpn\n  vpn:\n    image: vpn:1\n',
  },
  *check(context) {
    for (const { kind, owner, key, raw, text, span } of context.compose?.ties ?? []) {
      if (kind !== 'container' || !isOwn(context, span) || !isFixed(context, raw, text)) continue
      const { file, line, column } = span
      const message = `${owner} uses container ${JSON.stringify(text)} of the host by ${key}, in every product the same one`
      const next = HELP[key] ?? 'Make it a service of the feature, and write service:NAME.'
      yield { file, line, column, message, next }
    }
  },
} as const satisfies Rule

const HELP: Readonly<Record<string, string>> = {
  external_links: 'Make it a service of the feature: services find each other by name, without links.',
  volumes_from: 'Make it a service of the feature, and write its name; or share a named volume.',
}
