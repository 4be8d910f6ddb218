import { rangeText } from '../../ports/range.js'
import { MAX_PORT } from '../../ports/value.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'
import { publishedProtocols } from '../surroundings.js'

export const basePortTaken = {
  code: 'base-port-taken',
  group: 'ports',
  severity: 'warning',
  meaning: 'Another port variable, of this feature or of another one, has the same base port.',
  reason:
    'In a product with both, both get the same offset, and so the same host port: one of them cannot start.',
  bad: {
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
    'features/valkey/.env.example': '# Port that valkey publishes on the host\nVALKEY_HOST_PORT=6380\n',
  },
  good: {
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
    'features/valkey/.env.example': '# Port that valkey publishes on the host\nVALKEY_HOST_PORT=6390\n',
  },
  *check(context) {
    const { template, others, compose } = context
    const earlier = new Ports()
    for (const { key, statement, port } of baseVariables(context)) {
      const mine = publishedProtocols(compose, key)
      const own = earlier.take(mine, port, { key, line: statement.line })
      const theirs = others.withBase(port).find((stated) => {
        const published = others.protocols(stated)
        // One variable that two features state is one port, unless both publish it.
        const isShared = stated.key === key && (mine.size === 0 || published.size === 0)
        return !isShared && known(mine).some((protocol) => known(published).includes(protocol))
      })
      if (own === undefined && theirs === undefined) continue
      const who =
        own === undefined
          ? `${theirs?.key} of feature ${theirs?.feature} (${theirs?.file}:${theirs?.line})`
          : `${own.key} (line ${own.line})`
      yield {
        file: template.file,
        line: statement.line,
        message: `${key}=${rangeText(port)} has the base port of ${who}: in one product they get the same host port`,
        next: 'Choose another base port; `feature list` shows those that are taken.',
      }
    }
  },
} as const satisfies Rule

interface Owner {
  readonly key: string
  readonly line: number
}

/** Which variable of the feature was the first to have each port; every port is written once, which keeps it linear. */
class Ports {
  private readonly owners = new Map<string, Owner>()

  /** Takes ports. @returns who has the first of them that was taken already */
  take(
    protocols: ReadonlySet<string>,
    { from, to }: { from: number; to: number },
    owner: Owner,
  ): Owner | undefined {
    for (const protocol of known(protocols)) {
      for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
        const before = this.owners.get(`${port}/${protocol}`)
        if (before !== undefined) return before
        this.owners.set(`${port}/${protocol}`, owner)
      }
    }
    return undefined
  }
}

/** A port of UDP is another one than that of TCP. Of one that no Compose file publishes, TCP is assumed. */
function known(protocols: ReadonlySet<string>): readonly string[] {
  return protocols.size === 0 ? ['tcp'] : [...protocols]
}
