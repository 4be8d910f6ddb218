import { hostSingletons } from '../host-singletons.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const foreignContainer = {
  code: 'foreign-container',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A service refers to a container outside its product by the name on the host.',
  reason:
    'Only one container can have that name, so all products with the feature share it, and none can start without it.',
  bad: { [COMPOSE]: `${REDIS}    network_mode: container:vpn\n` },
  good: { [COMPOSE]: `${REDIS}    network_mode: service:vpn\n  vpn:\n    image: vpn:1\n` },
  *check(context) {
    for (const { owner, key, text, span } of hostSingletons(context, 'container'))
      yield found(
        span,
        `${owner} refers to container ${JSON.stringify(text)} of the host in ${key}, so all products share it`,
        NEXT[key] ?? 'Make it a service of the feature, and write service:NAME.',
      )
  },
} as const satisfies Rule

const NEXT: Readonly<Record<string, string>> = {
  external_links: 'Make it a service of the feature: services reach each other by name, without links.',
  volumes_from: 'Make it a service of the feature and use its name, or share a named volume.',
}
