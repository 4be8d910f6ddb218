import { describe, expect, test } from 'vitest'
import type { Container, PublishedRange } from '../../src/live/container.js'
import { describeEngine, describeState } from '../../src/live/describe.js'
import type { Engine } from '../../src/live/docker.js'
import type { Machine } from '../../src/live/look.js'
import { lookAtPorts } from '../../src/live/ports.js'
import type { Binding, ProbeTarget } from '../../src/live/probe.js'
import type { Socket } from '../../src/live/sockets.js'
import type { PortState, Stack, WantedPorts } from '../../src/live/state.js'

const first: Stack = { product: 'first', instance: null, project: 'first', directory: '/ws/products/first' }
const blue: Stack = { ...first, instance: 'blue', project: 'first-blue' }
const second: Stack = { ...first, product: 'second', project: 'second', directory: '/ws/products/second' }
const STACKS = [first, blue, second]

const container = (name: string, extra: Partial<Container> = {}): Container => {
  return { id: name, name, image: 'redis:7', project: null, service: null, directory: null, ...extra }
}
const of = ({ project, directory }: Stack) =>
  container(`${project}-redis-1`, { project, service: 'redis', directory })
const range = (address: string, from: number, to = from, protocol = 'tcp'): PublishedRange => {
  return { protocol, address, from, to }
}
const everywhere = (port: number) => [range('0.0.0.0', port), range('::', port)]

const LOCAL: Engine = {
  endpoint: 'unix:///var/run/docker.sock',
  remote: false,
  containers: [],
  silence: null,
}
const NO_CLIENT: Engine = {
  ...LOCAL,
  containers: null,
  silence: { code: 'no-client', reason: 'no docker client is installed' },
}
const REMOTE: Engine = { ...LOCAL, endpoint: 'ssh://me@host', remote: true }
const SILENT_REMOTE: Engine = {
  ...REMOTE,
  containers: null,
  silence: { code: 'timeout', reason: 'no answer' },
}

function engine(...all: [Container, PublishedRange[]][]): Engine {
  return { ...LOCAL, containers: all.map(([one, published]) => ({ container: one, published })) }
}

interface World {
  engine?: Engine
  platform?: string
  /** What is in the way of a bind, by `protocol/port` or `protocol/port/address`; what is not named is free. */
  bindings?: Record<string, Binding['outcome']>
  sockets?: Partial<Socket>[] | null
  holders?: Record<number, { pid: number; name: string; container?: string }>
  links?: Record<string, string>
}

function machine(world: World = {}) {
  const probed: ProbeTarget[] = []
  const asked: number[][] = []
  const fake: Machine = {
    platform: world.platform ?? 'linux',
    uid: 1000,
    engine: async () => world.engine ?? LOCAL,
    probe: async (targets) => {
      probed.push(...targets)
      return targets.map(({ protocol, port, addresses }) => {
        const outcome = (address: string) =>
          world.bindings?.[`${protocol}/${port}/${address}`] ??
          world.bindings?.[`${protocol}/${port}`] ??
          'free'
        return new Map(addresses.map((one) => [one, { outcome: outcome(one), code: 'ECODE' }]))
      })
    },
    sockets: () => {
      if (world.sockets === null) return null
      const plain = {
        protocol: 'tcp',
        address: '0.0.0.0',
        port: 6971,
        listening: true,
        uid: 1000,
        inode: 1,
      } as const
      return (world.sockets ?? []).map((socket) => ({ ...plain, ...socket }))
    },
    holders: (inodes) => {
      asked.push([...inodes])
      const known = Object.entries(world.holders ?? {})
      return new Map(known.map(([inode, holder]) => [Number(inode), { container: null, ...holder }]))
    },
    sameFolder: (a, b) => world.links?.[a] === b || world.links?.[b] === a,
  }
  return { fake, probed, asked }
}

const wants = (extra: Partial<WantedPorts> = {}): WantedPorts => {
  return { protocol: 'tcp', address: '', from: 6971, to: 6971, stack: first, ...extra }
}

async function stateOf(world: World, wanted: Partial<WantedPorts> = {}): Promise<PortState> {
  const report = await lookAtPorts([wants(wanted)], STACKS, machine(world).fake)
  return report.ports[0]!.runs[0]!.state
}

const HELD = { 'tcp/6971': 'held' } as const
const otherCheckout = { ...of(first), directory: '/elsewhere/products/first' }
const rows: [string, World, Partial<WantedPorts>, PortState][] = [
  ['a port that can be bound is free', {}, {}, { kind: 'free', by: 'bind' }],
  ['no engine is no obstacle', { engine: NO_CLIENT }, {}, { kind: 'free', by: 'bind' }],
  [
    'a container of the stack is its own',
    { engine: engine([of(first), everywhere(6971)]) },
    {},
    { kind: 'own', container: of(first) },
  ],
  [
    'also if its folder goes by another name',
    {
      engine: engine([otherCheckout, everywhere(6971)]),
      links: { '/elsewhere/products/first': first.directory },
    },
    {},
    { kind: 'own', container: otherCheckout },
  ],
  [
    'also if it has no folder (an old Compose)',
    { engine: engine([{ ...of(first), directory: null }, everywhere(6971)]) },
    {},
    { kind: 'own', container: { ...of(first), directory: null } },
  ],
  [
    'the same project from another folder is another checkout',
    { engine: engine([otherCheckout, everywhere(6971)]) },
    {},
    { kind: 'container', container: otherCheckout },
  ],
  [
    'another product is named',
    { engine: engine([of(second), everywhere(6971)]) },
    {},
    { kind: 'other-product', stack: second, container: of(second) },
  ],
  [
    'an instance of the same product is another stack',
    { engine: engine([of(blue), everywhere(6971)]) },
    {},
    { kind: 'other-product', stack: blue, container: of(blue) },
  ],
  [
    'a port that nobody owns may be a product’s',
    { engine: engine([of(first), everywhere(6971)]) },
    { stack: null },
    { kind: 'other-product', stack: first, container: of(first) },
  ],
  [
    'a container without Compose is just that',
    { engine: engine([container('db'), everywhere(6971)]) },
    {},
    { kind: 'container', container: container('db') },
  ],
  [
    'a stranger on one address counts for more than the own stack on another',
    {
      engine: engine([of(first), [range('127.0.0.1', 6971)]], [container('db'), [range('127.0.0.2', 6971)]]),
    },
    {},
    { kind: 'container', container: container('db') },
  ],
  [
    'a container on another address is not in the way',
    { engine: engine([container('db'), [range('127.0.0.1', 6971)]]) },
    { address: '127.0.0.2' },
    { kind: 'free', by: 'bind' },
  ],
  [
    'a container on all of IPv4 is in the way of one address',
    { engine: engine([container('db'), [range('0.0.0.0', 6971)]]) },
    { address: '127.0.0.2' },
    { kind: 'container', container: container('db') },
  ],
  [
    'an address may be spelled in several ways',
    { engine: engine([container('db'), [range('::1', 6971)]]) },
    { address: '0:0:0:0:0:0:0:1' },
    { kind: 'container', container: container('db') },
  ],
  [
    'udp and tcp are told apart',
    { engine: engine([container('db'), everywhere(6971)]) },
    { protocol: 'udp' },
    { kind: 'free', by: 'bind' },
  ],
  [
    'a process is named',
    { bindings: HELD, sockets: [{}], holders: { 1: { pid: 12, name: 'node' } } },
    {},
    { kind: 'process', pid: 12, name: 'node' },
  ],
  [
    'docker-proxy is a process like any other if the engine does not answer',
    { engine: NO_CLIENT, bindings: HELD, sockets: [{}], holders: { 1: { pid: 12, name: 'docker-proxy' } } },
    {},
    { kind: 'process', pid: 12, name: 'docker-proxy' },
  ],
  [
    'docker-proxy gives way to its container',
    {
      engine: engine([container('db'), everywhere(6971)]),
      bindings: HELD,
      sockets: [{}],
      holders: { 1: { pid: 12, name: 'docker-proxy' } },
    },
    {},
    { kind: 'container', container: container('db') },
  ],
  [
    'a process in a container on the host’s network is the container',
    {
      engine: engine([of(first), []]),
      bindings: HELD,
      sockets: [{}],
      holders: { 1: { pid: 12, name: 'redis', container: of(first).id } },
    },
    {},
    { kind: 'own', container: of(first) },
  ],
  [
    'a process in a container of another engine is a process',
    { bindings: HELD, sockets: [{}], holders: { 1: { pid: 12, name: 'redis', container: 'ffff' } } },
    {},
    { kind: 'process', pid: 12, name: 'redis' },
  ],
  [
    'held on IPv6 only is held',
    {
      bindings: { 'tcp/6971/::1': 'held' },
      sockets: [{ address: '::1' }],
      holders: { 1: { pid: 12, name: 'x' } },
    },
    {},
    { kind: 'process', pid: 12, name: 'x' },
  ],
  [
    'another user’s process is not named',
    { bindings: HELD, sockets: [{ uid: 0 }] },
    {},
    { kind: 'held', reason: 'a process of another user (uid 0)' },
  ],
  [
    'a process of our own that is not to be seen',
    { bindings: HELD, sockets: [{}] },
    {},
    { kind: 'held', reason: 'a process out of sight, such as one in another container' },
  ],
  [
    'a system that lists no sockets names nobody',
    { bindings: HELD, sockets: null, platform: 'darwin' },
    {},
    { kind: 'held', reason: 'a process that this system does not name' },
  ],
  [
    'a port that may not be bound is free if nobody has it',
    { bindings: { 'tcp/80': 'forbidden' }, sockets: [] },
    { from: 80, to: 80 },
    { kind: 'free', by: 'sockets' },
  ],
  [
    'a port that may not be bound has a holder if somebody has it',
    { bindings: { 'tcp/80': 'forbidden' }, sockets: [{ port: 80, uid: 33 }] },
    { from: 80, to: 80 },
    { kind: 'held', reason: 'a process of another user (uid 33)' },
  ],
  [
    'a port that may not be bound is unknown where sockets are not listed',
    { bindings: { 'tcp/80': 'forbidden' }, sockets: null, platform: 'darwin' },
    { from: 80, to: 80 },
    { kind: 'unknown', reason: 'you may not bind it (ECODE)' },
  ],
  [
    'a machine without IPv6 is fine',
    { bindings: { 'tcp/6971/::': 'absent', 'tcp/6971/::1': 'absent' } },
    {},
    { kind: 'free', by: 'bind' },
  ],
  [
    'an address of its own that the machine lacks is told',
    { bindings: { 'tcp/6971': 'absent' } },
    { address: '192.0.2.1' },
    { kind: 'unknown', reason: 'this machine does not have the address 192.0.2.1' },
  ],
  [
    'also where the wildcard was tried too',
    { bindings: { 'tcp/6971/192.0.2.1': 'absent' }, platform: 'darwin' },
    { address: '192.0.2.1' },
    { kind: 'unknown', reason: 'this machine does not have the address 192.0.2.1' },
  ],
  [
    'what fails for another reason is unknown',
    { bindings: { 'tcp/6971': 'failed' } },
    {},
    { kind: 'unknown', reason: 'it could not be tried (ECODE)' },
  ],
  [
    'sctp cannot be tried',
    {},
    { protocol: 'sctp' },
    { kind: 'unknown', reason: expect.stringContaining('sctp') },
  ],
  [
    'a port left to chance',
    {},
    { from: 0, to: 0 },
    { kind: 'unknown', reason: 'the port is left to chance' },
  ],
  ['no port at all', {}, { from: 65536, to: 65536 }, { kind: 'unknown', reason: 'there is no such port' }],
  [
    'a remote engine: free by its word alone, whatever listens here',
    { engine: REMOTE, bindings: HELD },
    {},
    { kind: 'free', by: 'engine' },
  ],
  [
    'a remote engine names its containers',
    { engine: { ...engine([of(second), everywhere(6971)]), remote: true } },
    {},
    { kind: 'other-product', stack: second, container: of(second) },
  ],
  [
    'a remote engine that does not answer leaves all unknown',
    { engine: SILENT_REMOTE },
    {},
    { kind: 'unknown', reason: 'the Docker engine is remote and does not answer: no answer' },
  ],
]

test.each(rows)('%s', async (_, world, wanted, state) => {
  expect(await stateOf(world, wanted)).toEqual(state)
})

describe('what is asked of the machine', () => {
  test('nothing is bound that a container has, and nothing for a remote engine', async () => {
    for (const world of [{ engine: engine([of(second), everywhere(6971)]) }, { engine: REMOTE }]) {
      const { fake, probed } = machine(world)
      await lookAtPorts([wants()], STACKS, fake)
      expect(probed).toEqual([])
    }
  })
  test('a port that several want is tried once, on all their addresses', async () => {
    const { fake, probed } = machine()
    await lookAtPorts(
      [wants(), wants({ address: '127.0.0.1', stack: second }), wants({ address: '127.0.0.2' })],
      STACKS,
      fake,
    )
    const addresses = ['0.0.0.0', '127.0.0.1', '::', '::1', '127.0.0.2']
    expect(probed).toEqual([{ protocol: 'tcp', port: 6971, addresses }])
  })
  test('processes are looked up once, for the ports that are held', async () => {
    const sockets = [
      { port: 1, inode: 1 },
      { port: 6971, inode: 2 },
      { port: 6972, inode: 3 },
    ]
    const { fake, asked } = machine({ bindings: { 'tcp/6971': 'held', 'tcp/6972': 'held' }, sockets })
    await lookAtPorts([wants({ to: 6973 })], STACKS, fake)
    expect(asked).toEqual([[2, 3]])
  })
})

test('the answers stand in the order of the questions, each with what was asked', async () => {
  const wanted = [
    { ...wants({ from: 9, to: 9 }), id: 'a' },
    { ...wants(), id: 'b' },
  ]
  const report = await lookAtPorts(wanted, STACKS, machine().fake)
  expect(report.ports.map(({ wanted: { id } }) => id)).toEqual(['a', 'b'])
  expect(report.engine).toBe(LOCAL)
})

test('a range is told in runs of one state', async () => {
  const world = {
    engine: engine([of(first), [range('0.0.0.0', 8001, 8003)]]),
    bindings: { 'tcp/8005': 'failed' },
  } as const
  const report = await lookAtPorts([wants({ from: 8000, to: 8005 })], STACKS, machine(world).fake)
  expect(report.ports[0]!.runs.map(({ from, to, state }) => [from, to, state.kind])).toEqual([
    [8000, 8000, 'free'],
    [8001, 8003, 'own'],
    [8004, 8004, 'free'],
    [8005, 8005, 'unknown'],
  ])
})

describe('in words', () => {
  test.each<[PortState, string]>([
    [{ kind: 'free', by: 'bind' }, 'free'],
    [{ kind: 'free', by: 'engine' }, 'free, as far as the Docker engine knows'],
    [{ kind: 'own', container: of(first) }, "in use by this product's own stack (redis)"],
    [
      { kind: 'other-product', stack: blue, container: of(blue) },
      'in use by first@blue (container first-blue-redis-1 of project first-blue)',
    ],
    [{ kind: 'container', container: container('db') }, 'in use by container db, image redis:7'],
    [{ kind: 'process', pid: 12, name: 'node' }, 'in use by process node (pid 12)'],
    [{ kind: 'held', reason: 'somebody' }, 'in use by somebody'],
    [{ kind: 'unknown', reason: 'why' }, 'unknown: why'],
  ])('%j', (state, text) => {
    expect(describeState(state)).toBe(text)
  })
  test.each<[Engine, string | null]>([
    [LOCAL, null],
    [NO_CLIENT, 'Containers are not known: no docker client is installed.'],
    [
      REMOTE,
      'Ports are as the remote Docker engine ssh://me@host tells; what else listens there is not known.',
    ],
    [
      SILENT_REMOTE,
      'Containers are not known: the remote Docker engine ssh://me@host does not answer (no answer).',
    ],
  ])('%j', (one, text) => {
    expect(describeEngine(one)).toBe(text)
  })
})
