import { fstatSync, writeSync } from 'node:fs'
import { thisMachine } from '../live/machine.js'
import type { ExitCode, Host } from './host.js'

/**
 * Runs a program in this process: the one place that makes a host of `process`, and the one that sets its exit code.
 * @param program takes the host and gives the exit code; what it throws is a fault of ours
 */
export async function runProcess(program: (host: Host) => Promise<ExitCode>): Promise<void> {
  try {
    const width = await terminalWidth(1)
    process.exitCode = await program({
      args: process.argv.slice(2),
      cwd: currentFolder(),
      env: process.env,
      machine: thisMachine(process.env),
      isTerminal: { stdout: width !== null, stderr: (await terminalWidth(2)) !== null },
      width,
      stdout: (text) => write(1, text),
      stderr: (text) => write(2, text),
      run: async (...command) => (await import('./child.js')).runChild(process, ...command),
    })
  } catch (error) {
    process.exitCode = 1
    if (error instanceof OutputError) {
      write(2, `error: the result could not be printed: ${error.message}\n`)
      return
    }
    const stack = error instanceof Error ? error.stack : String(error)
    write(2, `This is a fault of product-env, not yours. Please report it with what follows.\n${stack}\n`)
  }
}

/** In columns; null for what is not a terminal, which nearly always shows without `node:tty`: that takes 2 ms to load. */
async function terminalWidth(descriptor: 1 | 2): Promise<number | null> {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return null
  } catch {
    return null
  }
  const { isatty, WriteStream } = await import('node:tty')
  return isatty(descriptor) ? new WriteStream(descriptor).columns : null
}

/** Where the user stands. A folder that has been deleted still has a name, as the shell remembers it. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return process.env['PWD'] ?? '/'
  }
}

/** A full disk behind `> report.txt`, for example. */
class OutputError extends Error {}

/** Writes all of a text. Not by `process.stdout`: its first touch costs as much as a small merge. */
function write(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // The reader has gone (`| head`): nobody is left to tell.
      if (code === 'EPIPE') return
      // A pipe in non-blocking mode that is full for the moment.
      if (code !== 'EAGAIN') {
        if (descriptor === 2) return
        throw new OutputError((error as Error).message)
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
