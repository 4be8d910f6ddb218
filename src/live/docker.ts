/**
 * What the Docker engine publishes. The `docker` client is asked, and not the engine's socket, so that contexts,
 * `DOCKER_HOST`, ssh and TLS lead where they lead the user.
 */
import { PS_FORMAT, type PublishingContainer, parseContainers } from './container.js'
import { runBounded } from './run.js'

/** The engine that `docker compose up` would use, and what it says. */
export interface Engine {
  /** `unix:///var/run/docker.sock`, `ssh://user@host`; null if the client does not tell. Without a password. */
  readonly endpoint: string | null
  /** Whether it publishes ports on another machine, of which this machine's sockets say nothing. */
  readonly remote: boolean
  /** The containers that run; null if no engine answers. */
  readonly containers: readonly PublishingContainer[] | null
  /** Why no engine answers; null if one does. */
  readonly silence: Silence | null
}

interface Silence {
  /** `no-client`: no docker client is installed. */
  readonly code: 'no-client' | 'timeout' | 'no-answer'
  /** For people; may hold what the client said: escape it when it is printed. */
  readonly reason: string
}

/** In milliseconds. Enough for an engine behind ssh, whose handshake takes a second or two. */
const TIMEOUT = 10_000

/**
 * Asks the engine what runs. Never throws.
 * @param env the shell's variables, which choose the engine
 * @param timeout in milliseconds
 */
export async function askEngine(
  env: Readonly<Record<string, string | undefined>>,
  timeout = TIMEOUT,
): Promise<Engine> {
  const [endpoint, answer] = await Promise.all([
    endpointOf(env, timeout),
    runBounded('docker', ['ps', '--no-trunc', '--format', PS_FORMAT], env, timeout),
  ])
  const engine = {
    endpoint: endpoint === null ? null : withoutPassword(endpoint),
    remote: isRemote(endpoint),
  }
  const silent = (code: Silence['code'], reason: string): Engine => {
    return { ...engine, containers: null, silence: { code, reason } }
  }
  if (answer.failure === 'not-found') return silent('no-client', 'no docker client is installed')
  if (answer.failure === 'timeout') return silent('timeout', `no answer within ${timeout / 1000} s`)
  if (answer.code !== 0) return silent('no-answer', reasonOf(answer.stderr))
  const containers = parseContainers(answer.stdout)
  if (containers === null) return silent('no-answer', 'what `docker ps` printed is not what was asked for')
  return { ...engine, containers, silence: null }
}

/** `DOCKER_HOST` beats every context, as in the client itself; the client knows which context is the current one. */
async function endpointOf(
  env: Readonly<Record<string, string | undefined>>,
  timeout: number,
): Promise<string | null> {
  const host = env['DOCKER_HOST']
  if (host !== undefined && host !== '') return host
  const args = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']
  const { code, stdout } = await runBounded('docker', args, env, timeout)
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : null
}

/**
 * Whether an endpoint is on another machine. A TCP address counts as remote, `localhost` too: it may well be a tunnel,
 * and taking the wrong machine's sockets for the engine's is worse than knowing less. Without an endpoint (podman's
 * `docker` has no contexts) the engine is this machine's.
 */
export function isRemote(endpoint: string | null): boolean {
  return endpoint !== null && !/^(?:unix|npipe):\/\//.test(endpoint)
}

/** `ssh://user:secret@host` → `ssh://user@host`. */
export function withoutPassword(endpoint: string): string {
  return endpoint.replace(/^([a-z]+:\/\/[^/:@]*):[^/@]*@/, '$1@')
}

/** The line of what the client said that gives the reason. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const telling = lines.filter((line) => line !== '' && !/^(?:warning\b|see ')/i.test(line))
  return telling[0]?.replace(/^error:? /i, '') ?? 'docker ps failed without a word'
}
