/** `ports --live`, `check --live` and `whois`, from the outside: who uses a port right now. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { containerOf, engineOf, everywhere, LOCAL, SILENT, type World } from '../support/machine.js'
import { makeWorkspace } from '../support/workspace.js'

/** The web of `shop` has port 8000, and that of `blog` port 8100. */
const here = makeWorkspace({
  'products/blog/.env': 'WEB_HOST_PORT=8100\n',
  'products/shop/.env': 'WEB_HOST_PORT=8000\n',
})
const SHOP = containerOf('shop-web-1', {
  project: 'shop',
  service: 'web',
  directory: here.path('products/shop'),
})
const NODE: World = { sockets: [{ port: 8000 }], holders: { 1: { pid: 12, name: 'node' } } }
const SOME_CONTAINER: World = { ...NODE, engine: SILENT, holders: { 1: { name: 'docker-proxy' } } }

describe('product ports --live', () => {
  const nowOf = async (machine: World) => {
    const { stdout } = await product('ports --live --json', here, { machine })
    return (JSON.parse(stdout) as { ports: { now: string }[] }).ports.map(({ now }) => now)
  }
  test.each<[string, World, string]>([
    ['nobody', {}, 'free'],
    [
      'the own stack',
      { engine: engineOf([SHOP, everywhere(8000)]) },
      "in use by this product's own stack (web)",
    ],
    ['a process', NODE, 'in use by node (pid 12)'],
    ['some container', SOME_CONTAINER, 'in use by a container, not known which'],
  ])('knows %s', async (_, machine, now) => {
    expect(await nowOf(machine)).toEqual(['free', now])
  })

  test('knows the stack of an instance by its project name', async () => {
    const two = makeWorkspace({
      'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
      'products/shop/product.yaml': 'offset: 0\ninstances: { blue: { offset: 5 } }\n',
    })
    await product('env --merge shop --instance blue', two)
    const blue = containerOf('x', { project: 'shop-blue', directory: two.path('products/shop') })
    const machine = { engine: engineOf([blue, [...everywhere(8000), ...everywhere(8005)]]) }
    const { stdout } = await product('ports --live', two, { machine })
    expect(stdout).toMatch(/ shop {2}.* in use by shop@blue \(container x of project shop-blue\)$/m)
    expect(stdout).toMatch(/ shop@blue .* in use by this product's own stack \(x\)$/m)
  })

  test('lists the holders in JSON', async () => {
    const machine = { engine: engineOf([SHOP, everywhere(8000)]) }
    const { stdout } = await product('ports --live --json', here, { machine })
    const { ports } = JSON.parse(stdout) as { ports: { holders: object[] }[] }
    const { name: container, project, directory: folder } = SHOP
    const own = { kind: 'container', pid: null, command: null, container, project, folder }
    expect(ports.map(({ holders }) => holders)).toEqual([
      [],
      [{ protocol: 'tcp', from: 8000, to: 8000, ...own }],
    ])
  })

  test.each<[string, World, string]>([
    ['that is free now', {}, 'runs on 7990; up -d moves it'],
    ['that somebody else has', NODE, 'in use by node (pid 12); runs on 7990; up -d moves it'],
  ])('says where the service runs that gets a port %s', async (_, world, now) => {
    const moved = makeWorkspace({
      'products/shop/.env': 'WEB_HOST_PORT=8000\nMORE_HOST_PORT=8001\n',
      'products/shop/compose.yaml':
        'services: { web: { image: a, ports: ["${WEB_HOST_PORT}:80", "${MORE_HOST_PORT}:81", "82"] } }\n',
    })
    const web = { ...SHOP, directory: moved.path('products/shop') }
    // As docker ps joins adjacent ports.
    const published = [
      { protocol: 'tcp', address: '0.0.0.0', from: 7989, to: 7990, target: 79 },
      ...everywhere(8001, 81),
    ]
    const machine = { ...world, engine: engineOf([web, [...published, ...everywhere(49153, 82)]]) }
    const { stdout } = await product('ports --live', moved, { machine })
    expect(stdout).toMatch(new RegExp(` 8000 .* ${escaped(now)}\n`))
    expect(stdout).toMatch(/ 8001 .* in use by this product's own stack \(web\)\n/)
    expect(stdout.match(/runs on/g)).toHaveLength(1)
  })

  test('says of a range which ports of it', async () => {
    const range = makeWorkspace({ 'products/shop/.env': 'WEB_HOST_PORT=7999-8001\n' })
    const { stdout } = await product('ports --live', range, { machine: NODE })
    expect(stdout).toContain('  7999 free, 8000 in use by node (pid 12), 8001 free\n')
  })
})

describe('product check --live', () => {
  test.each<[string, World, string, number]>([
    ['nobody', {}, '0 collisions, 0 hazards', 0],
    ['the own stack', { engine: engineOf([SHOP, everywhere(8000)]) }, '0 collisions, 0 hazards', 0],
    ['some container, which may be the own', SOME_CONTAINER, '0 collisions, 0 hazards', 0],
    ['a process', NODE, '0 collisions, 1 held by others, 0 hazards', 1],
    [
      'another product',
      { engine: engineOf([{ ...SHOP, project: 'blog' }, everywhere(8000)]) },
      '0 collisions, 1 held by others, 0 hazards',
      1,
    ],
  ])('with a port of %s', async (_, machine, found, exitCode) => {
    const result = await product('check --live', here, { machine })
    expect(result.stdout).toContain(found)
    expect(result.exitCode).toBe(exitCode)
  })

  test('counts a range of which somebody else has a port, and some container another', async () => {
    const range = makeWorkspace({ 'products/shop/.env': 'WEB_HOST_PORT=8000-8001\n' })
    const sockets = [{ port: 8000 }, { port: 8001, inode: 2 }]
    const machine = { ...SOME_CONTAINER, sockets, holders: { ...SOME_CONTAINER.holders, 2: {} } }
    const { stdout, exitCode } = await product('check --live', range, { machine })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(': 8000 in use by a container, not known which, 8001 in use by node (pid 12)')
  })

  test('says who holds which claim', async () => {
    const { stdout } = await product('check --live', here, { machine: NODE })
    expect(stdout).toContain(
      'products/shop/.env:1: error: shop WEB_HOST_PORT 8000: in use by node (pid 12) [held]\n',
    )
    const { stdout: json } = await product('check --live --format json', here, { machine: NODE })
    expect(JSON.parse(json)).toMatchObject({
      held: [
        {
          by: 'in use by node (pid 12)',
          holders: [{ kind: 'process', pid: 12, protocol: 'tcp', from: 8000, to: 8000 }],
          claim: { product: 'shop' },
        },
      ],
    })
  })

  test('does not look without --live', async () => {
    const { stdout, stderr, exitCode } = await product('check', here, {
      machine: { ...NODE, engine: SILENT },
    })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).not.toContain('held')
  })

  test('takes the ephemeral ports from the machine', async () => {
    const high = makeWorkspace({ 'products/shop/.env': 'WEB_HOST_PORT=32768\n' })
    expect((await product('check', high)).stdout).toContain('[ephemeral]')
  })
})

describe('product whois', () => {
  test.each<[string, World, string]>([
    ['nobody', {}, '  now: free\n'],
    [
      'a process',
      { ...NODE, sockets: [{ port: 8000, address: '127.0.0.1' }] },
      '  now: tcp in use by node (pid 12)\n',
    ],
    [
      'TCP and of UDP',
      { ...NODE, sockets: [{ port: 8000 }, { port: 8000, protocol: 'udp' }] },
      '  now: tcp in use by node (pid 12)\n  now: udp in use by node (pid 12)\n',
    ],
    [
      'a product',
      { engine: engineOf([SHOP, everywhere(8000)]) },
      '  now: tcp in use by shop (container shop-web-1 of project shop)\n',
    ],
  ])('names who has a port of %s', async (_, machine, now) => {
    expect((await product('whois 8000', here, { machine })).stdout).toMatch(new RegExp(`\n${escaped(now)}$`))
  })
})

describe('the engine', () => {
  test.each(['ports --live', 'check --live', 'whois 8000'])(
    'that keeps %s waiting is named',
    async (line) => {
      const { stderr } = await product(line, here, { machine: { slow: true } })
      expect(stderr).toBe('Waiting for the Docker engine\n')
    },
  )
  test.each(['ports --live', 'check --live', 'whois 8000'])(
    'that does not answer %s is a warning',
    async (line) => {
      const { stderr, exitCode } = await product(line, here, { machine: { engine: SILENT } })
      expect(exitCode).toBe(0)
      expect(stderr).toBe(
        'warning: Containers are not known: the Docker engine does not answer (no answer within 3 s) [no-engine]\n' +
          '  Start Docker, or check DOCKER_HOST and `docker context ls`.\n',
      )
    },
  )
  test('that answers is no word', async () => {
    expect((await product('ports --live', here, { machine: { engine: LOCAL } })).stderr).toBe('')
  })
})

function escaped(text: string): string {
  return text.replace(/[()]/g, '\\$&')
}
