/** Runs the real Docker Compose. */
import { execFile } from 'node:child_process'

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

function run(file: string, args: readonly string[], cwd: string, env: Env): Promise<ComposeAnswer | null> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd, env, maxBuffer: MOST_BYTES }, (error, stdout, stderr) => {
      resolve(error?.code === 'ENOENT' ? null : { isSuccess: error === null, stdout, stderr })
    })
  })
}
