import { createSocket } from 'node:dgram'
import { connect, createServer, isIPv6, type Server } from 'node:net'
import { describe, expect, test } from 'vitest'
import { addressesToBind, bindPort } from '../../src/live/probe.js'
import type { Protocol } from '../../src/live/sockets.js'
import { bindUdp, freePort, hasIPv6, listenTcp } from './support.js'

async function outcome(protocol: Protocol, address: string, port: number): Promise<string> {
  return (await bindPort(protocol, address, port, process.platform, async () => {})).outcome
}

const linux = process.platform === 'linux'

test.each([
  ['', 'linux', ['0.0.0.0', '127.0.0.1', '::', '::1']],
  ['0.0.0.0', 'linux', ['0.0.0.0', '127.0.0.1']],
  ['::', 'darwin', ['::', '::1']],
  ['127.0.0.2', 'linux', ['127.0.0.2']],
  ['127.0.0.2', 'darwin', ['127.0.0.2', '0.0.0.0']],
  ['::1', 'win32', ['::1', '::']],
])('a port on %j of %s is tried on %j', (address, platform, addresses) => {
  expect(addressesToBind(address, platform)).toEqual(addresses)
})

describe.each(['tcp', 'udp'] as const)('a port of %s', (protocol) => {
  const take = (address: string) =>
    protocol === 'tcp'
      ? listenTcp({ host: address, ipv6Only: true })
      : bindUdp(isIPv6(address) ? 'udp6' : 'udp4', address)

  test('that nobody has is free, and stays so', async () => {
    const port = await freePort()
    for (let round = 0; round < 3; round += 1) expect(await outcome(protocol, '', port)).toBe('free')
  })
  test.each(['0.0.0.0', '127.0.0.1', ...(hasIPv6 ? ['::', '::1'] : [])])(
    'that somebody has on %s is held on all addresses',
    async (address) => {
      expect(await outcome(protocol, '', await take(address))).toBe('held')
    },
  )
  test.runIf(hasIPv6)('that somebody has on one family is free on the other', async () => {
    expect(await outcome(protocol, '::', await take('0.0.0.0'))).toBe('free')
    expect(await outcome(protocol, '0.0.0.0', await take('::'))).toBe('free')
  })
  test.runIf(linux)('that somebody has on one address is free on another', async () => {
    const port = await take('127.0.0.2')
    expect(await outcome(protocol, '127.0.0.2', port)).toBe('held')
    expect(await outcome(protocol, '127.0.0.1', port)).toBe('free')
    expect(await outcome(protocol, '0.0.0.0', port)).toBe('held')
  })
  test('on an address that is not here is absent', async () => {
    // TEST-NET-1 of RFC 5737 is nobody's.
    for (const port of [0, await freePort()])
      expect(await bindPort(protocol, '192.0.2.1', port)).toEqual({
        outcome: 'absent',
        code: 'EADDRNOTAVAIL',
      })
  })
  test('on such an address is absent also where the wildcard is tried, too', async () => {
    const { outcome } = await bindPort(protocol, '192.0.2.1', await freePort(), 'darwin')
    expect(outcome).toBe('absent')
  })
  test.runIf(linux)(
    'that somebody has on one address is held on another where the wildcard is tried, too',
    async () => {
      const port = await take('127.0.0.1')
      const { outcome } = await bindPort(protocol, '127.0.0.2', port, 'darwin', async () => {})
      expect(outcome).toBe('held')
    },
  )
  test.runIf(linux && hasIPv6)('on an address that needs an interface cannot be bound', async () => {
    expect(await bindPort(protocol, 'fe80::1', 0)).toEqual({ outcome: 'failed', code: 'EINVAL' })
  })
  test('that is free is not tried again', async () => {
    const pause = () => expect.unreachable()
    expect((await bindPort(protocol, '', await freePort(), process.platform, pause)).outcome).toBe('free')
  })
  test('0 on an address that is here is free', async () => {
    expect(await bindPort(protocol, '127.0.0.1', 0)).toEqual({ outcome: 'free', code: '' })
  })
  test('that is held only for a moment, as by the probe of another run, is free', async () => {
    const { port, close } = await holdFor(protocol)
    expect((await bindPort(protocol, '127.0.0.1', port, process.platform, close)).outcome).toBe('free')
  })
})

test.runIf(hasIPv6)('a listener on :: that takes IPv4 too holds both', async () => {
  const port = await listenTcp({ host: '::', ipv6Only: false })
  for (const address of ['', '0.0.0.0', '127.0.0.1', '::'])
    expect(await outcome('tcp', address, port)).toBe('held')
})

test('tcp and udp are told apart', async () => {
  expect(await outcome('udp', '127.0.0.1', await listenTcp({ host: '127.0.0.1' }))).toBe('free')
})

test('a listener is not disturbed: nobody connects to it', async () => {
  let visits = 0
  const server = createServer(() => {
    visits += 1
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await outcome('tcp', '', port)
  await new Promise((resolve) => void connect(port, '127.0.0.1').once('connect', resolve).unref())
  server.close()
  expect(visits).toBe(1)
})

test('a udp socket with a fixed peer holds its port', async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => void socket.connect(9, '127.0.0.1', resolve))
  expect(await outcome('udp', '0.0.0.0', socket.address().port)).toBe('held')
  socket.close()
})

async function holdFor(protocol: Protocol): Promise<{ port: number; close: () => Promise<void> }> {
  const holder: Server | ReturnType<typeof createSocket> =
    protocol === 'tcp' ? createServer() : createSocket('udp4')
  await new Promise<void>((resolve) => {
    if ('listen' in holder) holder.listen(0, '127.0.0.1', resolve)
    else holder.bind(0, '127.0.0.1', resolve)
  })
  const { port } = holder.address() as { port: number }
  return { port, close: () => new Promise((resolve) => void holder.close(() => resolve())) }
}
