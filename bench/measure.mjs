/** Measures the run time and peak memory of whole processes. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const HOOK = fileURLToPath(new URL('peak-memory.cjs', import.meta.url))

/** Node's start-up time, with which everything is compared. */
export const NOTHING = { args: ['-e', '0'], exitCode: 0, before: () => {} }

/**
 * A merge of a workspace's product, from its fresh product env.
 * @param bin the built command
 */
export function mergeOf(bin, { root, product, fresh }, exitCode = 0) {
  return { args: [bin, 'env', '--merge', product, '-C', root], exitCode, before: fresh }
}

/** Runs a command once. @returns milliseconds from its start to its end */
export function wallTime(command) {
  command.before()
  const start = process.hrtime.bigint()
  run(command, command.args, {})
  return Number(process.hrtime.bigint() - start) / 1e6
}

export const MEASURES_MEMORY = process.platform === 'linux'

/** Runs a command once more, not timed. @returns the most memory that it held, in kilobytes */
export function peakMemory(command, file) {
  command.before()
  run(command, ['--require', HOOK, ...command.args], { BENCH_PEAK_FILE: file })
  return Number(readFileSync(file, 'utf8'))
}

/**
 * Measures several commands in turn, A B C A B C …, so that a change of the machine's speed affects all of them.
 * The first round is a warm-up.
 * @returns for each command, in order, what `measure` gave in each round
 */
export function inTurn(commands, rounds, measure) {
  const results = commands.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, command] of commands.entries()) {
      const result = measure(command)
      if (round > 0) results[index].push(result)
    }
  }
  return results
}

function run({ exitCode, env }, args, more) {
  const { status, error, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: Number.POSITIVE_INFINITY,
    env: { ...process.env, ...env, ...more },
  })
  if (error !== undefined) throw error
  if (status === exitCode) return
  throw new Error(`node ${args.join(' ')} ended with ${status} instead of ${exitCode}:\n${stderr}`)
}
