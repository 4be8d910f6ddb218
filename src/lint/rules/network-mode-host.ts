import { isOwn } from '../context.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const networkModeHost = {
  code: 'network-mode-host',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A service uses the network of the host.',
  reason:
    'The ports that it listens on are ports of the host, which a merge cannot shift, and `ports:` has no effect. A second product finds them in use.',
  bad: { [COMPOSE]: `${REDIS}    network_mode: host\n` },
  good: { [COMPOSE]: REDIS },
  *check(context) {
    for (const { name, networkMode } of context.compose?.services ?? []) {
      if (networkMode?.text !== 'host' || !isOwn(context, networkMode.span)) continue
      const message = `Service ${name} uses the network of the host, so a merge cannot shift its ports`
      const next =
        'Remove network_mode and publish the ports; to reach the host, use host.docker.internal (extra_hosts: host-gateway).'
      yield found(networkMode.entry, message, next)
    }
  },
} as const satisfies Rule
