/** The containers, those that do not run too. Asks the `docker` client, so that contexts, DOCKER_HOST, ssh and TLS work as for the user. */
import { execFile } from 'node:child_process'
import { PS_FORMAT, type PublishingContainer, parseContainers } from './container.js'

export interface Engine {
  /** `unix:///var/run/docker.sock`, `ssh://user@host`, without a password; null if unknown. */
  readonly endpoint: string | null
  /** True if it publishes ports on another machine. */
  readonly remote: boolean
  /** Null if no engine answers. */
  readonly containers: readonly PublishingContainer[] | null
  /** Why no engine answers, as a clause; null if one does. Untrusted: escape it for output. */
  readonly silence: string | null
}

type Env = Readonly<Record<string, string | undefined>>

/** In milliseconds: until `onWait` is called, and in all. */
export interface Patience {
  readonly notice: number
  readonly most: number
}

const PATIENCE: Patience = { notice: 1000, most: 3000 }

/** Never throws. @param onWait called once with the engine's name if it is slow to answer */
export async function askEngine(
  env: Env,
  onWait: (engine: string) => void,
  { notice, most }: Patience = PATIENCE,
): Promise<Engine> {
  const asked = endpointOf(env, most)
  const timer = setTimeout(async () => onWait(engineName(await asked)), notice)
  const answer = await docker(['ps', '--all', '--no-trunc', '--format', PS_FORMAT], env, most)
  clearTimeout(timer)
  const endpoint = await asked
  const containers = answer.failure === null ? parseContainers(answer.stdout) : null
  const why = answer.failure ?? 'its output is not that of `docker ps`'
  const silence =
    answer.failure === NO_CLIENT ? NO_CLIENT : `${engineName(endpoint)} does not answer (${why})`
  return { endpoint, remote: isRemote(endpoint), containers, silence: containers === null ? silence : null }
}

/** Returns a warning about the engine; null if it is on this machine and answers. */
export function engineNotice({ endpoint, remote, silence }: Engine): string | null {
  if (silence !== null) return `Containers are not known: ${silence}`
  return remote ? `Only the containers of ${engineName(endpoint)} are known, not its other programs` : null
}

function engineName(endpoint: string | null): string {
  return isRemote(endpoint) ? `the remote Docker engine ${endpoint}` : 'the Docker engine'
}

/** DOCKER_HOST beats the current context, as in the client. */
async function endpointOf(env: Env, most: number): Promise<string | null> {
  const host = env['DOCKER_HOST']
  if (host) return withoutPassword(host)
  const args = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']
  const { failure, stdout } = await docker(args, env, most)
  return failure === null && stdout.trim() !== '' ? withoutPassword(stdout.trim()) : null
}

/** A TCP address counts as remote, even `localhost`, which may be a tunnel. Podman's `docker` has no endpoint. */
export function isRemote(endpoint: string | null): boolean {
  return endpoint !== null && !/^(?:unix|npipe):\/\//.test(endpoint)
}

/** `ssh://user:secret@host` → `ssh://user@host`, anywhere in a text. */
export function withoutPassword(text: string): string {
  return text.replace(/([a-z]+:\/\/[^\s/:@]*):[^\s/]*@/g, '$1@')
}

const NO_CLIENT = 'no docker client is installed'

/** Kills the client after `most` milliseconds, and does not wait for what it started (ssh). */
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
      const failure = (): string | null => {
        if (error === null) return null
        if (error.killed) return `no answer within ${most / 1000} s`
        return error.code === 'ENOENT' ? NO_CLIENT : withoutPassword(reasonOf(stderr || error.message))
      }
      resolve({ stdout, failure: failure() })
    })
  })
}

/** Returns the line of an error output that gives the reason. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const telling = lines.filter((line) => line !== '' && !/^(?:warning\b|see ')/i.test(line))
  return telling[0]?.replace(/^error: /i, '') ?? 'it failed without a message'
}
