import type { Resource } from '../../compose/project.js'
import { isFixed, isOwn } from '../context.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const sharedResource = {
  code: 'shared-resource',
  group: 'isolation',
  severity: 'warning',
  meaning: 'A volume or network has the same name in all products: it is external, or its `name:` is fixed.',
  reason:
    'All products write to one volume; in one network, a service may reach the `redis` of another product.',
  bad: {
    [COMPOSE]: `${REDIS}    volumes:\n      - redis-data:/data\nvolumes:\n  redis-data:\n    name: redis-data\n`,
  },
  good: { [COMPOSE]: `${REDIS}    volumes:\n      - redis-data:/data\nvolumes:\n  redis-data:\n` },
  *check(context) {
    const { compose } = context
    const all: [string, Resource][] = [
      ...(compose?.volumes ?? []).map((volume): [string, Resource] => ['Volume', volume]),
      ...(compose?.networks ?? []).map((network): [string, Resource] => ['Network', network]),
    ]
    for (const [kind, { name, span, external, fixedName }] of all) {
      if (!isOwn(context, span) || (!external && fixedName === undefined)) continue
      if (fixedName !== undefined && !isFixed(context, fixedName.raw, fixedName.text)) continue
      const what = external ? 'is external' : 'has a fixed name'
      const title = JSON.stringify(fixedName?.text ?? name)
      yield found(
        span,
        `${kind} ${name} ${what}, so all products share ${title}`,
        external
          ? 'Remove external, so that Compose creates one for each product, or take its name from a variable that each product sets.'
          : `Remove name, so that Compose calls it PRODUCT_${name}.`,
      )
    }
  },
} as const satisfies Rule
