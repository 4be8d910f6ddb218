/** Runs the real Docker Compose. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface ComposeAnswer {
  readonly isSuccess: boolean
  readonly stdout: string
  readonly stderr: string
}

type Env = Readonly<Record<string, string | undefined>>

/** A model of 130 services has about 1 MB. */
const MOST_BYTES = 256 * 1024 * 1024

/** Runs `docker compose`, or `docker-compose` if the plugin is not installed. @returns null if neither is */
export async function runCompose(
  args: readonly string[],
  cwd: string,
  env: Env,
): Promise<ComposeAnswer | null> {
  const plugin = await run('docker', ['compose', ...args], cwd, env)
  // Without the plugin, docker takes the arguments for its own.
  const isMissing =
    plugin === null || /is not a docker command|unknown (?:shorthand )?flag/.test(plugin.stderr)
  return isMissing ? run('docker-compose', args, cwd, env) : plugin
}

/** Where Docker looks for plugins on Unix, after the user's own folder (docker/cli, `manager_unix.go`). */
const PLUGIN_FOLDERS = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
]

/** Returns the command that runs Compose: `docker compose`, else `docker-compose`; null if neither is installed. */
export async function findCompose(env: Env): Promise<readonly [string, ...string[]] | null> {
  const path = (env['PATH'] ?? '').split(delimiter)
  const isOnPath = (name: string) =>
    path.some((folder) => existsSync(join(folder, name)) || existsSync(join(folder, `${name}.exe`)))
  if (isOnPath('docker')) {
    const own = env['DOCKER_CONFIG'] || join(env['HOME'] ?? '', '.docker')
    const folders = [join(own, 'cli-plugins'), ...PLUGIN_FOLDERS]
    // Asking docker takes longer than a merge.
    const isPlugin = folders.some((folder) => existsSync(join(folder, 'docker-compose')))
    if (isPlugin || (await run('docker', ['compose', 'version'], '/', env))?.isSuccess)
      return ['docker', 'compose']
  }
  return isOnPath('docker-compose') ? ['docker-compose'] : null
}

function run(file: string, args: readonly string[], cwd: string, env: Env): Promise<ComposeAnswer | null> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd, env, maxBuffer: MOST_BYTES }, (error, stdout, stderr) => {
      resolve(error?.code === 'ENOENT' ? null : { isSuccess: error === null, stdout, stderr })
    })
  })
}
