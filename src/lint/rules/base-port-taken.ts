import { MAX_PORT, rangeText } from '../../ports/value.js'
import { publishedProtocols } from '../feature-index.js'
import { baseVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const basePortTaken = {
  code: 'base-port-taken',
  group: 'ports',
  severity: 'warning',
  meaning: 'Another port variable, in this feature or another one, has the same base port.',
  reason:
    'In a product with both, they get the same offset and so the same host port: one of them cannot start.',
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
        // A variable that two features define is one port, unless both publish it.
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
        message: `${key}=${rangeText(port)} has the same base port as ${who}, so in one product both get the same host port`,
        next: 'Choose another base port; `feature list` shows the taken ports.',
      }
    }
  },
} as const satisfies Rule

interface Owner {
  readonly key: string
  readonly line: number
}

/** The first variable of the feature with each port. */
class Ports {
  private readonly owners = new Map<string, Owner>()

  /** Takes ports; returns the owner of the first one that was already taken. */
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

/** A port that no Compose file publishes is assumed to be TCP. */
function known(protocols: ReadonlySet<string>): readonly string[] {
  return protocols.size === 0 ? ['tcp'] : [...protocols]
}
