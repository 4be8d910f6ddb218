/** What some products' files keep from being read is theirs: names narrow problems as well as rows, and no summary counts it. */
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { type Files, makeWorkspace } from '../support/workspace.js'
import { checked, colliding, composeOf, portsOf } from './claims-support.js'

/** `a` and `b` collide; `c` cannot be read. */
const broken = (files: Files = {}) =>
  colliding({
    'products/my shop/compose.yaml': '',
    'products/c/compose.yaml': 'services: [',
    'products/c/.env': 'OTHER_HOST_PORT=9000\n',
    ...files,
  })

describe('names narrow the problems', () => {
  test.each(['ports a', 'ports a b', 'port a WEB_HOST_PORT', 'ports a --feature web', 'whois 8005'])(
    'product %s succeeds',
    async (line) => {
      expect(await product(line, broken())).toMatchObject({ exitCode: 0, stderr: '' })
    },
  )

  test.each([
    'ports',
    'ports c',
    'ports a c',
    'port c WEB_HOST_PORT',
    'list',
    'check',
    'check c',
    'whois 9000',
    'whois 1',
  ])('product %s fails', async (line) => {
    const { exitCode, stderr } = await product(line, broken())
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^products\/c\/compose\.yaml:1.*\[compose-refused\]/m)
  })

  test('check NAME finds what NAME collides with, and nothing else', async () => {
    const { exitCode, collisions, problems } = await checked(broken(), 'a')
    expect({ exitCode, problems }).toEqual({ exitCode: 1, problems: [] })
    expect(collisions).toHaveLength(1)
    const apart = broken({ 'products/a/product.yaml': 'offset: 7\n' })
    expect(await checked(apart, 'a')).toMatchObject({ exitCode: 0, ok: true, collisions: [], problems: [] })
  })

  test('an instance has the problems of its product, and not those of another instance', async () => {
    const here = makeWorkspace({
      'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
      'products/shop/compose.yaml': composeOf('web', '"${WEB_HOST_PORT:?}:80", "${BAD:-80}:81"'),
    })
    for (const name of ['blue', 'green']) await product(`env --merge shop --instance ${name}`, here)
    here.write({ 'products/shop/.env.green': `${here.read('products/shop/.env.green')}BAD=x\n` })
    expect(await product('ports shop@blue', here)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await product('port shop@blue WEB_HOST_PORT', here)).toMatchObject({ exitCode: 0, stderr: '' })
    for (const name of ['shop@green', 'shop']) {
      expect(await product(`ports ${name}`, here)).toMatchObject({ exitCode: 1 })
    }
    here.write({ 'products/shop/product.yaml': 'offset: [\n' })
    expect((await product('ports shop@blue', here)).stderr).toContain('[bad-settings]')
  })

  test('feature lint NAME succeeds beside a feature that cannot be read', async () => {
    const here = makeWorkspace({
      'features/a/.env.example': '# Port\nA_HOST_PORT=8000\n',
      'features/b/.env.example/': '',
    })
    const rest = '  not read   features/b/.env.example\n'
    expect(await feature('lint a', here)).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: `  linted     1 feature\n${rest}`,
    })
    const all = await feature('lint', here)
    expect(all).toMatchObject({ exitCode: 1, stdout: `  linted     1 feature\n${rest}` })
    expect(all.stderr).toContain('[unreadable-file]')
    const { stdout } = await feature('lint a --format json', here)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, features: 1, unread: ['features/b/.env.example'] })
  })
})

describe('a summary does not count what was not read', () => {
  const lines = async (line: string, files: Files) => {
    const { stdout } = await product(line, makeWorkspace(files))
    return stdout.split('\n').filter((each) => /checked|not read|claims/.test(each))
  }
  const one: Files = {
    'products/a/compose.yaml': composeOf('web', '"8000:80"'),
    'products/b/compose.yaml': 'services: [',
  }

  test('check names the files, and promises nothing', async () => {
    expect(await lines('check', one)).toEqual([
      '  checked  1 port of 1 product: 1 hazard',
      '  not read products/b/compose.yaml',
    ])
    expect(await lines('check a', one)).toEqual(await lines('check', one))
    expect(await lines('check b', one)).toEqual(['  checked  nothing', '  not read products/b/compose.yaml'])
  })

  test.each<[string, Files, string]>([
    ['a template', { 'features/web/.env.example/': '', 'products/b/': '' }, 'features/web/.env.example'],
    ['settings', { 'products/b/product.yaml': 'offset: [' }, 'products/b/product.yaml'],
    ['an env file', { 'products/b/.env': 'A="\n' }, 'products/b/.env'],
    ['an overlay', { 'products/b/.env.blue/': '' }, 'products/b/.env.blue'],
    ['a feature', { 'products/b/product.yaml': 'features: [nope]\n' }, 'products/b/product.yaml'],
    ['an include', { 'products/b/compose.yaml': 'include: [nope.yaml]\n' }, 'products/b/compose.yaml'],
    [
      'a remote include',
      { 'products/b/compose.yaml': 'include: [oci://x/y]\nservices: {}\n' },
      'products/b/compose.yaml',
    ],
  ])('%s that could not be read', async (_, files, file) => {
    expect(await lines('check', { 'features/': '', ...files })).toContain(`  not read ${file}`)
  })

  test('what Compose refuses is read all the same', async () => {
    const files = { 'products/a/compose.yaml': 'services: {a: {ports: ["8000:80"]}}\n' }
    expect(await lines('check', files)).toEqual(['  checked  1 port of 1 product: 0 collisions, 1 hazard'])
  })

  test('list has no number of ports for it', async () => {
    const here = makeWorkspace(one)
    expect((await product('list', here)).stdout).toMatch(/^ {2}b +\+\d+ +\? /m)
    const { products } = JSON.parse((await product('list --json', here)).stdout) as {
      products: { ports: number | null }[]
    }
    expect(products.map(({ ports }) => ports)).toEqual([1, null])
  })

  test('whois says whose claims it does not know', async () => {
    expect(await lines('whois 9000', one)).toEqual([
      '  no product that was read claims 9000',
      '  not read: products/b/compose.yaml',
    ])
    expect((await lines('whois 8000', one)).at(-1)).toBe('  not read: products/b/compose.yaml')
  })

  test('JSON lists it', async () => {
    const here = makeWorkspace(one)
    expect(await checked(here)).toMatchObject({ products: 1, ports: 1, unread: ['products/b/compose.yaml'] })
    expect(JSON.parse((await product('whois 9000 --json', here)).stdout)).toMatchObject({
      unread: ['products/b/compose.yaml'],
    })
    expect(await portsOf(here)).toHaveLength(1)
  })
})
