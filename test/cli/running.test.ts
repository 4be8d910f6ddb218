/** `product list --live`: what runs, from where, and what is left of products and instances that are gone. */
import { describe, expect, test } from 'vitest'
import type { Container, PublishedRange } from '../../src/live/container.js'
import { product } from '../support/cli.js'
import { commitAll, git } from '../support/git.js'
import { containerOf, engineOf, everywhere, SILENT } from '../support/machine.js'
import { makeFolder, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const here = makeWorkspace({
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  'features/redis/compose.yaml':
    'services: { redis: { image: redis, ports: ["${REDIS_HOST_PORT}:6379"] } }\n',
  'products/blog/product.yaml': 'features: []\noffset: 3\n',
  'products/blog/compose.yaml': 'services: { web: { image: nginx } }\n',
  'products/shop/product.yaml': 'features: [redis]\noffset: 5\ninstances: { blue: { offset: 7 } }\n',
  'products/shop/compose.yaml': `include: [../../features/redis/compose.yaml]
services:
  web:
    image: nginx
    depends_on: { migrate: { condition: service_completed_successfully } }
  migrate: { image: web }
  debug: { image: busybox, profiles: [debug] }
`,
})
await product('env --merge shop --instance blue', here)

type Running = readonly [container: Container, published: readonly PublishedRange[]]

/** A container of a project, without published ports. */
const running = (
  project: string,
  service: string,
  folder: string,
  more: Partial<Container> = {},
): Running => [containerOf(`${project}-${service}-1`, { project, service, directory: folder, ...more }), []]
const SHOP = here.path('products/shop')

async function listOf(where: TestWorkspace | string, containers: readonly Running[], rest = '', links = {}) {
  const machine = { engine: engineOf(...containers), links }
  const { exitCode, stdout, stderr } = await product(`list --live ${rest}`, where, { machine })
  expect([exitCode, stderr]).toEqual([0, ''])
  return stdout
}

/** The cells of each row of a table. */
const cellsOf = (table: string) =>
  table.split('\n').flatMap((row) => (row === '' ? [] : [row.trim().split(/ {2,}/)]))

describe('a product or instance', () => {
  test.each<[string, Running[], string]>([
    ['nothing', [], 'down'],
    [
      'all of its services',
      [running('shop', 'web', SHOP), running('shop', 'redis', SHOP)],
      'up  products/shop',
    ],
    ['some of them', [running('shop', 'web', SHOP)], 'partly up, without redis  products/shop'],
    [
      'some of them, as one was stopped',
      [running('shop', 'web', SHOP, { isRunning: false }), running('shop', 'redis', SHOP)],
      'partly up, without web  products/shop',
    ],
    ['none, as they were stopped', [running('shop', 'web', SHOP, { isRunning: false })], 'down'],
    [
      'from another checkout',
      [running('shop', 'web', '/clone/shop'), running('shop', 'redis', '/clone/shop')],
      `up  ${'../'.repeat(here.root.split('/').length - 1)}clone/shop`,
    ],
    [
      'on a former port',
      [running('shop', 'web', SHOP), [running('shop', 'redis', SHOP)[0], everywhere(6381, 6379)]],
      'up; runs on 6381; up -d moves it  products/shop',
    ],
    ['only its instance', [running('shop-blue', 'web', SHOP)], 'down'],
  ])('runs %s', async (_, containers, now) => {
    const shop = cellsOf(await listOf(here, containers)).find(([name]) => name === 'shop')
    expect(shop).toEqual(['shop', '+5 (set)', '1', 'merged', ...now.split('  ')])
  })

  test('is as in JSON', async () => {
    const containers = [
      running('shop-blue', 'redis', SHOP),
      running('blog', 'web', here.path('products/blog')),
    ]
    const { products, leftovers } = JSON.parse(await listOf(here, containers, '--json'))
    const shown = products.map(({ product, instance, live, missing, folders, formerPorts }: never) => {
      return { product, instance, live, missing, folders, formerPorts }
    })
    const down = { live: 'down', missing: [], folders: [], formerPorts: [] }
    expect(shown).toEqual([
      { product: 'blog', instance: null, ...down, live: 'up', folders: ['products/blog'] },
      { product: 'shop', instance: null, ...down },
      {
        ...{ product: 'shop', instance: 'blue', live: 'partly up', missing: ['web'], formerPorts: [] },
        folders: ['products/shop'],
      },
    ])
    expect(leftovers).toEqual([])
  })

  test('is listed alone if it is named', async () => {
    const names = cellsOf(await listOf(here, [], 'shop@ blog')).map(([name]) => name)
    expect(names).toEqual(['product', 'blog', 'shop'])
  })

  test('is said to be missing where there is none', async () => {
    for (const line of ['list', 'list --live'])
      expect((await product(line, makeWorkspace())).stdout).toContain('The workspace has no products yet')
  })

  test('is unknown without an engine', async () => {
    const { stdout, stderr, exitCode } = await product('list --live blog', here, {
      machine: { engine: SILENT },
    })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/blog .* unknown\n$/)
    expect(stderr).toContain('[no-engine]')
  })

  test('is not looked at without --live', async () => {
    const { stdout } = await product('list', here, {
      machine: { engine: engineOf(running('shop', 'web', SHOP)) },
    })
    expect(stdout).not.toContain('up')
  })
})

describe('a leftover', () => {
  test.each<[string, string, string]>([
    ['of an instance that is gone', 'shop-green', 'products/shop'],
    ['of a product that is gone', 'old', 'products/old'],
    ['of a worktree that is gone', 'shop-red', '../red/products/shop'],
  ])('%s is listed with its removal', async (_, project, folder) => {
    const path = here.path(folder)
    const links = folder === 'products/shop' ? {} : { [path]: null }
    const containers = [running(project, 'web', path), running(project, 'db', path, { isRunning: false })]
    expect(cellsOf(await listOf(here, containers, '', links)).slice(-2)).toEqual([
      ['leftover', 'folder', 'removed by'],
      [project, folder, `docker compose -p ${project} down`],
    ])
  })

  test.each<[string, Running, object]>([
    ['another Compose project in the workspace', running('tools', 'web', here.path('tools')), {}],
    ['one that is gone', running('tools', 'web', here.path('tools')), { [here.path('tools')]: null }],
    ['a project elsewhere', running('shop-red', 'web', '/red/products/shop'), {}],
    ['one that is gone, too', running('red', 'web', '/red'), { '/red': null }],
    ['a container without Compose', [containerOf('db'), []], {}],
    ['a project whose name is none', running('a;b', 'web', SHOP), {}],
  ])('is not %s', async (_, container, links) => {
    expect(await listOf(here, [container], '', links)).not.toContain('leftover')
  })

  test('is one of the products that are named', async () => {
    const containers = [running('shop-green', 'web', SHOP)]
    expect(await listOf(here, containers, 'shop')).toContain('docker compose -p shop-green down')
    expect(await listOf(here, containers, 'blog')).not.toContain('leftover')
    expect(JSON.parse(await listOf(here, containers, '--json')).leftovers).toEqual([
      { project: 'shop-green', folder: 'products/shop', remove: 'docker compose -p shop-green down' },
    ])
  })
})

test('copies in other worktrees are listed, from either side', async () => {
  const all = makeFolder()
  all.write({ 'shop/compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"] } }\n' })
  commitAll(all.path('shop'))
  git(all.path('shop'), 'worktree', 'add', '../blue')
  await product('env --merge', all.path('blue'))
  const containers = [running('shop', 'web', all.path('shop')), running('shop-blue', 'web', all.path('blue'))]
  const rows = async (where: string) => cellsOf(await listOf(all.path(where), containers))
  expect((await rows('shop')).map((row) => [row[0], ...row.slice(4)])).toEqual([
    ['product', 'now', 'folder'],
    ['shop', 'up', '.'],
    ['shop@blue', 'up', '../blue'],
  ])
  expect((await rows('blue')).map((row) => [row[0], ...row.slice(4)])).toEqual([
    ['product', 'now', 'folder'],
    ['shop@blue', 'up', '.'],
    ['shop', 'up', '../shop'],
  ])
})

describe('product env --remove', () => {
  const warning = (name: string, project: string, file: string) =>
    `${file}: warning: ${name} still has containers: 2 of Compose project ${project} [containers-left]
  Remove them: docker compose -p ${project} down
`

  test('says how to remove the containers of an instance, those that were stopped too', async () => {
    const shop = makeWorkspace({ 'products/shop/compose.yaml': 'services: { web: { image: nginx } }\n' })
    const folder = shop.path('products/shop')
    const stopped = running('shop-blue', 'db', folder, { isRunning: false })
    const all = [running('shop', 'web', folder), running('shop-blue', 'web', folder), stopped]
    const machine = { engine: engineOf(...all) }
    await product('env --merge shop --instance blue', shop)
    for (const option of ['--dry-run', '']) {
      const ran = await product(`env shop --instance blue --remove ${option}`, shop, { machine })
      expect(ran.exitCode).toBe(0)
      expect(ran.stderr).toBe(warning('shop@blue', 'shop-blue', 'products/shop/.env.blue'))
    }
    expect(shop.read('products/shop/.env.blue')).toBeNull()
  })

  test('does so for a copy in a worktree', async () => {
    const all = makeFolder()
    all.write({ 'shop/compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"] } }\n' })
    commitAll(all.path('shop'))
    git(all.path('shop'), 'worktree', 'add', '../blue')
    const blue = all.path('blue')
    await product('env --merge', blue)
    const containers = [running('shop-blue', 'web', blue), running('shop-blue', 'db', blue)]
    const machine = { engine: engineOf(running('shop', 'web', all.path('shop')), ...containers) }
    expect((await product('env --remove', blue, { machine })).stderr).toBe(
      warning('shop@blue', 'shop-blue', '.env'),
    )
  })

  test('says nothing of other containers', async () => {
    const machine = {
      engine: engineOf(running('shop', 'web', SHOP), running('shop-blue', 'web', '/clone/shop')),
    }
    const ran = await product('env shop --instance blue --remove', here, { machine })
    expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
  })
})
