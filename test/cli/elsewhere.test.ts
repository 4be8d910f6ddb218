/** Two checkouts of one product: Compose takes both for one project, as it knows only its name. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { containerOf, engineOf, everywhere, type World } from '../support/machine.js'
import { type Files, makeFolder } from '../support/workspace.js'

const FILES: Files = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  'products/shop/product.yaml': 'offset: 5\n',
  'products/shop/compose.yaml': `services:
  web: { image: nginx }
  redis: { image: redis, ports: ["\${REDIS_HOST_PORT}:6379"] }
`,
}
const PORT = 6385

const both = makeFolder()
const under = (folder: string): Files =>
  Object.fromEntries(Object.entries(FILES).map(([file, text]) => [`${folder}/${file}`, text]))
both.write({ ...under('first'), ...under('second') })
const first = both.path('first')
const second = both.path('second')

/** The product runs in the first checkout. */
const redis = containerOf('shop-redis-1', {
  project: 'shop',
  service: 'redis',
  directory: both.path('first/products/shop'),
})
const machine: World = {
  engine: engineOf([redis, everywhere(PORT, 6379)]),
  sockets: [{ port: PORT }],
  holders: { 1: { name: 'docker-proxy' } },
}
const ERROR = `products/shop/.env: error: Compose project shop was started from ${first}/products/shop: \`up\` here would take over its containers [project-elsewhere]
  Make this a copy: product env --merge shop --as NAME. Or remove those containers: docker compose -p shop down
`

describe('in the other checkout', () => {
  test('the merge says so, and of no port that it is held', async () => {
    const { exitCode, stderr } = await product('env --merge shop', second, { machine })
    expect([exitCode, stderr]).toEqual([1, ERROR])
    expect(both.read('second/products/shop/.env')).toContain(`REDIS_HOST_PORT=${PORT}\n`)
  })

  test.each(['shop', 'shop@', ''])('check --live %s says so', async (names) => {
    const ran = await product(`check --live ${names}`, second, { machine })
    expect([ran.exitCode, ran.stderr]).toEqual([1, ERROR])
    expect(ran.stdout).toBe('  checked  1 port of 1 product: 0 collisions, 0 hazards\n')
  })

  test.each([
    'up -d',
    'up --no-deps web',
    'down -v',
    'stop',
    '--profile x rm',
    'restart redis',
    'run web sh',
  ])('`compose shop %s` is not run', async (args) => {
    const { exitCode, stderr, programs } = await product(`compose shop ${args}`, second, { machine })
    expect([exitCode, stderr, programs]).toEqual([1, ERROR, []])
  })

  test.each(['ps', 'logs -f', 'config', 'up --help', '-p other up', '-f other.yaml down', ''])(
    '`compose shop %s` is',
    async (args) => {
      for (const merge of ['', '--no-merge ']) {
        const { exitCode, programs } = await product(`compose ${merge}shop ${args}`, second, { machine })
        expect([exitCode, programs.length]).toEqual([0, 1])
      }
    },
  )

  test('it counts if it was stopped there, too', async () => {
    const stopped = engineOf([{ ...redis, isRunning: false }, []])
    const ran = await product('compose shop up', second, { machine: { engine: stopped } })
    expect([ran.exitCode, ran.stderr]).toEqual([1, ERROR])
  })

  test('ports --live says where the project was started', async () => {
    const { stdout } = await product('ports --live', second, { machine })
    expect(stdout).toContain(
      ` in use by this product's project, started from ${first}/products/shop (redis)\n`,
    )
  })

  test('a copy has a project of its own, which starts', async () => {
    expect((await product('env --merge shop --as blue', second, { machine })).exitCode).toBe(0)
    expect((await product('compose shop up -d', second, { machine })).exitCode).toBe(0)
  })
})

describe('nothing is said', () => {
  test('in the checkout itself', async () => {
    for (const line of ['env --merge shop', 'check --live', 'compose shop up', 'compose shop down'])
      expect({ line, ...(await product(line, first, { machine })) }).toMatchObject({
        exitCode: 0,
        stderr: '',
      })
  })

  test('where the other folder is gone: it was this one before it moved', async () => {
    const links = { [redis.directory as string]: null }
    const moved = makeFolder()
    moved.write(FILES)
    const ran = await product('compose shop up', moved, { machine: { ...machine, links } })
    expect([ran.exitCode, ran.programs.length]).toEqual([0, 1])
  })

  test('where no engine answers', async () => {
    const silent = { ...machine.engine, containers: null, silence: 'it does not' } as World['engine']
    const ran = await product('compose shop down', second, { machine: { engine: silent as never } })
    expect([ran.exitCode, ran.programs.length]).toEqual([0, 1])
  })
})

test('an instance in the other checkout has its own next step', async () => {
  const third = makeFolder()
  third.write(FILES)
  await product('env --merge shop --instance blue', third)
  const blue = { ...redis, project: 'shop-blue' }
  const ran = await product('compose shop@blue up', third, { machine: { engine: engineOf([blue, []]) } })
  expect(ran.stderr).toContain(
    'Give this one another name. Or remove those containers: docker compose -p shop-blue down\n',
  )
})
