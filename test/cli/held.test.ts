/** What a merge says of ports that it has just assigned and somebody else holds. */
import { describe, expect, test } from 'vitest'
import { SCHEMES } from '../../src/ports/schemes.js'
import { product } from '../support/cli.js'
import { containerOf, engineOf, everywhere, fakeMachine, SILENT } from '../support/machine.js'
import { makeFolder, makeWorkspace } from '../support/workspace.js'
import { colliding, ok } from './claims-support.js'

/** A machine on which node listens on a port, of IPv4's loopback. */
const holding = (port: number) => ({
  machine: { sockets: [{ port, address: '127.0.0.1' }], holders: { 1: { pid: 12, name: 'node' } } },
})
const NODE = 'in use by node (pid 12)'

const workspaceOf = (template: string) =>
  makeWorkspace({ 'features/web/.env.example': template, 'products/shop/product.yaml': 'offset: 5\n' })

describe('a merge warns', () => {
  test('of a port, and does it all the same', async () => {
    const workspace = workspaceOf('WEB_HOST_PORT=8000\n')
    const { exitCode, stderr } = await product('env --merge shop', workspace, holding(8005))
    expect(exitCode).toBe(0)
    expect(stderr).toContain(`warning: shop gets WEB_HOST_PORT 8005, but that port is ${NODE} [port-held]\n`)
    expect(workspace.read('products/shop/.env')).toContain('WEB_HOST_PORT=8005\n')
    // The second merge assigns nothing.
    expect((await product('env --merge shop', workspace, holding(8005))).stderr).toBe('')
  })

  test('of that one only which is held', async () => {
    const workspace = workspaceOf('WEB_HOST_PORT=8000\nAPI_HOST_PORT=8001\n')
    const { stderr } = await product('env --merge shop', workspace, holding(8006))
    expect(stderr).toContain('API_HOST_PORT')
    expect(stderr).not.toContain('WEB_HOST_PORT')
  })

  test('of one of a copy', async () => {
    const folder = makeFolder()
    folder.write({
      'compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"] } }\n',
      'product.yaml': 'instances: { blue: { offset: 5 } }\n',
    })
    const { exitCode, stderr } = await product('env --merge --as blue', folder, holding(8085))
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(`@blue gets port 8085, but that port is ${NODE.replace(/[()]/g, '.')} `),
    ])
  })

  test('of one within a range', async () => {
    const { stderr } = await product(
      'env --merge shop',
      workspaceOf('WEB_HOST_PORT=8000-8002\n'),
      holding(8007),
    )
    expect(stderr).toContain(`shop gets WEB_HOST_PORT 8005-8007, but that port is 8007 ${NODE}`)
  })

  test('of one that a scheme gives the product', async () => {
    const port = SCHEMES.base32.port('shop', { base: 0, modulus: 1000 })
    const workspace = makeWorkspace({
      'features/web/': '',
      'products/shop/product.yaml': 'features: []\nports: { PORT: { scheme: base32 } }\n',
    })
    const { stderr } = await product('env --merge shop', workspace, holding(port))
    expect(stderr).toContain(`shop gets PORT ${port}, but that port is ${NODE}`)
  })

  test('of one that check --fix --refresh has assigned', async () => {
    const workspace = colliding()
    await ok('env --merge --all', workspace)
    const { stdout } = await product('check --fix --dry-run', workspace)
    const port = 8000 + Number(/b would get offset (\d+)/.exec(stdout)?.[1])
    const { exitCode, stderr } = await product('check --fix --refresh', workspace, holding(port))
    expect(exitCode).toBe(0)
    expect(stderr).toContain(`b gets WEB_HOST_PORT ${port}, but that port is ${NODE}`)
  })

  test('of a container that is not known', async () => {
    const machine = { ...holding(8005).machine, engine: SILENT, holders: { 1: { name: 'docker-proxy' } } }
    const { stderr } = await product('env --merge shop', workspaceOf('WEB_HOST_PORT=8000\n'), { machine })
    expect(stderr).toContain('but that port is in use by a container, not known which [port-held]')
  })
})

describe('a merge does not warn', () => {
  test('of the product\u2019s own stack', async () => {
    const workspace = workspaceOf('WEB_HOST_PORT=8000\n')
    const own = containerOf('web', { project: 'shop', directory: workspace.path('products/shop') })
    const machine = { ...holding(8005).machine, engine: engineOf([own, everywhere(8005)]) }
    expect((await product('env --merge shop', workspace, { machine })).stderr).toBe('')
  })

  test.each([
    [255, ['engine']],
    [256, []],
  ])('of %i ports and one more: so many are looked at, and else none', async (count, asked) => {
    const machine = fakeMachine({ sockets: [{ port: 8005 }] })
    const template = `WEB_HOST_PORT=8000\nMORE_HOST_PORT=9000-${9000 + count - 1}\n`
    const { stderr } = await product('env --merge shop', workspaceOf(template), { machine })
    expect([...new Set(machine.asked.filter((one) => one === 'engine'))]).toEqual(asked)
    expect(stderr.includes('[port-held]')).toBe(asked.length > 0)
  })

  test('of a port that the product had before', async () => {
    const workspace = workspaceOf('WEB_HOST_PORT=8000\nAPI_HOST_PORT=8001\n')
    workspace.write({ 'products/shop/.env': 'API_HOST_PORT=8006\n' })
    const { machine } = holding(8006)
    expect((await product('env --merge shop', workspace, { machine })).stderr).toBe('')
    workspace.write({ 'products/shop/.env': 'API_HOST_PORT=8006\n' })
    const sockets = [...machine.sockets, { port: 8005 }]
    const { stderr } = await product('env --merge shop', workspace, { machine: { ...machine, sockets } })
    expect(stderr).toMatch(/WEB_HOST_PORT/)
    expect(stderr).not.toMatch(/API_HOST_PORT/)
  })

  test('and does not ask the engine while its ports are free', async () => {
    const machine = fakeMachine({ sockets: [{ port: 8005, protocol: 'udp' }] })
    expect((await product('env --merge shop', workspaceOf('WEB_HOST_PORT=8000\n'), { machine })).stderr).toBe(
      '',
    )
    expect(machine.asked).toEqual([])
  })
})
