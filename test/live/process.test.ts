import { chmodSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { containerInCgroup, holdersOf, proxiedBy } from '../../src/live/process.js'
import {
  byPort,
  type Protocol,
  parseSockets,
  readSockets,
  type Socket,
  socketInTheWay,
} from '../../src/live/sockets.js'
import { run } from '../support/compose.js'
import { bindUdp, bundle, freePort, listenTcp, startProgram, temporaryFolder } from './support.js'

const linux = process.platform === 'linux'

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
  test('a table of 20,000 connections is read in a blink', () => {
    const text = HEADER + row('0100007F:1B3B', '01').repeat(20_000)
    const start = performance.now()
    expect(parseSockets(text, 'tcp')).toHaveLength(20_000)
    expect(performance.now() - start).toBeLessThan(500)
  })
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

const ID = '0123456789abcdef'.repeat(4)
test.each([
  [`0::/system.slice/docker-${ID}.scope\n`, ID],
  [`12:pids:/docker/${ID}\n11:cpu:/docker/${ID}\n`, ID],
  [`0::/../docker/${ID}/init\n`, ID],
  [`0::/user.slice/user-1000.slice/docker-${ID}.scope\n`, ID],
  ['0::/user.slice/session-1.scope\n', null],
  ['0::/docker/0123\n', null],
  ['', null],
])('cgroup %j is of container %j', (text, container) => {
  expect(containerInCgroup(text)).toBe(container)
})

describe('docker-proxy', () => {
  const cmdline = ['/usr/bin/docker-proxy', '-proto', 'tcp', '-host-ip', '0.0.0.0', '-host-port', '80', '']
  const socket = (extra: Partial<Socket>): Socket => {
    return { protocol: 'tcp', address: '0.0.0.0', port: 80, listening: true, uid: 0, inode: 1, ...extra }
  }
  test.each([
    ['has the port of its arguments', {}, [1]],
    ['has no other port', { port: 81 }, []],
    ['has no port of another protocol', { protocol: 'udp' }, []],
    ['has no connection', { listening: false }, []],
  ] as const)('%s', (_, extra, inodes) => {
    expect(proxiedBy(cmdline.join('\0'), [socket(extra)])).toEqual(inodes)
  })
  test('without arguments has none', () => {
    expect(proxiedBy('', [socket({})])).toEqual([])
  })
})

describe.runIf(linux)('on this machine', () => {
  const holderOf = (protocol: Protocol, port: number) => {
    const sockets = readSockets() ?? []
    const socket = socketInTheWay(byPort(sockets).get(port) ?? [], protocol, '')
    return socket === null ? undefined : holdersOf(sockets).get(socket.inode)
  }
  const listening = (port: number) =>
    (readSockets() ?? []).filter((socket) => socket.listening && socket.port === port)
  test.each(['127.0.0.1', '0.0.0.0'])('a listener on %s is listed and found to be us', async (host) => {
    const port = await listenTcp({ host })
    expect(listening(port)).toMatchObject([{ protocol: 'tcp', address: host, listening: true }])
    expect(holderOf('tcp', port)).toMatchObject({ pid: process.pid, container: null })
  })
  test('a udp socket is listed and found to be us', async () => {
    const port = await bindUdp('udp4', '127.0.0.1')
    expect(listening(port)).toMatchObject([{ protocol: 'udp', address: '127.0.0.1' }])
    expect(holderOf('udp', port)?.pid).toBe(process.pid)
  })
  test('another process is named as ps names it', async () => {
    const script = `require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
    const { child, line } = await startProgram(process.execPath, ['-e', script])
    expect(holderOf('tcp', Number(line))).toEqual({ pid: child.pid, name: 'node', container: null })
  })
  test('a free port is not listed', async () => {
    expect(listening(await freePort())).toEqual([])
    expect(holdersOf([]).size).toBe(0)
  })
  test.runIf(process.getuid?.() === 0)('a process of another user is not looked into', async () => {
    const port = await listenTcp({ host: '127.0.0.1' })
    const folder = temporaryFolder()
    const file = bundle(
      `
        import { PortInspector } from './src/live/inspector.js'
        import { thisMachine } from './src/live/machine.js'
        process.setgroups([])
        process.setgid(65534)
        process.setuid(65534)
        const wanted = { protocol: 'tcp', address: '', from: ${port}, to: ${port}, stack: null }
        const [state] = await new PortInspector(thisMachine({})).runsOf(wanted)
        console.log(state.text)
      `,
      folder,
    )
    chmodSync(folder, 0o755)
    const { stdout } = run([process.execPath, file])
    expect(stdout).toBe('in use by a process of another user (uid 0)\n')
  })
})
