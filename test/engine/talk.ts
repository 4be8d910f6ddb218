/** A few words of each protocol that the demo's containers speak on their host ports, without a client library. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const HOST = '127.0.0.1'
const ANSWER_MS = 5_000

/**
 * One command to the redis behind a host port; the reply as RESP spells it, such as `+OK\r\n`, `$-1\r\n` (no such
 * key) or `$1\r\nv\r\n`. Good for replies of a few bytes, which come in one packet.
 */
export function redis(port: number, ...words: readonly string[]): Promise<string> {
  const request = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return firstBytes(port, `*${words.length}\r\n${request.join('')}`)
}

/** The first line that an SMTP server says, unasked. */
export function smtpGreeting(port: number): Promise<string> {
  return firstBytes(port, '')
}

/** Status and text of the page on a host port. */
export async function webPage(port: number): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`http://${HOST}:${port}/`, { signal: AbortSignal.timeout(ANSWER_MS) })
  return { status: response.status, text: await response.text() }
}

/** Repeats what fails while a container that has started is not yet listening; the last failure is thrown. */
export async function eventually<T>(ask: () => Promise<T>, withinMs = 15_000): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}

/** Sends `request` and resolves with what comes back first. A connection that ends unanswered is a failure. */
function firstBytes(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: HOST, port })
    const fail = (reason: string) => {
      socket.destroy()
      reject(new Error(`${HOST}:${port}: ${reason}`))
    }
    socket.setTimeout(ANSWER_MS, () => fail('no answer'))
    socket.once('error', (error) => fail(error.message))
    socket.once('close', () => fail('closed without an answer'))
    socket.once('data', (bytes) => {
      resolve(bytes.toString())
      socket.destroy()
    })
    if (request !== '') socket.write(request)
  })
}
