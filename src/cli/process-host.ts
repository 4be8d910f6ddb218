import { fstatSync, writeSync } from 'node:fs'
import { thisMachine } from '../live/machine.js'
import type { ExitCode, Host } from './host.js'

/** Runs a program in this process, and sets its exit code. Reports an exception as a bug of product-env. */
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
    write(2, `This is a bug in product-env. Please report it with the lines below.\n${stack}\n`)
  }
}

/** Returns the columns of a terminal, otherwise null. Most outputs need no `node:tty`, which takes 2 ms to load. */
async function terminalWidth(descriptor: 1 | 2): Promise<number | null> {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return null
  } catch {
    return null
  }
  const { isatty, WriteStream } = await import('node:tty')
  return isatty(descriptor) ? new WriteStream(descriptor).columns : null
}

/** A deleted folder still has the name that the shell remembers. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return process.env['PWD'] ?? '/'
  }
}

/** Such as a full disk behind `> report.txt`. */
class OutputError extends Error {}

/** Does not use `process.stdout`, whose first use takes as long as a small merge. */
function write(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // The reader has gone (`| head`).
      if (code === 'EPIPE') return
      // A full pipe in non-blocking mode.
      if (code !== 'EAGAIN') {
        if (descriptor === 2) return
        throw new OutputError((error as Error).message)
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
