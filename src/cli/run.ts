/** `product run`: a program on the host, with the product env. */
import { decode } from '../env/bytes.js'
import type { Call } from './command.js'
import type { ExitCode } from './host.js'
import { type PrepareOptions, prepare, runProgram } from './prepare.js'

export async function run(
  call: Call<PrepareOptions>,
  name: string,
  words: readonly [string, ...string[]],
): Promise<ExitCode> {
  const { host } = call
  const ready = await prepare(call, name, false)
  if (typeof ready === 'number') return ready
  const [first, ...rest] = words
  const [file = first, ...args] = first === '--' ? rest : words
  const values = [...ready.values].map(([key, value]) => [decode(key), decode(value)])
  return runProgram(call, [file, ...args], {
    cwd: host.cwd,
    env: { ...Object.fromEntries(values), ...host.env },
  })
}
