/** What `product compose` says before and after a start: who holds the ports, and where to look. */
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../src/ports/offset.js'
import { product } from '../support/cli.js'
import { commitAll, git } from '../support/git.js'
import { containerOf, engineOf, everywhere, SILENT } from '../support/machine.js'
import { type Files, makeFolder, makeWorkspace } from '../support/workspace.js'

const FILES: Files = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  'products/shop/product.yaml': 'offset: 5\n',
  'products/shop/compose.yaml': `services:
  web:
    image: nginx
    depends_on: [redis]
    ports: ["8080:80"]
  redis:
    image: redis
    ports: ["\${REDIS_HOST_PORT}:6379"]
  debug:
    image: busybox
    profiles: [debug]
    ports: ["9000:9000"]
`,
}
/** A machine on which node listens on a port. */
const holding = (port: number, engine = {}) => ({
  machine: { sockets: [{ port }], holders: { 1: { pid: 12, name: 'node' } }, ...engine },
})

const REDIS = 'shop REDIS_HOST_PORT 6385 is in use by node (pid 12)'
const WEB = 'shop port 8080 is in use by node (pid 12)'
const DEBUG = 'shop port 9000 is in use by node (pid 12)'

describe('a port that somebody else holds', () => {
  test('is an error, and nothing is started', async () => {
    const workspace = makeWorkspace(FILES)
    const ran = await product('compose shop up -d', workspace, holding(6385))
    expect([ran.exitCode, ran.stdout, ran.programs]).toEqual([1, '', []])
    expect(ran.stderr.split('\n').slice(-3)).toEqual([
      `products/shop/.env:3: error: ${REDIS} [port-in-use]`,
      `  Stop that, or run: product env --merge shop --offset ${crc32('shop#1') % 1000}`,
      '',
    ])
    expect(ran.stderr).not.toContain('port-held')
  })

  test('is moved by what the next step says', async () => {
    const workspace = makeWorkspace(FILES)
    const { stderr } = await product('compose shop up -d', workspace, holding(6385))
    await product(/run: product (.*)\n/.exec(stderr)?.[1] as string, workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe(FILES['products/shop/product.yaml'])
    const ran = await product('compose shop up -d', workspace, holding(6385))
    expect([ran.exitCode, ran.programs.length]).toEqual([0, 1])
  })

  test.each([
    ['up', 8080, WEB],
    ['--ansi never --profile debug up', 9000, DEBUG],
    ['--profile=debug create', 9000, DEBUG],
    ['start web', 6385, REDIS],
    ['run --rm web sh', 6385, REDIS],
    ['run -P web sh', 8080, WEB],
    ['restart', 8080, WEB],
    ['up debug', 9000, DEBUG],
  ])('counts for `%s` and port %i', async (args, port, message) => {
    const ran = await product(`compose shop ${args}`, makeWorkspace(FILES), holding(port))
    expect([ran.exitCode, ran.programs]).toEqual([1, []])
    expect(ran.stderr).toContain(`error: ${message} [port-in-use]`)
  })

  test.each([
    ['up', 9000],
    ['up redis', 8080],
    ['up --no-deps web', 6385],
    ['restart web', 6385],
    ['run --rm web sh', 8080],
    ['run --rm web redis', 8080],
    ['up --help', 8080],
    ['--dry-run up', 8080],
    ['-p other up', 8080],
    ['down', 8080],
    ['logs up', 8080],
    ['', 8080],
  ])('does not count for `%s` and port %i', async (args, port) => {
    const ran = await product(`compose shop ${args}`, makeWorkspace(FILES), holding(port))
    expect([ran.exitCode, ran.programs.length]).toEqual([0, 1])
  })

  test('counts with COMPOSE_PROFILES', async () => {
    const env = { COMPOSE_PROFILES: 'a,debug' }
    const ran = await product('compose shop up', makeWorkspace(FILES), { env, ...holding(9000) })
    expect(ran.exitCode).toBe(1)
  })

  test('of which the shell sets another does not count', async () => {
    const env = { REDIS_HOST_PORT: '4711' }
    const ran = await product('compose shop up', makeWorkspace(FILES), { env, ...holding(6385) })
    expect([ran.exitCode, ran.programs.length]).toEqual([0, 1])
  })

  test('by a container of its own, or perhaps its own, does not count', async () => {
    const workspace = makeWorkspace(FILES)
    const own = containerOf('shop-web-1', {
      project: 'shop',
      service: 'web',
      directory: workspace.path('products/shop'),
    })
    const engine = engineOf([own, everywhere(8080)])
    const proxy = { holders: { 1: { name: 'docker-proxy' } }, engine: SILENT }
    for (const machine of [holding(8080, { engine }), holding(8080, proxy)])
      expect((await product('compose shop up', workspace, machine)).programs).toHaveLength(1)
  })

  test('by another product names it', async () => {
    const workspace = makeWorkspace({ ...FILES, 'products/blog/compose.yaml': '' })
    const directory = workspace.path('products/blog')
    const other = containerOf('blog-web-1', { project: 'blog', service: 'web', directory })
    const machine = holding(8080, { engine: engineOf([other, everywhere(8080)]) })
    const { stderr } = await product('compose shop up', workspace, machine)
    expect(stderr).toContain('shop port 8080 is in use by blog (container blog-web-1 of project blog)')
    expect(stderr).toContain('  Stop that, or set another port in this line.\n')
  })

  test('counts for an instance', async () => {
    const workspace = makeWorkspace({
      ...FILES,
      'products/shop/product.yaml': 'instances: { blue: { offset: 7 } }\n',
    })
    await product('env --merge shop --instance blue', workspace)
    const port = 6380 + 7
    const { stderr } = await product('compose shop@blue up', workspace, holding(port))
    expect(stderr).toContain(`error: shop@blue REDIS_HOST_PORT ${port} is in use by node (pid 12)`)
    expect(stderr).toMatch(/Stop that, or run: product env --merge shop --instance blue --offset \d+\n/)
    expect((await product('compose shop up', workspace, holding(port))).programs).toHaveLength(1)
  })

  test('counts for a copy in a worktree', async () => {
    const folder = makeFolder()
    folder.write({
      'shop/compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"] } }\n',
      'shop/product.yaml': 'instances: { blue: { offset: 5 } }\n',
    })
    commitAll(folder.path('shop'))
    git(folder.path('shop'), 'worktree', 'add', '../blue')
    const { exitCode, stderr } = await product('compose . up', folder.path('blue'), holding(8085))
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error: shop@blue port 8085 is in use by node (pid 12)')
    expect((await product('compose . up', folder.path('blue'), holding(8080))).exitCode).toBe(0)
  })
})

describe('after `up -d`', () => {
  const URL = '  web  http://localhost:8080\n'

  test.each(['up -d', 'up --detach web', 'up --wait', 'up -yd'])('`%s`, the URLs are shown', async (args) => {
    const workspace = makeWorkspace(FILES)
    await product('env --merge shop', workspace)
    const ran = await product(`compose shop ${args}`, workspace)
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([0, '', URL])
  })

  test.each([
    ['up', 0],
    ['up -d redis', 0],
    ['up -d', 1],
    ['run -d web', 0],
  ])('not after `%s` that ends with %i', async (args, exitCode) => {
    const workspace = makeWorkspace(FILES)
    await product('env --merge shop', workspace)
    const ran = await product(`compose shop ${args}`, workspace, { ended: { exitCode, failure: null } })
    expect([ran.exitCode, ran.stderr]).toEqual([exitCode, ''])
  })
})
