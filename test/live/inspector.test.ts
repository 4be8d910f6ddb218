import { describe, expect, test } from 'vitest'
import type { Container, PublishedRange } from '../../src/live/container.js'
import type { Engine } from '../../src/live/engine.js'
import { PortInspector, type PortState, type WantedPorts } from '../../src/live/inspector.js'
import type { Stack } from '../../src/live/stack.js'
import {
  containerOf,
  engineOf,
  everywhere,
  fakeMachine,
  LOCAL,
  SILENT,
  type World,
} from '../support/machine.js'

const first: Stack = { product: 'first', instance: null, project: 'first', directory: '/ws/products/first' }
const blue: Stack = { ...first, instance: 'blue', project: 'first-blue' }
const second: Stack = { ...first, product: 'second', project: 'second', directory: '/ws/products/second' }
const STACKS = [first, blue, second]

const of = ({ project, directory }: Stack): Container =>
  containerOf(`${project}-redis-1`, { project, service: 'redis', directory })
const range = (address: string, from: number, to = from, protocol = 'tcp'): PublishedRange => {
  return { protocol, address, from, to, target: 80 }
}

const REMOTE: Engine = { ...LOCAL, endpoint: 'ssh://me@host', remote: true }
const remotely = (engine: Engine): Engine => ({ ...engine, remote: true })

const wants = (extra: Partial<WantedPorts> = {}): WantedPorts => {
  return { protocol: 'tcp', address: '', from: 6971, to: 6971, stack: first, ...extra }
}

const inspectorOf = (machine: ReturnType<typeof fakeMachine>, engine: Engine = LOCAL) =>
  new PortInspector(machine, engine, STACKS)

const OWN = "in use by this product's own stack (redis)"
const DB = 'in use by container db, image redis:7'
const NODE = 'in use by node (pid 12)'
const SOME_CONTAINER = 'in use by a container, not known which'

const elsewhere = '/elsewhere/products/first'
const otherCheckout = { ...of(first), directory: elsewhere }
const running = (container: Container) => engineOf([container, everywhere(6971)])

type Row = readonly [what: string, world: World, wanted: Partial<WantedPorts>, kind: string, text: string]

describe('a container', () => {
  const rows: readonly Row[] = [
    ['of the stack is its own', { engine: running(of(first)) }, {}, 'own', OWN],
    [
      'of the stack without a service has its name',
      { engine: running({ ...of(first), service: null }) },
      {},
      'own',
      "in use by this product's own stack (first-redis-1)",
    ],
    [
      'whose folder goes by another name is its own',
      { engine: running(otherCheckout), links: { [elsewhere]: first.directory } },
      {},
      'own',
      OWN,
    ],
    [
      'is its own also where the other name is ours',
      { engine: running(otherCheckout), links: { [first.directory]: elsewhere } },
      {},
      'own',
      OWN,
    ],
    [
      'of an old Compose has no folder',
      { engine: running({ ...of(first), directory: null }) },
      {},
      'own',
      OWN,
    ],
    [
      'of an old Compose has no folder behind a remote engine either',
      { engine: remotely(running({ ...of(first), directory: null })) },
      {},
      'own',
      OWN,
    ],
    [
      'whose folder is gone is its own: the folder has moved',
      { engine: running(otherCheckout), links: { [elsewhere]: null } },
      {},
      'own',
      OWN,
    ],
    [
      'whose folder is gone is still of its project only',
      { engine: running({ ...of(second), directory: elsewhere }), links: { [elsewhere]: null } },
      {},
      'held',
      'in use by second (container second-redis-1 of project second)',
    ],
    [
      'of a remote engine may have its folder on another machine',
      { engine: remotely(running(otherCheckout)), links: { [elsewhere]: null } },
      {},
      'held',
      'in use by container first-redis-1 of project first',
    ],
    [
      'of the same project from another folder is another checkout',
      { engine: running(otherCheckout) },
      {},
      'elsewhere',
      `in use by this product's project, started from ${elsewhere} (redis)`,
    ],
    [
      'of another product names it',
      { engine: running(of(second)) },
      {},
      'held',
      'in use by second (container second-redis-1 of project second)',
    ],
    [
      'of an instance of the same product is of another stack',
      { engine: running(of(blue)) },
      {},
      'held',
      'in use by first@blue (container first-blue-redis-1 of project first-blue)',
    ],
    [
      'may be a product’s where nobody owns the port',
      { engine: running(of(first)) },
      { stack: null },
      'held',
      'in use by first (container first-redis-1 of project first)',
    ],
    ['without Compose is just that', { engine: running(containerOf('db')) }, {}, 'held', DB],
    [
      'of a stranger on one address counts for more than the own stack on another',
      {
        engine: engineOf(
          [of(first), [range('127.0.0.1', 6971)]],
          [containerOf('db'), [range('127.0.0.2', 6971)]],
        ),
      },
      {},
      'held',
      DB,
    ],
    [
      'on another address is not in the way',
      { engine: engineOf([containerOf('db'), [range('127.0.0.1', 6971)]]) },
      { address: '127.0.0.2' },
      'free',
      'free',
    ],
    [
      'on all of IPv4 is in the way of one address',
      { engine: engineOf([containerOf('db'), [range('0.0.0.0', 6971)]]) },
      { address: '127.0.0.2' },
      'held',
      DB,
    ],
    [
      'may have its address spelled in another way',
      { engine: engineOf([containerOf('db'), [range('::1', 6971)]]) },
      { address: '0:0:0:0:0:0:0:1' },
      'held',
      DB,
    ],
    [
      'on TCP is not in the way of UDP',
      { engine: running(containerOf('db')) },
      { protocol: 'udp' },
      'free',
      'free',
    ],
    [
      'is known behind docker-proxy',
      { engine: running(containerOf('db')), sockets: [{}], holders: { 1: { name: 'docker-proxy' } } },
      {},
      'held',
      DB,
    ],
    [
      'on the host’s network is known by its process',
      { engine: engineOf([of(first), []]), sockets: [{}], holders: { 1: { container: of(first).id } } },
      {},
      'own',
      OWN,
    ],
    [
      'of another engine is a process',
      { sockets: [{}], holders: { 1: { name: 'redis', container: 'ffff' } } },
      {},
      'held',
      'in use by redis (pid 12)',
    ],
    [
      'is behind docker-proxy, not known which, if the engine does not answer',
      { engine: SILENT, sockets: [{}], holders: { 1: { name: 'docker-proxy' } } },
      {},
      'container',
      SOME_CONTAINER,
    ],
    [
      'on the host’s network is not known either if the engine does not answer',
      { engine: SILENT, sockets: [{}], holders: { 1: { name: 'redis', container: 'ffff' } } },
      {},
      'container',
      SOME_CONTAINER,
    ],
    [
      'is behind docker-proxy of another engine if ours answers without it',
      { sockets: [{}], holders: { 1: { name: 'docker-proxy' } } },
      {},
      'held',
      'in use by docker-proxy (pid 12)',
    ],
  ]
  test.each(rows)('%s', expectState)
})

describe('a remote engine', () => {
  const rows: readonly Row[] = [
    [
      'has the last word, whatever listens here',
      { engine: REMOTE, sockets: [{}] },
      {},
      'free',
      'free, as far as the Docker engine knows',
    ],
    [
      'names its containers',
      { engine: remotely(running(of(second))) },
      {},
      'held',
      'in use by second (container second-redis-1 of project second)',
    ],
    [
      'that does not answer leaves all unknown',
      { engine: remotely(SILENT) },
      {},
      'unknown',
      'unknown: the Docker engine does not answer (no answer within 3 s)',
    ],
  ]
  test.each(rows)('%s', expectState)
})

describe('on this machine', () => {
  const holders = { 1: {} }
  const rows: readonly Row[] = [
    ['a port that nobody has is free', {}, {}, 'free', 'free'],
    ['no engine is no obstacle', { engine: SILENT }, {}, 'free', 'free'],
    ['a process is named', { sockets: [{}], holders }, {}, 'held', NODE],
    ['a process is named without an engine', { engine: SILENT, sockets: [{}], holders }, {}, 'held', NODE],
    ['a listener on IPv6 only is in the way', { sockets: [{ address: '::1' }], holders }, {}, 'held', NODE],
    [
      'one on another address is not',
      { sockets: [{ address: '127.0.0.1' }] },
      { address: '127.0.0.2' },
      'free',
      'free',
    ],
    ['one on another port is not', { sockets: [{ port: 6972 }] }, {}, 'free', 'free'],
    ['one of UDP is not in the way of TCP', { sockets: [{ protocol: 'udp' }] }, {}, 'free', 'free'],
    ['nor one of TCP in that of UDP', { sockets: [{}] }, { protocol: 'udp' }, 'free', 'free'],
    [
      'one on :: is in the way of an IPv4 address if it takes IPv4, too',
      { sockets: [{ address: '::' }], holders, bindings: { 'tcp/6971/127.0.0.1': 'held' } },
      { address: '127.0.0.1' },
      'held',
      NODE,
    ],
    ['and else not', { sockets: [{ address: '::' }] }, { address: '127.0.0.1' }, 'free', 'free'],
    [
      'a connection is in the way if it does not share its port',
      { sockets: [{ listening: false }], holders, bindings: { 'tcp/6971': 'held' } },
      {},
      'held',
      NODE,
    ],
    ['and else not: its listener has gone', { sockets: [{ listening: false }] }, {}, 'free', 'free'],
    [
      'a port below 1024 that may not be bound is held by the socket in question',
      { sockets: [{ address: '::', port: 80 }], holders, bindings: { 'tcp/80': 'forbidden' } },
      { from: 80, to: 80, address: '127.0.0.1' },
      'held',
      NODE,
    ],
    [
      'a port below 1024 is free if nobody has it',
      { bindings: { 'tcp/80': 'forbidden' } },
      { from: 80, to: 80 },
      'free',
      'free',
    ],
    [
      'another user’s process is not named',
      { sockets: [{ uid: 0 }] },
      {},
      'held',
      'in use by a process of another user (uid 0)',
    ],
    [
      'a process of our own may be out of sight',
      { sockets: [{}] },
      {},
      'held',
      'in use by a process that is not visible here, such as one in another container',
    ],
    [
      'an address that the machine lacks is reported',
      { bindings: { 'tcp/0/192.0.2.1': 'absent' } },
      { address: '192.0.2.1' },
      'unknown',
      'unknown: this machine does not have the address 192.0.2.1',
    ],
    [
      'ports of sctp are not known',
      {},
      { protocol: 'sctp' },
      'unknown',
      'unknown: sctp ports cannot be checked',
    ],
    [
      'a port that Docker picks is not known',
      {},
      { from: 0, to: 0 },
      'unknown',
      'unknown: Docker chooses a random port',
    ],
    [
      'a port over 65535 is none',
      {},
      { from: 65535, to: 65536 },
      'unknown',
      'unknown: there is no such port',
    ],
    ['65535 is one', {}, { from: 65535, to: 65535 }, 'free', 'free'],
  ]
  test.each(rows)('%s', expectState)
})

describe('where the system lists no sockets', () => {
  const rows: readonly Row[] = [
    ['a port that can be bound is free', { sockets: null }, {}, 'free', 'free'],
    [
      'one that cannot has a holder without a name',
      { sockets: null, bindings: { 'tcp/6971': 'held' } },
      {},
      'held',
      'in use by a process that this system does not identify',
    ],
    [
      'one that the user may not bind is unknown',
      { sockets: null, bindings: { 'tcp/80': 'forbidden' } },
      { from: 80, to: 80 },
      'unknown',
      'unknown: you may not bind it (ECODE)',
    ],
    [
      'one that fails to be bound is unknown',
      { sockets: null, bindings: { 'tcp/6971': 'failed' } },
      {},
      'unknown',
      'unknown: binding it failed (ECODE)',
    ],
    [
      'a machine without any address is reported',
      { sockets: null, bindings: { 'tcp/6971': 'absent' } },
      {},
      'unknown',
      'unknown: this machine does not have the address 0.0.0.0',
    ],
  ]
  test.each(rows)('%s', expectState)
})

async function expectState(...[, world, wanted, kind, text]: Row): Promise<void> {
  const [state] = await inspectorOf(fakeMachine(world), world.engine).runsOf(wants(wanted))
  expect({ kind: state?.kind, text: state?.text }).toEqual({ kind, text })
}

test('a machine whose engine is not asked has no word about containers', async () => {
  const inspector = new PortInspector(fakeMachine({ sockets: [{}], holders: { 1: {} } }))
  const [state] = await inspector.runsOf(wants())
  expect(state).toMatchObject<Partial<PortState>>({ kind: 'held', text: NODE })
})

describe('what is asked of the machine', () => {
  test('nothing is bound where sockets are listed, so that no two runs are in each other’s way', async () => {
    const machine = fakeMachine({ sockets: [{}] })
    const inspector = inspectorOf(machine)
    await inspector.runsOf(wants({ from: 6970, to: 6980 }))
    await inspector.runsOf(wants({ protocol: 'udp' }))
    expect(machine.asked).toEqual(['holders of 1'])
  })
  test('an address of its own is tried on no port', async () => {
    const machine = fakeMachine()
    await inspectorOf(machine).runsOf(wants({ address: '127.0.0.1' }))
    expect(machine.asked).toEqual(['tcp/0/127.0.0.1'])
  })
  test('nothing is bound that a container has, and nothing for a remote engine', async () => {
    for (const engine of [running(of(second)), REMOTE]) {
      const machine = fakeMachine({ sockets: null })
      await inspectorOf(machine, engine).runsOf(wants())
      expect(machine.asked).toEqual([])
    }
  })
  test('processes are looked up once', async () => {
    const sockets = [{ inode: 1 }, { port: 6972, inode: 2 }, { port: 6972, address: '::', inode: 3 }]
    const machine = fakeMachine({ sockets })
    await inspectorOf(machine).runsOf(wants({ to: 6973 }))
    expect(machine.asked).toEqual(['holders of 1,2,3'])
  })
})

describe('the holder', () => {
  const holderOf = async (world: World, wanted: Partial<WantedPorts> = {}) =>
    (await inspectorOf(fakeMachine(world), world.engine).runsOf(wants(wanted)))[0]?.holder
  const nobody = { pid: null, command: null, container: null, project: null, folder: null }
  const { directory: folder, project } = second
  const command = 'python3 -m http.server 6971'
  test.each<[string, World, object | null]>([
    ['of a free port is none', {}, null],
    ['is a process', { sockets: [{}], holders: { 1: { command } } }, { kind: 'process', pid: 12, command }],
    ['is a process that is not known', { sockets: [{}] }, { kind: 'process' }],
    [
      'is a container',
      { engine: running(of(second)) },
      { kind: 'container', container: 'second-redis-1', project, folder },
    ],
    [
      'is a container that is not known',
      { engine: SILENT, sockets: [{}], holders: { 1: { name: 'docker-proxy' } } },
      { kind: 'container' },
    ],
  ])('%s', async (_, world, holder) => {
    expect(await holderOf(world)).toEqual(holder && { ...nobody, ...holder })
  })
  test('is named with its command line, which is shortened', async () => {
    const textOf = async (words: string) => {
      const world = { sockets: [{}], holders: { 1: { name: 'python3', command: words } } }
      return (await inspectorOf(fakeMachine(world)).runsOf(wants()))[0]?.text
    }
    expect(await textOf(command)).toBe(`in use by python3 (pid 12: ${command})`)
    expect(await textOf('x'.repeat(81))).toBe(`in use by python3 (pid 12: ${'x'.repeat(80)}…)`)
  })
})

test('a range is told in runs of one state', async () => {
  const world = {
    engine: engineOf([of(first), [range('0.0.0.0', 8001, 8003)]]),
    sockets: [{ port: 8005 }, { port: 8006, inode: 2 }],
    holders: { 1: { pid: 1 }, 2: { pid: 2 } },
  }
  const runs = await inspectorOf(fakeMachine(world), world.engine).runsOf(wants({ from: 8000, to: 8008 }))
  expect(runs.map(({ from, to, text }) => [from, to, text])).toEqual([
    [8000, 8000, 'free'],
    [8001, 8003, OWN],
    [8004, 8004, 'free'],
    [8005, 8005, 'in use by node (pid 1)'],
    [8006, 8006, 'in use by node (pid 2)'],
    [8007, 8008, 'free'],
  ])
})
