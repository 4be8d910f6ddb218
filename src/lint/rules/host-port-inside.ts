import { rangeText } from '../../ports/value.js'
import { isPortVariable } from '../../ports/variable.js'
import { insideUses } from '../inside-port.js'
import type { Rule } from '../rule.js'

export const hostPortInside = {
  code: 'host-port-inside',
  group: 'ports',
  severity: 'warning',
  meaning:
    'A port variable is used as a container port: after the name of a service, or on the right of a port mapping.',
  reason:
    'A merge shifts only the host port. The container keeps its own port, and that is the one to use inside the network of the product.',
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
        const message = `The container port of service ${service} comes from ${variable}, which a merge shifts although the container listens on a fixed port`
        const next = `Write the port that the container listens on after the colon; if it is meant to listen on ${variable}, pass it the variable in environment: or command:.`
        yield { ...at, message, next }
        continue
      }
      const port = container === null ? 'the port that the container listens on' : rangeText(container)
      yield {
        ...at,
        message: `${title} uses ${variable} as the port of ${host}, but a merge shifts only the host port of ${service}, not its container port`,
        next: `Replace \${${variable}} with ${port}.`,
      }
    }
  },
} as const satisfies Rule
