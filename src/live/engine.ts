/**
 * The containers that the Docker engine runs. The `docker` client is asked, and not the engine's socket, so that contexts,
 * `DOCKER_HOST`, ssh and TLS lead where they lead the user.
 */
import { execFile } from 'node:child_process'
import { PS_FORMAT, type PublishingContainer, parseContainers } from './container.js'

/** The engine that `docker compose up` would use, and what it says. */
export interface Engine {
  /** `unix:///var/run/docker.sock`, `ssh://user@host`; null if the client does not tell. Without a password. */
  readonly endpoint: string | null
  /** Whether it publishes ports on another machine, of which this machine's sockets say nothing. */
  readonly remote: boolean
  /** The containers that run; null if no engine answers. */
  readonly containers: readonly PublishingContainer[] | null
  /** Why no engine answers, as a clause; null if one does. May hold the client's words: escape it when it is printed. */
  readonly silence: string | null
}

type Env = Readonly<Record<string, string | undefined>>

/** How long an engine is waited for, in milliseconds: until `onWait` is called, and in all. */
export interface Patience {
  readonly notice: number
  readonly most: number
}

const PATIENCE: Patience = { notice: 1000, most: 3000 }

/**
 * Asks the engine what runs. Never throws.
 * @param env the shell's variables, which choose the engine
 * @param onWait called once with the engine's name if it keeps the run waiting
 */
export async function askEngine(
  env: Env,
  onWait: (engine: string) => void,
  { notice, most }: Patience = PATIENCE,
): Promise<Engine> {
  const asked = endpointOf(env, most)
  const timer = setTimeout(async () => onWait(engineName(await asked)), notice)
  const answer = await docker(['ps', '--no-trunc', '--format', PS_FORMAT], env, most)
  clearTimeout(timer)
  const endpoint = await asked
  const containers = answer.failure === null ? parseContainers(answer.stdout) : null
  const why = answer.failure ?? 'it printed something else than `docker ps` was asked for'
  const silence =
    answer.failure === NO_CLIENT ? NO_CLIENT : `${engineName(endpoint)} does not answer (${why})`
  return { endpoint, remote: isRemote(endpoint), containers, silence: containers === null ? silence : null }
}

/** What a reader has to know about the engine that was asked; null if it is this machine's and answers. */
export function engineNotice({ endpoint, remote, silence }: Engine): string | null {
  if (silence !== null) return `Containers are not known: ${silence}`
  return remote ? `Only the containers of ${engineName(endpoint)} are known, not its other programs` : null
}

function engineName(endpoint: string | null): string {
  return isRemote(endpoint) ? `the remote Docker engine ${endpoint}` : 'the Docker engine'
}

/** `DOCKER_HOST` beats every context, as in the client itself; the client knows which context is the current one. */
async function endpointOf(env: Env, most: number): Promise<string | null> {
  const host = env['DOCKER_HOST']
  if (host) return withoutPassword(host)
  const args = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']
  const { failure, stdout } = await docker(args, env, most)
  return failure === null && stdout.trim() !== '' ? withoutPassword(stdout.trim()) : null
}

/**
 * Whether an endpoint is on another machine. A TCP address counts as remote, `localhost` too: it may well be a tunnel,
 * and taking the wrong machine's sockets for the engine's is worse than knowing less. Without an endpoint (podman's
 * `docker` has no contexts) the engine is this machine's.
 */
export function isRemote(endpoint: string | null): boolean {
  return endpoint !== null && !/^(?:unix|npipe):\/\//.test(endpoint)
}

/** `ssh://user:secret@host` → `ssh://user@host`, wherever it stands in a text. */
export function withoutPassword(text: string): string {
  return text.replace(/([a-z]+:\/\/[^\s/:@]*):[^\s/]*@/g, '$1@')
}

const NO_CLIENT = 'no docker client is installed'

/** Runs the client. Killed after `most` milliseconds, it is not waited for, nor what it has started (ssh). */
function docker(
  args: readonly string[],
  env: Env,
  most: number,
): Promise<{ stdout: string; failure: string | null }> {
  const options = {
    env,
    timeout: most,
    killSignal: 'SIGKILL',
    maxBuffer: Infinity,
    windowsHide: true,
  } as const
  return new Promise((resolve) => {
    execFile('docker', args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, failure: null })
      else if (error.killed) resolve({ stdout, failure: `no answer within ${most / 1000} s` })
      else
        resolve({
          stdout,
          failure: error.code === 'ENOENT' ? NO_CLIENT : withoutPassword(reasonOf(stderr || error.message)),
        })
    })
  })
}

/** The line of what the client said that gives the reason. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const telling = lines.filter((line) => line !== '' && !/^(?:warning\b|see ')/i.test(line))
  return telling[0]?.replace(/^error: /i, '') ?? 'it failed without a word'
}
