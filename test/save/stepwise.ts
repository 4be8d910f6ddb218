/**
 * Runs that go on by single calls of the file system, so that a test can stop one anywhere, let another one go on,
 * or end it there as a kill does. Importing this module puts a step before each synchronous function of `node:fs`.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { vi } from 'vitest'

export type Call = (name: string, args: readonly unknown[], really: () => unknown) => unknown

const current: { call: Call } = { call: (_name, _args, really) => really() }

for (const [name, value] of Object.entries<(...args: readonly unknown[]) => unknown>({ ...(fs as object) })) {
  if (!name.endsWith('Sync')) continue
  const stepped = (...args: readonly unknown[]) => current.call(name, args, () => value(...args))
  Object.assign(fs, { [name]: Object.assign(stepped, value) })
}
syncBuiltinESMExports()

/** Does some work with each call of the file system in one's own hands. */
export function withCalls<T>(call: Call, work: () => T): T {
  const { call: outer } = current
  current.call = call
  try {
    return work()
  } finally {
    current.call = outer
  }
}

const STANDSTILL = new Error('the run stands still')
let runs = 0

export class Run<T> {
  /** Of each call that has been made: what it gave or threw. */
  private readonly done: (() => unknown)[] = []
  /** How to close each open descriptor. */
  private readonly open = new Map<unknown, () => void>()
  /** The same in each replay, and other than that of all other runs. */
  private readonly chance = 1 / (3 + runs++)

  private result: { readonly value: T } | null = null

  /** @param steps which calls count, and are stopped at; the others go on with the one before */
  constructor(
    private readonly work: () => T,
    private readonly steps = /./,
  ) {}

  /** Goes on to the end. */
  end(): T {
    this.goOn(Number.POSITIVE_INFINITY)
    return (this.result as { value: T }).value
  }

  /**
   * Goes on for some steps. What was done before is not done again: its results are played back.
   * @returns false if the run has ended
   */
  goOn(steps: number): boolean {
    let at = 0
    let left = steps
    let stands = false
    const step: Call = (name, args, really) => {
      const played = this.done[at++]
      if (played !== undefined) return played()
      if (stands || (this.steps.test(name) && left-- <= 0)) {
        stands = true
        throw STANDSTILL
      }
      const result = this.record(name, args, really)
      this.done.push(result)
      return result()
    }
    const random = vi.spyOn(Math, 'random').mockReturnValue(this.chance)
    try {
      const value = this.result === null ? withCalls(step, this.work) : this.result.value
      if (!stands) this.result = { value }
    } catch (error) {
      if (error !== STANDSTILL) throw error
    } finally {
      random.mockRestore()
    }
    return stands
  }

  /** Ends the run where it stands. Its descriptors are closed, as the system does. */
  kill(): void {
    for (const close of this.open.values()) close()
  }

  private record(name: string, args: readonly unknown[], really: () => unknown): () => unknown {
    // A disk takes its time, and what it does by itself is not what these tests are about.
    if (name === 'fsyncSync') return () => undefined
    try {
      // Some functions of Node are made of others, which are no steps of the run.
      const result = withCalls((_name, _args, inner) => inner(), really)
      if (name === 'openSync') this.open.set(result, () => fs.closeSync(result as number))
      if (name === 'closeSync') this.open.delete(args[0])
      return () => result
    } catch (error) {
      return () => {
        throw error
      }
    }
  }
}
