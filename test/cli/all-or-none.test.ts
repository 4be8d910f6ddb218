// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** A command that writes several files writes all of them, or none. */
import { chmodSync } from 'node:fs'
import { expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { makeWorkspace, type TestWorkspace } from '../support/workspace.js'
import { ok } from './claims-support.js'

/** Two products on one offset. */
function colliding(): TestWorkspace {
  const stated = 'features: [redis]\noffset: 5\n'
  return makeWorkspace({
    'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nREDIS_OLD=1\n',
    'products/a/product.yaml': stated,
    'products/b/product.yaml': stated,
  })
}

test('a merge of all products, where one product env is read-only', async () => {
  const workspace = colliding()
  await ok('env --merge --all', workspace)
  workspace.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nREDIS_OLD=1\nNEW=1\n' })
  chmodSync(workspace.path('products/b/.env'), 0o400)
  const before = workspace.all()
  const { exitCode, stdout } = await product('env --merge --all', workspace)
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('2 env files: 0 changed')])
  expect(workspace.all()).toEqual(before)
})

test('a merge of all products, where two product envs are read-only, tells both', async () => {
  const workspace = colliding()
  await ok('env --merge --all', workspace)
  workspace.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nREDIS_OLD=1\nNEW=1\n' })
  for (const name of ['a', 'b']) chmodSync(workspace.path(`products/${name}/.env`), 0o400)
  const { stderr } = await product('env --merge --all', workspace)
  expect(stderr.match(/^products\/\w\/\.env: error: .* it is read-only/gm)).toHaveLength(2)
})

test('a fix whose product.yaml is read-only does not say that it fixed anything', async () => {
  const workspace = colliding()
  await ok('env --merge --all', workspace)
  chmodSync(workspace.path('products/b/product.yaml'), 0o400)
  const before = workspace.all()
  const { exitCode, stdout } = await product('check --fix --refresh', workspace)
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('fixed    nothing')])
  expect(stdout).not.toContain('gets offset')
  expect(workspace.all()).toEqual(before)
})

test('a fix that a merge forbids: one product refers to a variable that its feature no longer states', async () => {
  const workspace = colliding()
  await ok('env --merge --all', workspace)
  workspace.write({
    'products/b/.env': `${workspace.read('products/b/.env')}MINE=\${REDIS_OLD}\n`,
    'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  })
  const before = workspace.all()
  const { exitCode, stderr } = await product('check --fix --refresh', workspace)
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[dropped-in-use]')])
  expect(workspace.all()).toEqual(before)
})

test('a dry run of a fix says what would be merged again, and writes nothing', async () => {
  const workspace = colliding()
  await ok('env --merge --all', workspace)
  const before = workspace.all()
  const { stdout } = await product('check --fix --refresh --dry-run', workspace)
  expect(stdout).toMatch(/b would get offset \d+/)
  expect(stdout).toContain('would be refreshed  products/b/.env')
  expect(workspace.all()).toEqual(before)
})

test('a removal of instances, one of which somebody has edited', async () => {
  const workspace = colliding()
  await ok('env --merge --all --instance blue', workspace)
  const edited = 'products/b/.env.blue'
  workspace.write({ [edited]: `${workspace.read(edited)}MINE=1\n` })
  const before = workspace.all()
  const { exitCode, stderr } = await product('env --all --instance blue --remove', workspace)
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[hand-edited]')])
  expect(workspace.all()).toEqual(before)
})

test('a product env is not made from an example that Compose refuses', async () => {
  const workspace = makeWorkspace({ 'features/': '', 'products/shop/.env.example': 'A=${B\n' })
  const { exitCode, stderr } = await product('env --generate shop', workspace)
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('.env.example:1: error')])
  expect(workspace.read('products/shop/.env')).toBeNull()
})
