/** What only a real process shows: exit codes, pipes, a folder that is gone, a user who is not root. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildProduct } from '../support/bin.js'
import { type Files, makeFolder, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const NOBODY = 65534
const isRoot = process.getuid?.() === 0
const bin = makeFolder().path('product.cjs')

beforeAll(() => buildProduct(bin))

const FILES: Files = { 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n', 'products/shop/': '' }

/** Runs a line of shell in which `product` is the command. */
function shell(line: string, cwd: string, options: { env?: Record<string, string>; uid?: number } = {}) {
  const { env = {}, uid } = options
  const script = `product() { "$NODE" "$BIN" "$@"; }\n${line}`
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', NODE: process.execPath, BIN: bin, ...env },
    encoding: 'utf8',
    timeout: 20_000,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  return { status, stdout, stderr }
}

const CRASH = /bug in product-env|^ +at /m

describe('the process', () => {
  test.each([
    [0, 'product env --merge --dry-run'],
    [1, 'product env --merge --check'],
    [1, 'product env --merge nope'],
    [2, 'product env --nope'],
    [0, 'product -V'],
  ])('ends with %i after `%s`', (status, line) => {
    expect(shell(line, makeWorkspace(FILES).root).status).toBe(status)
  })

  test('is no trouble to `| head -1`, and still does its work', () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`f${i}`, `V${i}_HOST_PORT=${1000 + i}\n`] as const),
    )
    const workspace = makeWorkspace({ ...FILES, 'features/many/.env.example': Object.values(many).join('') })
    const { stdout, stderr } = shell('product env --merge | head -1', workspace.root)
    expect([stdout, stderr]).toEqual(['shop  offset 586 (crc32("shop"))\n', ''])
    expect(workspace.read('products/shop/.env')).toContain('V2999_HOST_PORT=4585\n')
  })

  test.each(['product env --merge >&-', 'product env --merge 2>&-', 'product env --merge <&- >&- 2>&-'])(
    'works with closed outputs: %s',
    (line) => {
      const workspace = makeWorkspace(FILES)
      expect(shell(line, workspace.root).status).toBe(0)
      expect(workspace.read('products/shop/.env')).toContain('REDIS_HOST_PORT=6966\n')
    },
  )

  test.skipIf(!existsSync('/dev/full'))('says when what it prints cannot be written', () => {
    const { status, stderr } = shell('product env --merge >/dev/full', makeWorkspace(FILES).root)
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: the result could not be printed: ENOSPC/),
    ])
  })

  test('works without HOME, and without any variable', () => {
    const { status, stderr } = shell(
      'exec env -i "$NODE" "$BIN" env --merge --check --quiet',
      makeWorkspace(FILES).root,
    )
    expect([status, stderr]).toEqual([1, ''])
  })

  test('prints colour into a pipe only with FORCE_COLOR, and never with NO_COLOR', () => {
    const merge = (env: Record<string, string>) =>
      shell('product env --merge', makeWorkspace(FILES).root, { env }).stdout
    expect(merge({})).not.toContain('\x1b')
    expect(merge({ FORCE_COLOR: '1' })).toContain('\x1b')
    expect(merge({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\x1b')
  })

  test('starts in a folder that is gone, and works where -C leads', () => {
    const workspace = makeWorkspace(FILES)
    const inGone = (line: string) => shell(`mkdir gone; cd gone; rmdir ../gone; ${line}`, makeFolder().root)
    expect(inGone(`product env --merge -C "${workspace.root}"`).status).toBe(0)
    const { status, stderr } = inGone('product env --merge')
    expect([status, stderr]).toEqual([1, expect.stringContaining('[no-workspace]')])
  })
})

describe.skipIf(!isRoot)('another user than root', () => {
  /** Everything is nobody's, but for what a test takes away. */
  function nobodys(files: Files = FILES): TestWorkspace {
    const workspace = makeWorkspace(files)
    chmodSync(bin, 0o755)
    chmodSync(bin.replace(/[^/]*$/, ''), 0o755)
    for (const path of [
      '',
      'features',
      'features/redis',
      'products',
      'products/shop',
      ...Object.keys(workspace.all()),
    ])
      chownSync(workspace.path(path), NOBODY, NOBODY)
    return workspace
  }

  test.each([
    ['features', 0o000, 'features: error: This folder cannot be read: permission denied'],
    ['features', 0o311, 'features: error: This folder cannot be read: permission denied'],
    ['products', 0o311, 'products: error: This folder cannot be read: permission denied'],
    ['products/shop', 0o000, 'products/shop/.env: error: This file cannot be read: permission denied'],
    [
      'features/redis',
      0o000,
      'features/redis/.env.example: error: This file cannot be read: permission denied',
    ],
    [
      'features/redis/.env.example',
      0o200,
      '.env.example: error: This file cannot be read: permission denied',
    ],
    ['products/shop', 0o555, 'products/shop/.env: error: This file cannot be written: no permission'],
  ])('is told that %s with mode %o is closed', (path, mode, message) => {
    const workspace = nobodys()
    chmodSync(workspace.path(path), mode)
    const { status, stderr } = shell('product env --merge shop', workspace.root, { uid: NOBODY })
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)])
    expect(stderr).not.toMatch(CRASH)
    expect(workspace.read('products/shop/.env')).toBeNull()
  })

  test.each([
    [0o400, 'This file cannot be written: it is read-only'],
    [0o000, 'This file cannot be read: permission denied'],
  ])('is told that a product env with mode %o is closed', (mode, message) => {
    const workspace = nobodys({ ...FILES, 'products/shop/.env': 'A=1\n' })
    chmodSync(workspace.path('products/shop/.env'), mode)
    const { status, stderr } = shell('product env --merge', workspace.root, { uid: NOBODY })
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)])
    expect(workspace.read('products/shop/.env')).toBe('A=1\n')
  })

  test('is told that an instance in a closed folder cannot be removed', () => {
    const workspace = nobodys()
    expect(shell('product env --merge --instance blue', workspace.root, { uid: NOBODY }).status).toBe(0)
    chmodSync(workspace.path('products/shop'), 0o555)
    const { status, stderr } = shell('product env --remove --instance blue', workspace.root, { uid: NOBODY })
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('.env.blue: error: This file cannot be removed: no permission (EACCES)'),
    ])
    expect(stderr).not.toMatch(CRASH)
  })

  test('is told that there is no workspace where it may not look', () => {
    const workspace = nobodys()
    chmodSync(workspace.root, 0)
    const { status, stderr } = shell(`product env --merge -C "${workspace.root}"`, '/', { uid: NOBODY })
    expect([status, stderr]).toEqual([1, expect.stringContaining('[no-workspace]')])
  })
})
