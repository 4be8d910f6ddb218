/**
 * The real Docker Compose, as an oracle for the tests: what it reads from an env file is the truth that
 * our own reading is held against. None of this needs a Docker engine.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Environment variables of a child process; nothing is inherited. */
export type Env = Readonly<Record<string, string>>

export interface Ran {
  /** Exit code; null if the program did not start or was killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where Docker looks for its plugins, and so where Compose v2 is found on its own. */
const PLUGIN_DIRS = [
  join(homedir(), '.docker/cli-plugins'),
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
]

let found: readonly string[] | null | undefined

/**
 * The words that start a Compose v2 command, or null if the machine has none. The plugin's own path comes
 * first: run directly it spares the start of the Docker client, which counts when a test asks it hundreds of
 * times. Compose v1 (a Python program, `docker-compose`) reads env files differently and does not count.
 */
export function findCompose(): readonly string[] | null {
  if (found !== undefined) return found
  const candidates = [
    ...PLUGIN_DIRS.map((dir) => join(dir, 'docker-compose'))
      .filter(isExecutable)
      .map((path) => [path]),
    ['docker', 'compose'],
    ['docker-compose'],
  ]
  found = candidates.find(isVersion2) ?? null
  return found
}

/** Why a test that needs Compose cannot run, in the form that `requireOrSkip` takes. */
export function composeMissing(): string | null {
  return findCompose() ? null : 'no Docker Compose v2 found (on Debian: scripts/install-docker.sh)'
}

/**
 * Whether tests that need `what` run: `describe.runIf(requireOrSkip('Docker Compose', composeMissing()))`.
 * Under CI a missing part throws, so that a run cannot be green without the tests that matter most;
 * elsewhere the reason is printed, since a silent skip looks like a pass.
 *
 * @param missing the reason why it is not there, or null if it is there
 */
export function requireOrSkip(what: string, missing: string | null): boolean {
  // Set by a mutation run, which repeats the tests for every mutant.
  if (process.env['IN_PROCESS_ONLY']) return false
  if (missing === null) return true
  if (process.env['CI']) throw new Error(`${what} is needed under CI: ${missing}`)
  process.stderr.write(`skipped, as ${what} is not at hand: ${missing}\n`)
  return false
}

/**
 * Runs Compose in `dir` with `PATH`, `HOME` and the variables of `env`, and nothing else: a variable of the
 * shell beats the file, so whatever the developer has exported would change the answer.
 */
export function runCompose(dir: string, args: readonly string[], env: Env = {}): Ran {
  const compose = findCompose()
  if (!compose) throw new Error('there is no Docker Compose; guard the test with requireOrSkip')
  return run([...compose, ...args], { cwd: dir, env })
}

/** `docker compose config` in `dir`: the answer as text, or the refusal on stderr with a code that is not 0. */
export function composeConfig(dir: string, args: readonly string[] = [], env: Env = {}): Ran {
  return runCompose(dir, ['config', ...args], env)
}

/** Runs a program to its end, with `PATH`, `HOME` and `env` as its environment. */
export function run(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Env; readonly timeoutMs?: number } = {},
): Ran {
  const [program, ...args] = command
  const result = spawnSync(program!, args, {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: homedir(), ...options.env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: options.timeoutMs ?? 60_000,
  })
  // A program that did not start has said nothing itself; its error stands in for that.
  return {
    code: result.status,
    stdout: result.stdout ?? '',
    stderr: `${result.stderr ?? ''}${result.error?.message ?? ''}`,
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isVersion2(command: readonly string[]): boolean {
  const { code, stdout } = run([...command, 'version', '--short'])
  return code === 0 && Number.parseInt(stdout.replace(/^v/, ''), 10) >= 2
}
