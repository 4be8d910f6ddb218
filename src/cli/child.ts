/** Runs a program in place of this one: with its input, its outputs and its signals. */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Ended, RunOptions } from './host.js'

/** The terminal sends these to the program too. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/** Sent to this process alone. */
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP']

/** @param process_ the process whose signals are handled meanwhile */
export function runChild(
  process_: NodeJS.Process,
  file: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Ended> {
  return new Promise((resolve) => {
    const failed = ({ code = 'error' }: NodeJS.ErrnoException) =>
      resolve({ exitCode: code === 'ENOENT' ? 127 : 126, failure: code })
    let child: ChildProcess
    try {
      child = spawn(file, args, { cwd, env, stdio: 'inherit' })
    } catch (error) {
      // Too long a list of arguments, for example.
      return failed(error as NodeJS.ErrnoException)
    }
    const ignore = () => {}
    const passOn = (signal: NodeJS.Signals) => child.kill(signal)
    for (const signal of FROM_TERMINAL) process_.on(signal, ignore)
    for (const signal of PASSED_ON) process_.on(signal, passOn)
    // A signal that cannot be passed on is an error too.
    child.on('error', (error) => child.pid === undefined && failed(error))
    child.on('exit', (code, signal) => {
      for (const each of FROM_TERMINAL) process_.off(each, ignore)
      for (const each of PASSED_ON) process_.off(each, passOn)
      resolve({ exitCode: signal === null ? (code ?? 1) : 128 + constants.signals[signal], failure: null })
    })
  })
}
