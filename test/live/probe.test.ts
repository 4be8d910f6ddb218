import { createSocket } from 'node:dgram'
import { connect, createServer, isIPv6 } from 'node:net'
import { describe, expect, test } from 'vitest'
import { addressesToProbe, type Binding, EVERYWHERE, probePorts } from '../../src/live/probe.js'
import { run } from '../support/compose.js'
import { bindUdp, bundle, freePort, listenTcp, temporaryFolder } from './support.js'

const ALL = addressesToProbe('', 'linux')

async function outcomes(protocol: 'tcp' | 'udp', port: number, addresses: readonly string[] = ALL) {
  const [bindings] = await probePorts([{ protocol, port, addresses }])
  return Object.fromEntries([...(bindings ?? [])].map(([address, { outcome }]) => [address, outcome]))
}

const hasIPv6 = Object.values(await outcomes('tcp', await freePort(), ['::1'])).includes('free')
const linux = process.platform === 'linux'

test.each([
  ['', 'linux', ['0.0.0.0', '127.0.0.1', '::', '::1']],
  ['0.0.0.0', 'linux', ['0.0.0.0', '127.0.0.1']],
  ['::', 'darwin', ['::', '::1']],
  ['127.0.0.2', 'linux', ['127.0.0.2']],
  ['127.0.0.2', 'darwin', ['127.0.0.2', '0.0.0.0']],
  ['::1', 'win32', ['::1', '::']],
])('a port on %j of %s is tried on %j', (address, platform, addresses) => {
  expect(addressesToProbe(address, platform)).toEqual(addresses)
})

describe.each(['tcp', 'udp'] as const)('a port of %s', (protocol) => {
  const take = (address: string) =>
    protocol === 'tcp'
      ? listenTcp({ host: address, ipv6Only: true })
      : bindUdp(isIPv6(address) ? 'udp6' : 'udp4', address)

  test('that nobody has is free, and stays so', async () => {
    const port = await freePort()
    for (let round = 0; round < 3; round += 1) {
      const found = new Set(Object.values(await outcomes(protocol, port)))
      found.delete('absent')
      expect([...found]).toEqual(['free'])
    }
  })
  test('that somebody has on all of IPv4 is held there', async () => {
    const found = await outcomes(protocol, await take('0.0.0.0'))
    expect(found).toMatchObject({ '0.0.0.0': 'held', '127.0.0.1': 'held' })
    if (hasIPv6) expect(found).toMatchObject({ '::': 'free', '::1': 'free' })
  })
  test('that somebody has on the loopback is held', async () => {
    expect(await outcomes(protocol, await take('127.0.0.1'))).toMatchObject({ '127.0.0.1': 'held' })
  })
  test.runIf(hasIPv6)('that somebody has on IPv6 only is held there', async () => {
    for (const address of ['::', '::1']) {
      const found = await outcomes(protocol, await take(address))
      expect(found).toMatchObject({ '0.0.0.0': 'free', '127.0.0.1': 'free', '::1': 'held' })
    }
  })
  test.runIf(linux)('that somebody has on one address is free on another', async () => {
    const port = await take('127.0.0.2')
    expect(await outcomes(protocol, port, ['127.0.0.2', '127.0.0.1', '0.0.0.0'])).toEqual({
      '127.0.0.2': 'held',
      '127.0.0.1': 'free',
      '0.0.0.0': 'held',
    })
  })
  test('on an address that is not here is absent', async () => {
    // TEST-NET-1 of RFC 5737 is nobody's.
    expect(await outcomes(protocol, await freePort(), ['192.0.2.1'])).toEqual({ '192.0.2.1': 'absent' })
  })
})

test.runIf(hasIPv6)('a listener on :: that takes IPv4 too holds both', async () => {
  const found = await outcomes('tcp', await listenTcp({ host: '::', ipv6Only: false }))
  expect(new Set(Object.values(found))).toEqual(new Set(['held']))
})

describe('everywhere', () => {
  const isHeld = async (port: number): Promise<boolean> =>
    Object.values(await outcomes('tcp', port, EVERYWHERE)).includes('held')

  test('nobody has a free port', async () => {
    expect(await isHeld(await freePort())).toBe(false)
  })
  test.each(['0.0.0.0', ...(linux ? ['127.0.0.1', '127.0.0.2'] : []), ...(hasIPv6 ? ['::', '::1'] : [])])(
    'somebody has a port on %s',
    async (address) => {
      expect(await isHeld(await listenTcp({ host: address, ipv6Only: true }))).toBe(true)
    },
  )
})

test('tcp and udp are told apart', async () => {
  const port = await listenTcp({ host: '127.0.0.1' })
  expect(await outcomes('udp', port, ['127.0.0.1'])).toEqual({ '127.0.0.1': 'free' })
})

test('a listener is not disturbed: nobody connects to it', async () => {
  let visits = 0
  const server = createServer(() => {
    visits += 1
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await outcomes('tcp', port)
  await new Promise((resolve) => void connect(port, '127.0.0.1').once('connect', resolve).unref())
  server.close()
  expect(visits).toBe(1)
})

test('a udp socket with a fixed peer holds its port', async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => void socket.connect(9, '127.0.0.1', resolve))
  const { port } = socket.address()
  expect(await outcomes('udp', port, ['0.0.0.0'])).toEqual({ '0.0.0.0': 'held' })
  socket.close()
})

test.runIf(linux)('5,000 ports of tcp and of udp need few file descriptors', () => {
  const file = bundle(
    `
      import { probePorts } from './src/live/probe.js'
      const addresses = ['0.0.0.0', '127.0.0.1', '::', '::1']
      const targets = []
      for (let port = 10_000; port < 15_000; port += 1)
        for (const protocol of ['tcp', 'udp'] as const) targets.push({ protocol, port, addresses })
      const results = await probePorts(targets)
      const outcomes: Record<string, number> = {}
      for (const bindings of results)
        for (const { outcome } of bindings.values()) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      console.log(JSON.stringify(outcomes))
    `,
    temporaryFolder(),
  )
  const { code, stdout, stderr } = run(['sh', '-c', 'ulimit -n 256; exec "$0" "$1"', process.execPath, file])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const outcomes = JSON.parse(stdout) as Record<Binding['outcome'], number>
  // EMFILE would be here.
  expect(outcomes.failed).toBeUndefined()
  expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(40_000)
  expect(outcomes.free).toBeGreaterThan(19_000)
})
