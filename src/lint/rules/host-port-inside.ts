import { rangeText } from '../../ports/range.js'
import { isPortVariable } from '../../ports/variable.js'
import { insideUses } from '../inside-port.js'
import type { Rule } from '../rule.js'

export const hostPortInside = {
  code: 'host-port-inside',
  group: 'ports',
  severity: 'warning',
  meaning:
    'A port variable stands for the port of a container: behind the name of a service, or on the right of a port mapping.',
  reason:
    'The merge moves what the host publishes. The container listens where it always does, and inside the network of the product that port is the one to call.',
  bad: {
    'features/redis/.env.example':
      '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n# For the containers of the product\nREDIS_URL=redis://redis:${REDIS_HOST_PORT}\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT}:6379"\n',
  },
  good: {
    'features/redis/.env.example':
      '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n# For the containers of the product\nREDIS_URL=redis://redis:6379\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT}:6379"\n',
  },
  *check(context) {
    for (const { variable, title, file, line, column, host, service, container } of insideUses(
      context,
      isPortVariable,
    )) {
      const at = { file, line, ...(column === undefined ? {} : { column }) }
      if (host === null) {
        const message = `the port of the container of service ${service} comes from ${variable}, which the merge moves; what listens in there does not move`
        const next = `Write the port on which it listens behind the colon. If it listens on ${variable}, hand it that in environment: or command:.`
        yield { ...at, message, next }
        continue
      }
      const port = container === null ? 'the port on which it listens there' : rangeText(container)
      yield {
        ...at,
        message: `${title} calls ${host} on ${variable}, which the merge moves on the host; in its container ${service} listens where it did`,
        next: `Write ${port} in place of \${${variable}}.`,
      }
    }
  },
} as const satisfies Rule
