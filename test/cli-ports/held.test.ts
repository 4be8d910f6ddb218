/** What a merge says of ports that it has just assigned and somebody else holds. */
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SCHEMES } from '../../src/ports/schemes.js'
import { product } from '../support/cli.js'
import { makeWorkspace } from '../support/workspace.js'
import { colliding, ok } from './support.js'

/** Without an engine, which the answer does not depend on. */
const OFFLINE = { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock', PATH: process.env['PATH'] ?? '' } }

/** Listens until the test ends; on a port of the system's choice where none is asked for. */
async function hold(port = 0): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}

const US = `in use by process node \\(pid ${process.pid}\\)`

describe('a merge warns', () => {
  test('of a port, and does it all the same', async () => {
    const port = await hold()
    const workspace = makeWorkspace({
      'features/web/.env.example': `WEB_HOST_PORT=${port - 5}\n`,
      'products/shop/product.yaml': 'offset: 5\n',
    })
    const { exitCode, stderr } = await product('env --merge shop', workspace, OFFLINE)
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(
      new RegExp(`shop gets WEB_HOST_PORT ${port}, but that port is ${US} \\[port-held\\]`),
    )
    expect(workspace.read('products/shop/.env')).toContain(`WEB_HOST_PORT=${port}\n`)
    // The second merge assigns nothing.
    expect((await product('env --merge shop', workspace, OFFLINE)).stderr).toBe('')
  })

  test('of one within a range', async () => {
    const port = await hold()
    const workspace = makeWorkspace({
      'features/web/.env.example': `WEB_HOST_PORT=${port - 6}-${port - 4}\n`,
      'products/shop/product.yaml': 'offset: 5\n',
    })
    const { stderr } = await product('env --merge shop', workspace, OFFLINE)
    expect(stderr).toContain(`shop gets WEB_HOST_PORT ${port - 1}-${port + 1}, but that port is`)
  })

  test('of one that a scheme gives the product', async () => {
    const port = SCHEMES.base32.port('shop', { base: 0, modulus: 1000 })
    await hold(port)
    const workspace = makeWorkspace({
      'features/web/': '',
      'products/shop/product.yaml': 'features: []\nports: { PORT: { scheme: base32 } }\n',
    })
    const { stderr } = await product('env --merge shop', workspace, OFFLINE)
    expect(stderr).toMatch(new RegExp(`shop gets PORT ${port}, but that port is ${US}`))
  })

  test('of one that check --fix --refresh has assigned', async () => {
    const workspace = colliding()
    await ok('env --merge --all', workspace)
    const { stdout } = await product('check --fix --dry-run', workspace)
    const port = 8000 + Number(/b would get offset (\d+)/.exec(stdout)?.[1])
    await hold(port)
    const { exitCode, stderr } = await product('check --fix --refresh', workspace, OFFLINE)
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(new RegExp(`b gets WEB_HOST_PORT ${port}, but that port is ${US}`))
  })
})
