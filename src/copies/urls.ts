/** Addresses of the host with a port that moves: `http://localhost:8080`. */
import { envFilesOf } from '../compose/env-file.js'
import { get, type MappingNode } from '../compose/node.js'
import type { ComposeProject } from '../compose/project.js'
import { decode, encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { pairsOf, servicesIn } from './model.js'
import type { Change, CopyContext, Shift } from './source.js'

/** A port of the host in a text. `0.0.0.0` is where a container listens, and so never one of them. */
const HOST_PORT = /(?<![\w.-])(localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal):(\d{1,5})(?!\d)/gi

/** How the ports of the original move, by number. */
export type Moves = ReadonlyMap<number, number>

export function movesOf({ ports }: ComposeProject, shift: Shift): Moves {
  const moves = new Map<number, number>()
  for (const port of ports) {
    const { host, protocol } = port
    const by = shift(port)
    if (host === null || protocol !== 'tcp' || by === 0) continue
    for (let number = host.from; number <= host.to; number++) moves.set(number, number + by)
  }
  return moves
}

/** A text with the ports of the host moved; `left` are those that a container listens on itself. */
export function movedText(
  text: string,
  moves: Moves,
  listens: (port: number) => boolean,
): { text: string; left: string[] } {
  const left: string[] = []
  const moved = text.replace(HOST_PORT, (whole, host: string, digits: string) => {
    const to = moves.get(Number(digits))
    if (to === undefined) return whole
    // Inside a container, localhost is the container; host.docker.internal never is.
    if (listens(Number(digits)) && !/^host\./i.test(host)) {
      left.push(whole)
      return whole
    }
    return `${host}:${to}`
  })
  return { text: moved, left }
}

/** The ports on which a service listens inside, by its own Compose file. */
export function listeningPorts(
  original: ComposeProject,
  service: string,
  node: MappingNode,
): (port: number) => boolean {
  const published = original.ports.filter((port) => port.service === service)
  const exposed = get(node, 'expose')
  const texts =
    exposed?.kind === 'sequence'
      ? exposed.items.flatMap((item) => (item.kind === 'scalar' ? item.text : []))
      : []
  return (port) =>
    published.some(({ container }) => container.from <= port && port <= container.to) ||
    texts.some((text) => {
      const [from = '', to = from] = (text.split('/')[0] as string).split('-')
      return Number(from) <= port && port <= Number(to)
    })
}

/** A value that may hold addresses of the host, and where the override sets it. */
interface Candidate {
  readonly path: readonly string[]
  readonly key: string
  readonly text: string
}

function candidates({ source, environment }: CopyContext, service: string, node: MappingNode): Candidate[] {
  const at = ['services', service]
  const set = pairsOf(get(node, 'environment'))
  const fromFiles = new Map<string, string>()
  for (const { path, key, isRaw } of envFilesOf(node)) {
    // Read in any case, so that a worktree gets the file.
    const text = source.readText(path)
    if (typeof text !== 'string' || key !== 'env_file' || isRaw) continue
    for (const [name, value] of readEnv(parseEnv(encode(text)), environment).values)
      fromFiles.set(name, decode(value))
  }
  // What `environment` sets, an `env_file` does not reach.
  for (const { key } of set) fromFiles.delete(key)
  return [
    ...[...fromFiles].map(([key, text]) => ({ path: [...at, 'environment', key], key, text })),
    ...set.map(({ key, text }) => ({ path: [...at, 'environment', key], key, text })),
    ...pairsOf(get(get(node, 'build'), 'args')).map(({ key, text }) => ({
      path: [...at, 'build', 'args', key],
      key,
      text,
    })),
  ]
}

/** `url`: addresses of the host in `environment` and build arguments follow the port, unless the container may mean itself. */
export function urlChanges(context: CopyContext): Change[] {
  const moves = movesOf(context.original, context.shift)
  return servicesIn(context.original.model).flatMap(([service, node]) => {
    const listens = listeningPorts(context.original, service, node)
    return candidates(context, service, node).flatMap(({ path, key, text }): Change[] => {
      const moved = movedText(text, moves, listens)
      const what = `${service} ${key}`
      if (moved.text !== text) {
        return [{ rule: 'url', what, ...fromTo(text, moves, listens), edits: [{ path, value: moved.text }] }]
      }
      if (moved.left.length === 0) return []
      const note = 'the container listens on this port itself, so only you can say which one is meant'
      return [{ rule: 'url', what, from: moved.left.join(', '), to: 'not changed', edits: [], note }]
    })
  })
}

/** Only the addresses: the rest of the value may be a secret. */
function fromTo(
  text: string,
  moves: Moves,
  listens: (port: number) => boolean,
): { from: string; to: string } {
  const addresses = (text.match(HOST_PORT) ?? []).filter(
    (address) => movedText(address, moves, listens).text !== address,
  )
  return {
    from: addresses.join(', '),
    to: addresses.map((address) => movedText(address, moves, listens).text).join(', '),
  }
}
