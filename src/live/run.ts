/** Runs a program that may hang (an engine behind a dead network) and waits for it no longer than it is worth. */
import { spawn } from 'node:child_process'

export interface Ran {
  /** Null if the program was not found, or did not end in time. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Why there is no code. */
  readonly failure: 'not-found' | 'timeout' | null
}

/**
 * @param env the whole environment of the program
 * @param timeout in milliseconds; then the program is killed
 */
export function runBounded(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  timeout: number,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    const settle = (code: number | null, failure: Ran['failure']) => {
      clearTimeout(timer)
      resolve({ code, failure, stdout: `${Buffer.concat(stdout)}`, stderr: `${Buffer.concat(stderr)}` })
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      // What the program started itself (ssh, for a remote engine) may keep the pipes open: they are not waited for.
      child.stdout.destroy()
      child.stderr.destroy()
      child.unref()
      settle(null, 'timeout')
    }, timeout)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', () => settle(null, 'not-found'))
    child.on('close', (code) => settle(code ?? 1, null))
  })
}
