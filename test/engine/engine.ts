/**
 * A Docker engine for the tests: the one that answers already, else one of our own, on a private socket
 * with private folders, which ends with the test.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { composeMissing, type Env, type Ran, run } from '../support/compose.js'

export interface Engine {
  /** What leads the client to this engine, for a `docker` run with otherwise only `PATH` and `HOME`. */
  readonly env: Env
  /** Runs `docker` and throws if it fails, with what it said. */
  docker(...args: readonly string[]): string
  /** Whether the test started it, and so may make it a swarm. */
  readonly isOwn: boolean
  /** Ends the engine if it is our own; leaves one that was there before as it is. */
  close(): Promise<void>
}

/** An engine, or why there is none. */
export type EngineOrReason = { readonly engine: Engine } | { readonly missing: string }

/** How the developer reaches an engine; kept, while everything else of the shell is not. */
const CLIENT_SETTINGS = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
]

const START_MS = 30_000
const STOP_MS = 20_000

export async function openEngine(): Promise<EngineOrReason> {
  const install = 'on Debian: scripts/install-docker.sh'
  if (run(['docker', '--version']).code !== 0) return { missing: `no docker client found (${install})` }
  const noCompose = composeMissing()
  if (noCompose !== null) return { missing: noCompose }

  const inherited = Object.fromEntries(
    CLIENT_SETTINGS.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  ) as Env
  if (answers(inherited)) return { engine: engineAt(inherited, false, async () => {}) }

  if (run(['dockerd', '--version']).code !== 0) return { missing: `no Docker engine answers (${install})` }
  if (process.getuid?.() !== 0)
    return { missing: 'no Docker engine answers, and only root may start dockerd' }
  return startEngine()
}

/** Whether an engine answers there. Asks the server for its version: the client's own is known without one. */
function answers(env: Env): boolean {
  return run(['docker', 'version', '--format', '{{.Server.Version}}'], { env, timeoutMs: 15_000 }).code === 0
}

async function startEngine(): Promise<EngineOrReason> {
  // The path of a Unix socket may have 107 bytes, so the folder stands directly below the temp folder.
  const dir = mkdtempSync(join(tmpdir(), 'pe-engine-'))
  const socket = `unix://${join(dir, 'docker.sock')}`
  const logFile = join(dir, 'dockerd.log')
  const log = openSync(logFile, 'w')
  // vfs works on every file system, inside containers too; and no docker0 bridge is made, since each Compose
  // project has a network of its own. setpriv: should the test runner be killed, the kernel ends dockerd.
  const process_ = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'TERM', 'dockerd', '--host', socket, '--storage-driver=vfs', '--bridge=none'],
      ...['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid')],
    ],
    { stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const env = { DOCKER_HOST: socket }
  let failure: string | null = null
  process_.once('error', (error) => {
    failure = error.message
  })
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline && failure === null && process_.exitCode === null) {
    if (answers(env)) return { engine: engineAt(env, true, () => stopEngine(process_, dir)) }
    await sleep(200)
  }
  const lastWords = failure ?? readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join('\n')
  await stopEngine(process_, dir)
  return { missing: `dockerd did not start: ${lastWords}` }
}

/** Ends the process that we started, by its own id, and removes its folder with what is mounted below it. */
async function stopEngine(process_: ChildProcess, dir: string): Promise<void> {
  const gone = () => process_.pid === undefined || process_.exitCode !== null || process_.signalCode !== null
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const deadline = Date.now() + STOP_MS
    if (!gone()) process_.kill(signal)
    while (!gone() && Date.now() < deadline) await sleep(50)
  }
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const below = mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${dir}/`))
  // The deepest first: a folder with a mount below it is busy.
  for (const path of below.reverse()) run(['umount', path])
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}

function engineAt(env: Env, isOwn: boolean, close: () => Promise<void>): Engine {
  return {
    env,
    isOwn,
    docker: (...args) => mustRun(['docker', ...args], { env, timeoutMs: 120_000 }).stdout.trim(),
    close,
  }
}

/** Runs a program that is expected to succeed. */
export function mustRun(command: readonly string[], options: Parameters<typeof run>[1] = {}): Ran {
  const ran = run(command, options)
  if (ran.code !== 0) throw new Error(`${command.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`)
  return ran
}

/** Runs every step, also after one that failed. @throws the first failure, once all are through */
export async function runAll(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
