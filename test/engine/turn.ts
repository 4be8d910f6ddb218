/**
 * The tests with an engine take turns: they make images under the same names, and each may start an engine of its
 * own, while vitest runs test files at the same time.
 */
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whoever listens here has the turn. Whatever becomes of a process, the kernel frees its port. */
const PORT = 27_391

const LONGEST_MS = 240_000

/** Waits for the turn. @returns what ends it */
export async function takeTurn(): Promise<() => Promise<void>> {
  const deadline = Date.now() + LONGEST_MS
  for (;;) {
    const server = createServer()
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve)
      server.listen({ port: PORT, host: '127.0.0.1', exclusive: true }, () => resolve(null))
    })
    if (error === null) return () => new Promise((resolve) => void server.close(() => resolve()))
    if (error.code !== 'EADDRINUSE') throw error
    if (Date.now() > deadline) {
      throw new Error(
        `another test with an engine still runs, or something else listens on 127.0.0.1:${PORT}`,
      )
    }
    await sleep(100)
  }
}
