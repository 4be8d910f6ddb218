import type { PublishedPort } from '../../compose/published.js'
import { MAX_PORT, rangeText } from '../../ports/value.js'
import { baseVariables } from '../context.js'
import { ENV, found, PORT, type Rule } from '../rule.js'

export const basePortTaken = {
  code: 'base-port-taken',
  group: 'ports',
  severity: 'warning',
  meaning: 'Another port variable, in this feature or another one, has the same base port.',
  reason:
    'In a product with both, they get the same offset and so the same host port: one of them cannot start.',
  bad: {
    [ENV]: PORT,
    'features/valkey/.env.example': '# Port that valkey publishes on the host\nVALKEY_HOST_PORT=6380\n',
  },
  good: {
    [ENV]: PORT,
    'features/valkey/.env.example': '# Port that valkey publishes on the host\nVALKEY_HOST_PORT=6390\n',
  },
  *check(context) {
    const { others } = context
    const earlier = new Map<string, PortVariable>()
    for (const variable of baseVariables(context)) {
      const { key, port } = variable
      const mine = protocolsOf(context.compose?.ports ?? [], key)
      const own = take(earlier, mine, variable)
      const theirs = others.withBase(port).find((defined) => {
        const published = protocolsOf(others.ports(defined), defined.key)
        // A variable that two features define is one port, unless both publish it.
        if (defined.key === key && (mine.length === 0 || published.length === 0)) return false
        return orTcp(mine).some((protocol) => orTcp(published).includes(protocol))
      })
      if (own === null && theirs === undefined) continue
      const who =
        own === null
          ? `${theirs?.key} of feature ${theirs?.feature} (${theirs?.file}:${theirs?.line})`
          : `${own.key} (line ${own.line})`
      yield found(
        variable,
        `${key}=${rangeText(port)} has the same base port as ${who}, so in one product both get the same host port`,
        'Choose another base port; `feature list` shows the taken ports.',
      )
    }
  },
} as const satisfies Rule

type PortVariable = ReturnType<typeof baseVariables>[number]

/** Takes the ports of a variable; returns the variable that already has the first taken one. */
function take(
  earlier: Map<string, PortVariable>,
  protocols: readonly string[],
  variable: PortVariable,
): PortVariable | null {
  for (const protocol of orTcp(protocols)) {
    for (let port = variable.port.from; port <= Math.min(variable.port.to, MAX_PORT); port++) {
      const before = earlier.get(`${port}/${protocol}`)
      if (before !== undefined) return before
      earlier.set(`${port}/${protocol}`, variable)
    }
  }
  return null
}

function protocolsOf(ports: readonly PublishedPort[], key: string): string[] {
  const uses = ports.filter(({ references }) => references.some(({ name }) => name === key))
  return [...new Set(uses.map(({ protocol }) => protocol))]
}

/** A port that no Compose file publishes is assumed to be TCP. */
function orTcp(protocols: readonly string[]): readonly string[] {
  return protocols.length === 0 ? ['tcp'] : protocols
}
