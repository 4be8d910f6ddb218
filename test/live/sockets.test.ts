import { isIPv6 } from 'node:net'
import { describe, expect, test } from 'vitest'
import { parseSockets, readSockets, type Socket, socketInTheWay } from '../../src/live/sockets.js'
import { bindUdp, freePort, hasIPv6, listenTcp } from './support.js'

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, state: string, uid = 1000, inode = 77) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 000000007e8f6f61 100 0 0 10 0\n`

describe('the list of sockets', () => {
  const one = { port: 6971, listening: true, uid: 1000, inode: 77 }
  test.each([
    ['tcp', '0100007F:1B3B', '0A', { address: '127.0.0.1' }],
    ['tcp', '00000000:1B3B', '0A', { address: '0.0.0.0' }],
    ['tcp', '0700A8C0:1B3B', '01', { address: '192.168.0.7', listening: false }],
    ['tcp', '00000000000000000000000000000000:1B3B', '0A', { address: '::' }],
    ['tcp', '00000000000000000000000001000000:1B3B', '0A', { address: '::1' }],
    ['tcp', 'B80D0120000000000000000001000000:1B3B', '0A', { address: '2001:db8::1' }],
    ['tcp', '0000000000000000FFFF00000100007F:1B3B', '0A', { address: '127.0.0.1' }],
    ['udp', '00000000:1B3B', '07', { address: '0.0.0.0' }],
    ['udp', '0100007F:1B3B', '01', { address: '127.0.0.1', listening: false }],
  ] as const)('%s %s %s', (protocol, local, state, socket) => {
    expect(parseSockets(HEADER + row(local, state), protocol, true)).toEqual([
      { protocol, ...one, ...socket },
    ])
  })
  test('is read on a big-endian machine', () => {
    expect(parseSockets(row('7F000001:1B3B', '0A'), 'tcp', false)[0]?.address).toBe('127.0.0.1')
  })
  test('a connection that outlived its process has no owner and does not count', () => {
    expect(parseSockets(row('0100007F:1B3B', '06', 0, 0), 'tcp')).toEqual([])
  })
})

test('a system without a list has none, rather than an empty one', () => {
  expect(readSockets('/nonexistent')).toBeNull()
})

describe('the socket in the way', () => {
  const socket = (address: string, extra: Partial<Socket> = {}): Socket => {
    return { protocol: 'tcp', address, port: 80, listening: true, uid: 0, inode: 1, ...extra }
  }
  test.each([
    ['127.0.0.1', '', true],
    ['127.0.0.1', '0.0.0.0', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['::', '127.0.0.1', true],
    ['::1', '127.0.0.1', false],
    ['0.0.0.0', '::1', false],
  ])('one on %s is in the way of %j: %j', (address, wanted, inTheWay) => {
    expect(socketInTheWay([socket(address)], 'tcp', wanted) !== null).toBe(inTheWay)
  })
  test.each([
    [
      'a listener before a connection',
      [socket('127.0.0.1', { listening: false }), socket('0.0.0.0', { inode: 2 })],
    ],
    ['the address itself before ::', [socket('::'), socket('0.0.0.0', { inode: 2 })]],
  ])('%s', (_, sockets) => {
    expect(socketInTheWay(sockets, 'tcp', '0.0.0.0')?.inode).toBe(2)
  })
  test('has the protocol', () => {
    expect(socketInTheWay([socket('0.0.0.0')], 'udp', '')).toBeNull()
  })
})

describe.runIf(process.platform === 'linux')('on this machine', () => {
  const listening = (port: number) =>
    (readSockets() ?? []).filter((socket) => socket.listening && socket.port === port)
  test.each(['127.0.0.1', '0.0.0.0', ...(hasIPv6 ? ['::1', '::'] : [])])(
    'a listener on %s is listed',
    async (host) => {
      const port = await listenTcp({ host, ipv6Only: true })
      expect(listening(port)).toMatchObject([{ protocol: 'tcp', address: host, listening: true }])
    },
  )
  test.each(['127.0.0.1', ...(hasIPv6 ? ['::1'] : [])])('a UDP socket on %s is listed', async (address) => {
    const port = await bindUdp(isIPv6(address) ? 'udp6' : 'udp4', address)
    expect(listening(port)).toMatchObject([{ protocol: 'udp', address }])
  })
  test('a free port is not listed', async () => {
    expect(listening(await freePort())).toEqual([])
  })
})
