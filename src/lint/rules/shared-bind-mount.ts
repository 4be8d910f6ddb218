import type { Mount } from '../../compose/volume.js'
import { isOwn, type LintContext } from '../context.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'

export const sharedBindMount = {
  code: 'shared-bind-mount',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A container can write to a folder of the host that all products with the feature share.',
  reason:
    'Relative paths start in the folder of the feature, which is the same for every product. Two databases on the same files destroy them.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - ./data:/data\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - redis-data:/data\n      - ./redis.conf:/etc/redis.conf:ro\nvolumes:\n  redis-data:\n',
  },
  *check(context) {
    for (const { name, mounts } of context.compose?.services ?? []) {
      for (const mount of mounts) {
        if (!isOwn(context, mount.span) || !isShared(context, mount)) continue
        const { file, line, column } = mount.span
        yield {
          file,
          line,
          column,
          message: `service ${name} can write to ${mount.source} of the host, in every product to the same`,
          next: 'Use a named volume, which each product has for itself; what is only read is mounted with :ro.',
        }
      }
    }
    // A bind mount by another name: `driver_opts: { type: none, o: bind, device: /srv/data }`, or a share of the network.
    for (const { kind, owner, raw, text, span } of context.compose?.ties ?? []) {
      if (kind !== 'device' || !isOwn(context, span) || !isFixed(context, raw, text)) continue
      const { file, line, column } = span
      yield {
        file,
        line,
        column,
        message: `${owner} stands for ${text}, in every product for the same`,
        next: 'Remove driver_opts: then each product has the volume for itself. Or take the path from a variable that each product sets.',
      }
    }
  },
} as const satisfies Rule

function isShared(context: LintContext, { type, raw, source, readOnly }: Mount): boolean {
  if (type !== 'bind' || readOnly || source === '' || !isFixed(context, raw, source)) return false
  return !NO_DATA.test(source)
}

/** Sockets, devices and the kernel's own files: many may use them at a time. */
const NO_DATA = /\.sock$|^\/(?:dev|proc|sys)(?:\/|$)|^\/etc\/(?:localtime|timezone)$/
