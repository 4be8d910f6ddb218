import { isOwn } from '../context.js'
import { removeEntry } from '../edit.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'

export const containerName = {
  code: 'container-name',
  group: 'isolation',
  severity: 'error',
  meaning: 'A service has a `container_name`.',
  reason:
    'Names of containers are unique on a host: the second product with the feature cannot start. Without it, Compose calls the container PRODUCT-SERVICE-1.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    container_name: redis # easy to find\n',
  },
  good: { 'features/redis/compose.yaml': 'services:\n  redis:\n    image: redis:7\n' },
  fix: 'takes the line out',
  *check(context) {
    for (const { name, containerName } of context.compose?.services ?? []) {
      if (containerName === undefined || !isOwn(context, containerName.span)) continue
      const { raw, text, entry } = containerName
      if (!isFixed(context, raw, text)) continue
      const edit = removeEntry(context, entry)
      const { file, line, column } = entry
      yield {
        file,
        line,
        column,
        message: `service ${name} has the container name ${JSON.stringify(text)}, which only one container of the host can have`,
        next: 'Remove container_name; `docker compose exec` and `logs` take the name of the service.',
        ...(edit === null ? {} : { edits: [edit] }),
      }
    }
  },
} as const satisfies Rule
