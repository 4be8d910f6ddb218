/** A small product: a web server that says what it was asked, and echoes what a websocket sends. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What the server behind the proxy got. */
export interface Seen {
  readonly name: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: number
}

export async function startUpstream(
  name: string,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((asked, answer) => {
    // Server-sent events, which do not end.
    if (asked.url === '/events') return void answer.write('data: 1\n\n')
    let bytes = 0
    asked.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    asked.on('end', () => {
      if (asked.url === '/login') answer.setHeader('Set-Cookie', `session=${name}; Path=/`)
      answer.end(JSON.stringify({ name, headers: asked.headers, bytes }))
    })
  })
  server.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${GUID}`).digest('base64')
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    socket.write(`${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`)
    // One small masked text frame (RFC 6455, 5.2); it goes back without a mask.
    socket.on('data', (frame: Buffer) => {
      const payload = frame.subarray(6).map((byte, at) => byte ^ (frame[2 + (at % 4)] as number))
      socket.end(Buffer.concat([Buffer.from([0x81, payload.length]), payload]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, server }
}

/** A port of the loopback address that nothing uses. */
export async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Returns the first event of a stream. */
export function firstEvent(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: '/events', headers: { Host: host } }, (answer) => {
      answer.once('data', (chunk: Buffer) => {
        asked.destroy()
        resolve(chunk.toString())
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** Asks the proxy for a name, with headers that pretend another client. @param megabytes of the body */
export function ask(
  port: number,
  host: string,
  megabytes = 0,
): Promise<{
  readonly status: number | undefined
  readonly type: string | undefined
  readonly text: string
}> {
  return new Promise((resolve, reject) => {
    const method = megabytes > 0 ? 'POST' : 'GET'
    const headers = { Host: host, 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' }
    const asked = request({ port, host: '127.0.0.1', method, headers }, async (answer) => {
      let text = ''
      for await (const chunk of answer) text += chunk
      resolve({ status: answer.statusCode, type: answer.headers['content-type'], text })
    })
    asked.on('error', reject)
    const piece = Buffer.alloc(1024 * 1024)
    for (let sent = 0; sent < megabytes; sent++) asked.write(piece)
    asked.end()
  })
}

/** Opens a websocket through the proxy, sends a text, and returns the one that comes back. */
export function webSocketEcho(port: number, host: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      'Sec-WebSocket-Version': '13',
    }
    const asked = request({ port, host: '127.0.0.1', headers })
    asked.on('error', reject)
    asked.on('response', (answer: IncomingMessage) => reject(new Error(`no upgrade: ${answer.statusCode}`)))
    asked.on('upgrade', (_, socket) => {
      const payload = Buffer.from(text)
      // The mask of zeros leaves the text as it is.
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]))
      socket.on('data', (frame: Buffer) => {
        socket.destroy()
        resolve(frame.subarray(2).toString())
      })
    })
    asked.end()
  })
}
