import { isOwn } from '../context.js'
import type { Rule } from '../rule.js'
import { toDeclareIn } from '../show.js'

export const undeclaredVolume = {
  code: 'undeclared-volume',
  group: 'compose',
  severity: 'error',
  meaning: 'A service mounts a named volume that is not declared.',
  reason:
    'Compose refuses the project, unless every product with the feature declares the volume itself: what has a name stands under the top-level `volumes:`.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - redis-data:/data\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - redis-data:/data\nvolumes:\n  redis-data:\n',
  },
  *check(context) {
    const { compose } = context
    if (compose === null) return
    const declared = new Set(compose.volumes.map(({ name }) => name))
    for (const { name, mounts } of compose.services) {
      for (const { type, source, span } of mounts) {
        if (type !== 'volume' || source === '' || declared.has(source) || !isOwn(context, span)) continue
        const { file, line, column } = span
        const message = `service ${name} mounts a volume ${JSON.stringify(source)} that is not declared`
        const next = `Declare it at the end of ${toDeclareIn(compose, file)}: volumes:, and below it, indented, ${source}:`
        yield { file, line, column, message, next }
      }
    }
  },
} as const satisfies Rule
