import type { Mount } from '../../compose/volume.js'
import { isFixed, isOwn, type LintContext } from '../context.js'
import { hostSingletons } from '../host-singletons.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const sharedBindMount = {
  code: 'shared-bind-mount',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A container can write to a host folder that all products with the feature share.',
  reason:
    'Relative paths start in the folder of the feature, which is the same for every product. Two databases that use the same files destroy them.',
  bad: { [COMPOSE]: `${REDIS}    volumes:\n      - ./data:/data\n` },
  good: {
    [COMPOSE]:
      REDIS +
      '    volumes:\n      - redis-data:/data\n      - ./redis.conf:/etc/redis.conf:ro\nvolumes:\n  redis-data:\n',
  },
  *check(context) {
    for (const { name, mounts } of context.compose?.services ?? []) {
      for (const mount of mounts) {
        if (!isOwn(context, mount.span) || !isShared(context, mount)) continue
        yield found(
          mount.span,
          `Service ${name} can write to ${mount.source} on the host, which all products share`,
          'Use a named volume, which each product has for itself, or mount it read-only (:ro).',
        )
      }
    }
    // Also a bind mount: `driver_opts: { type: none, o: bind, device: /srv/data }`, or a network share.
    for (const { owner, text, span } of hostSingletons(context, 'device'))
      yield found(
        span,
        `${owner} stores its data in ${text}, which all products share`,
        'Remove driver_opts, so that each product has its own volume, or take the path from a variable that each product sets.',
      )
  },
} as const satisfies Rule

function isShared(context: LintContext, { type, raw, source, readOnly }: Mount): boolean {
  if (type !== 'bind' || readOnly || source === '' || !isFixed(context, raw, source)) return false
  return !NO_DATA.test(source)
}

/** Sockets, devices and kernel files, which many containers may use at once. */
const NO_DATA = /\.sock$|^\/(?:dev|proc|sys)(?:\/|$)|^\/etc\/(?:localtime|timezone)$/
