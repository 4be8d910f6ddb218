import { rangeText } from '../../ports/value.js'
import { insideUses } from '../inside-port.js'
import { COMPOSE, ENV, found, PORT, PUBLISHED, type Rule } from '../rule.js'

export const hostPortInside = {
  code: 'host-port-inside',
  group: 'ports',
  severity: 'warning',
  meaning:
    'A port variable is used as a container port: after the name of a service, or on the right of a port mapping.',
  reason:
    'A merge shifts only the host port. The container keeps its own port, and that is the one to use inside the network of the product.',
  bad: {
    [ENV]: `${PORT}# For the containers of the product\nREDIS_URL=redis://redis:\${REDIS_HOST_PORT}\n`,
    [COMPOSE]: PUBLISHED,
  },
  good: {
    [ENV]: `${PORT}# For the containers of the product\nREDIS_URL=redis://redis:6379\n`,
    [COMPOSE]: PUBLISHED,
  },
  *check(context) {
    for (const use of insideUses(context, context.isPort)) {
      const { variable, title, host, service, container } = use
      if (host === null)
        yield found(
          use,
          `The container port of service ${service} comes from ${variable}, which a merge shifts although the container listens on a fixed port`,
          `Write the port that the container listens on after the colon; if it is meant to listen on ${variable}, pass it the variable in environment: or command:.`,
        )
      else
        yield found(
          use,
          `${title} uses ${variable} as the port of ${host}, but a merge shifts only the host port of ${service}, not its container port`,
          `Replace \${${variable}} with ${container === null ? 'the port that the container listens on' : rangeText(container)}.`,
        )
    }
  },
} as const satisfies Rule
