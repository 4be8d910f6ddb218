import { describe, expect, test } from 'vitest'
import { isProductEnv } from '../../src/workspace/layout.js'
import { workspaceLayout } from '../../src/workspace/workspace-layout.js'
import { feature, product } from '../support/cli.js'
import { makeFolder, makeWorkspace } from '../support/workspace.js'

const layout = workspaceLayout('/w')

test.each([
  ['products/shop', 'shop', null],
  ['products/shop/src/deep', 'shop', null],
  ['products', null, null],
  ['', null, null],
  ['features/redis', null, 'redis'],
  ['features/redis/compose.yaml', null, 'redis'],
  ['productsX/shop', null, null],
  ['../products/shop', null, null],
  ['/products/shop', null, null],
])('"%s" is in product %s and feature %s', (path, product, feature) => {
  expect([layout.productAt(path), layout.featureAt(path)]).toEqual([product, feature])
})

test.each([
  ['products/shop/.env', true],
  ['products/shop/.env.blue', true],
  ['products/shop/.env.example', false],
  ['products/shop/.env.dev.example', false],
  ['products/shop/.envrc', false],
  ['products/shop/src/.env', false],
  ['features/redis/.env', false],
])('%s is a product env: %s', (file, expected) => {
  expect(isProductEnv(layout, file)).toBe(expected)
})

describe('folders that workspace.yaml sets', () => {
  const SETTINGS = 'features: [shared/*, "teams/*/features/*"]\nproducts: ["apps/*/docker", tools/proxy]\n'
  const FILES = {
    'workspace.yaml': SETTINGS,
    'shared/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
    'teams/a/features/mail/.env.example': 'MAIL_HOST_PORT=8025\n',
    'teams/a/notes/': '',
    'apps/shop/docker/compose.yaml': 'include: [../../../shared/redis/compose.yaml]\n',
    'shared/redis/compose.yaml': 'services: {}\n',
    'apps/blog/docker/': '',
    'apps/readme': '',
    'tools/proxy/': '',
    'tools/other/': '',
  }
  const workspace = () => {
    const folder = makeFolder()
    folder.write(FILES)
    return folder
  }

  test('are found, named by the last *, and from below', async () => {
    const { path, root } = workspace()
    const { products, features } = workspaceLayout(root, {
      features: ['shared/*', 'teams/*/features/*'],
      products: ['apps/*/docker', 'tools/proxy'],
    }).list()
    expect([products, features]).toEqual([
      ['blog', 'proxy', 'shop'],
      ['mail', 'redis'],
    ])
    const { stdout } = await product('env --merge --dry-run --json', path('apps/shop/docker'))
    expect(JSON.parse(stdout).products[0]).toMatchObject({
      product: 'shop',
      file: 'apps/shop/docker/.env',
      merged: ['redis'],
    })
    expect((await feature('list', root)).stdout).toContain('mail')
  })

  test('take a new feature', async () => {
    const folder = workspace()
    expect((await feature('new cache', folder)).exitCode).toBe(0)
    expect(folder.read('shared/cache/.env.example')).toContain('CACHE_HOST_PORT')
  })

  test('two of one name are reported', async () => {
    const folder = workspace()
    folder.write({ 'teams/b/features/redis/': '' })
    expect((await product('list', folder)).stderr).toContain(
      'teams/b/features/redis: warning: This folder is skipped, because shared/redis is called redis too [skipped-folder]',
    )
  })

  test.each(['../x/*', '/abs/*', 'a/**', 'a//b', './x', ''])('%j is refused', async (pattern) => {
    const folder = makeWorkspace({ 'workspace.yaml': `features: [${JSON.stringify(pattern)}]\n` })
    expect((await product('list', folder)).stderr).toContain('features[0] is not valid [bad-settings]')
  })

  test('a workspace.yaml of another tool makes no workspace', async () => {
    const folder = makeFolder()
    folder.write({ 'workspace.yaml': 'load_from: []\n' })
    expect((await product('list', folder)).stderr).toContain('[no-workspace]')
  })
})

test('templates and Compose files under names that workspace.yaml sets are read, also in another environment', async () => {
  const folder = makeWorkspace({
    'workspace.yaml': 'templates: [docker/.env.example]\ncomposeFiles: [docker/stack.yaml]\n',
    'features/redis/docker/.env.example': 'REDIS_HOST_PORT=6380\n',
    'features/redis/docker/.env.dev.example': 'REDIS_HOST_PORT=6390\n',
    'features/redis/docker/stack.yaml': 'services: { redis: { image: "redis:7" } }\n',
    'features/mail/.env.example': 'MAIL_HOST_PORT=8025\n',
    'products/shop/': '',
  })
  const merged = await product('env --merge --json', folder)
  expect(merged.stderr).toBe('')
  expect(JSON.parse(merged.stdout).products[0].merged).toEqual(['mail', 'redis'])
  const { stdout } = await product('env --merge --dev --dry-run --json', folder)
  expect(stdout).toContain('features/redis/docker/.env.dev.example')
  expect((await feature('list', folder)).stdout).toContain('redis:7')
  expect((await feature('lint', folder)).stderr).toBe('')
})
