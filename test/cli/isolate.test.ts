/** `isolate: true`: two products with a feature that fixes its port and names. */
import { expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const FEATURE = `services:
  redis:
    image: redis:7
    container_name: redis
    ports: ["\${REDIS_HOST_PORT}:6379", "8001:8001"]
    volumes: ["cache:/data", "./data:/var/data", "./src:/app"]
    environment: { UI: "http://localhost:8001/", API: "http://localhost:6379/" }
  web:
    image: nginx:1
    environment: { UI: "http://localhost:8001/" }
volumes: { cache: { name: cache } }
`

function workspaceWith(files: Files = {}): TestWorkspace {
  const include = 'include: [../../features/redis/compose.yaml]\n'
  return makeWorkspace({
    'features/redis/.env.example': '# Port\nREDIS_HOST_PORT=6380\n',
    'features/redis/compose.yaml': FEATURE,
    'features/redis/data/': '',
    'features/redis/src/': '',
    'products/a/compose.yaml': include,
    'products/b/compose.yaml': include,
    'workspace.yaml': 'isolate: true\n',
    ...files,
  })
}

const OVERRIDE = 'products/a/compose.override.yaml'

test('gives the product its own ports and names, and leaves its port variables alone', async () => {
  const workspace = workspaceWith()
  expect(await product('env --merge a', workspace)).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: `a  offset 907 (crc32("a"))

  feature  variable         base  host  outcome
  redis    REDIS_HOST_PORT  6380  7287  adjusted

  ports    adjusted 1 feature port(s) (+907)
  merged   1 feature .env file(s) into product .env
  isolated redis port: 8001 → 8908
  isolated redis container: redis → redis-a
  isolated volume cache: cache → cache-a
  isolated redis /var/data: ../../features/redis/data → ../../features/redis/data-a
  isolated redis /app: features/redis/src → shared (it looks like source code)
  isolated redis UI: localhost:8001 → not changed (the container listens on this port itself, so only you can say which one is meant)
  isolated web UI: localhost:8001 → localhost:8908
  override ${OVERRIDE}
`,
  })
  expect(workspace.read(OVERRIDE)?.split('\n').slice(1, -2).join('\n')).toBe(`services:
  redis:
    ports: !override
      - "\${REDIS_HOST_PORT}:6379"
      - "8908:8001"
    container_name: "redis-a"
    volumes:
      - "../../features/redis/data-a:/var/data"
  web:
    environment:
      UI: "http://localhost:8908/"
volumes:
  cache:
    name: "cache-a"`)
  expect((await product('env --merge a', workspace)).stdout).toContain('nothing to do')
})

test('resolves the collision that check reports without it', async () => {
  const workspace = workspaceWith({ 'workspace.yaml': '' })
  await product('env --merge --all', workspace)
  const before = await product('check', workspace)
  expect([before.exitCode, before.stdout]).toEqual([
    1,
    expect.stringContaining('set "isolate: true" in product.yaml'),
  ])
  workspace.write({ 'workspace.yaml': 'isolate: true\n' })
  await product('env --merge --all', workspace)
  const after = await product('check', workspace)
  expect([after.exitCode, after.stdout]).toEqual([
    0,
    '  checked  4 ports of 2 products: 0 collisions, 0 hazards\n',
  ])
})

test('is taken back if the setting goes', async () => {
  const workspace = workspaceWith()
  await product('env --merge a', workspace)
  workspace.write({ 'products/a/product.yaml': 'isolate: false\n' })
  expect((await product('env --merge a', workspace)).exitCode).toBe(0)
  expect(workspace.read(OVERRIDE)).toBeNull()
})

test('keeps to an override of the product, and lists both in COMPOSE_FILE', async () => {
  const workspace = workspaceWith({ [OVERRIDE]: 'services: { redis: { image: "redis:8" } }\n' })
  expect((await product('env --merge a', workspace)).exitCode).toBe(0)
  expect(workspace.read('products/a/.env')).toContain(
    'COMPOSE_FILE=compose.yaml:compose.override.yaml:compose.a.yaml',
  )
  const { stdout } = await product('ports a --json', workspace)
  expect(
    JSON.parse(stdout).ports.map(({ from, outcome }: { from: number; outcome: string }) => [from, outcome]),
  ).toEqual([
    [7287, 'adjusted'],
    [8908, 'adjusted'],
  ])
})

test('an instance has everything of its own', async () => {
  const workspace = workspaceWith()
  expect((await product('env --merge a --instance blue', workspace)).exitCode).toBe(0)
  expect(workspace.read('products/a/compose.blue.yaml')).toContain('container_name: "redis-blue"')
  expect(workspace.read('products/a/.env.blue')).toContain('COMPOSE_FILE=compose.yaml:compose.blue.yaml')
  const { exitCode, stdout } = await product('check', workspace)
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('0 collisions')])
})

test('an edited override is not overwritten', async () => {
  const workspace = workspaceWith()
  await product('env --merge a', workspace)
  const edited = `${workspace.read(OVERRIDE)}`.replace('redis-a', 'mine')
  workspace.write({ [OVERRIDE]: edited, 'products/a/product.yaml': 'offset: 5\n' })
  const { exitCode, stderr } = await product('env --merge a', workspace)
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${OVERRIDE}: error: `)])
  expect(stderr).toContain('[hand-edited]')
  expect(workspace.read(OVERRIDE)).toBe(edited)
})
