import { areExclusive } from '../../compose/project.js'
import type { PublishedPort } from '../../compose/published.js'
import { addressesOverlap, canonicalAddress, rangesOverlap } from '../../ports/overlap.js'
import { isOwn, type LintContext } from '../context.js'
import { COMPOSE, ENV, found, PORT, PUBLISHED, type Rule } from '../rule.js'

export const portTwice = {
  code: 'port-twice',
  group: 'ports',
  severity: 'error',
  meaning: 'The same host port is published twice.',
  reason:
    'Only one container can publish a host port; the second one fails with "port is already allocated".',
  bad: {
    [ENV]: PORT,
    [COMPOSE]: `${PUBLISHED}  replica:\n    image: redis:7\n    ports:\n      - "\${REDIS_HOST_PORT}:6379"\n`,
  },
  good: {
    [ENV]: `${PORT}\n# Port that its replica publishes on the host\nREPLICA_HOST_PORT=6382\n`,
    [COMPOSE]: `${PUBLISHED}  replica:\n    image: redis:7\n    ports:\n      - "\${REPLICA_HOST_PORT}:6379"\n`,
  },
  *check(context) {
    const earlier: PublishedPort[] = []
    for (const port of context.compose?.ports ?? []) {
      const other = earlier.find((each) => meets(context, each, port))
      if (earlier.length < MAX_COMPARED) earlier.push(port)
      if (other === undefined || !isOwn(context, port.span)) continue
      const [variable] = port.references
      const what = variable === undefined ? `host port ${port.hostText}` : `\${${variable.name}}`
      const again = other.service === port.service ? 'twice' : `like service ${other.service}`
      yield found(
        port.span,
        `Service ${port.service} publishes ${what} ${again}, but a host port can be published only once`,
        'Give it its own port variable, or give both services profiles that are never active together.',
      )
    }
  },
} as const satisfies Rule

/** Each is compared with so many; nobody writes more. */
const MAX_COMPARED = 2000

/** base-port-taken reports two variables with one base port, which a product may set apart. */
function meets({ compose }: LintContext, one: PublishedPort, two: PublishedPort): boolean {
  if (one.protocol !== two.protocol) return false
  // For one container port, Docker picks a free port of the range.
  if (isPool(one) || isPool(two)) return false
  const together =
    one.host !== null && two.host !== null
      ? rangesOverlap(one.host, two.host)
      : one.references.length > 0 && one.hostText === two.hostText
  if (!together || (!one.literal && !two.literal && !shareVariable(one, two))) return false
  if (!addressesOverlap(canonicalAddress(one.hostIp), canonicalAddress(two.hostIp))) return false
  return compose === null || !areExclusive(compose, one.service, two.service)
}

function shareVariable(one: PublishedPort, two: PublishedPort): boolean {
  return one.references.some(({ name }) => two.references.some((each) => each.name === name))
}

function isPool({ host, container }: PublishedPort): boolean {
  return host !== null && host.to > host.from && container.from === container.to
}
