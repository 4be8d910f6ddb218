import type { Resource } from '../../compose/project.js'
import { isOwn } from '../context.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'

export const sharedResource = {
  code: 'shared-resource',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A volume or network has one name for all products: it is external, or its `name:` is fixed.',
  reason:
    'The data of all products come together in one volume; in one network a service finds the `redis` of some product, not of its own.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - redis-data:/data\nvolumes:\n  redis-data:\n    name: redis-data\n',
  },
  good: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    volumes:\n      - redis-data:/data\nvolumes:\n  redis-data:\n',
  },
  *check(context) {
    const { compose } = context
    const all: [string, Resource][] = [
      ...(compose?.volumes ?? []).map((volume): [string, Resource] => ['volume', volume]),
      ...(compose?.networks ?? []).map((network): [string, Resource] => ['network', network]),
    ]
    for (const [kind, { name, span, external, fixedName }] of all) {
      if (!isOwn(context, span) || (!external && fixedName === undefined)) continue
      if (fixedName !== undefined && !isFixed(context, fixedName.raw, fixedName.text)) continue
      const { file, line, column } = span
      const what = external ? 'is external' : 'has a fixed name'
      const title = JSON.stringify(fixedName?.text ?? name)
      yield {
        file,
        line,
        column,
        message: `${kind} ${name} ${what}: ${title} is one and the same for all products`,
        next: external
          ? `Let Compose make it (remove external), or take its name from a variable that each product sets.`
          : `Remove name: Compose then calls it PRODUCT_${name}.`,
      }
    }
  },
} as const satisfies Rule
