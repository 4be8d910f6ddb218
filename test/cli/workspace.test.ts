/** Where a command works, and on which product. */
import { symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/problem.js'
import { feature, product } from '../support/cli.js'
import { demoWorkspace, type Files, makeFolder, makeWorkspace } from '../support/workspace.js'

const REDIS = { 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n' }
const NAMED_SHOP = /^shop {2}offset 586 /

/** The products whose plans a run reports. */
async function productsOf(...run: Parameters<typeof product>): Promise<string[]> {
  const { stdout } = await product(...run)
  return (JSON.parse(stdout) as { products: { product: string }[] }).products.map((plan) => plan.product)
}

describe('the workspace', () => {
  const workspace = makeWorkspace({ ...REDIS, 'products/shop/src/deep/': '', 'features/redis/conf/': '' })
  const elsewhere = makeFolder()

  test.each(['', 'features', 'features/redis/conf', 'products', 'products/shop', 'products/shop/src/deep'])(
    'is found from the folder "%s" below it',
    async (folder) => {
      const { exitCode, stdout } = await product('env --merge --dry-run', workspace.path(folder))
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(NAMED_SHOP)])
    },
  )

  test.each([
    ['after the command', `env --merge --dry-run -C ${workspace.root}`],
    ['before the command', `-C ${workspace.root} env --merge --dry-run`],
    ['in full', `env --merge --dry-run --workspace ${workspace.root}`],
  ])('is the one that -C names, %s', async (_, line) => {
    expect(await product(line, elsewhere)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(NAMED_SHOP),
    })
  })

  test('is the one that -C names, relative to where the user stands', async () => {
    const { stdout } = await product('env --merge --dry-run -C ../..', workspace.path('products/shop'))
    expect(stdout).toMatch(NAMED_SHOP)
  })

  test('is the one that PRODUCT_WORKSPACE names', async () => {
    const env = { PRODUCT_WORKSPACE: workspace.root }
    expect((await product('env --merge --dry-run', elsewhere, { env })).stdout).toMatch(NAMED_SHOP)
  })

  test('is the one that -C names, whatever PRODUCT_WORKSPACE says', async () => {
    const env = { PRODUCT_WORKSPACE: elsewhere.root }
    expect(
      (await product(['env', '--merge', '-C', workspace.root, '--dry-run'], elsewhere, { env })).exitCode,
    ).toBe(0)
  })

  test('is the nearest one where an empty PRODUCT_WORKSPACE names none', async () => {
    const env = { PRODUCT_WORKSPACE: '' }
    expect((await product('env --merge --dry-run', workspace, { env })).stdout).toMatch(NAMED_SHOP)
  })

  test('is the inner one of two', async () => {
    const outer = makeWorkspace({ 'products/shop/features/': '', 'products/shop/products/inner/': '' })
    expect(await productsOf('env --merge --json', outer.path('products/shop'))).toEqual(['inner'])
  })

  test('is missed in a folder that has none above it', async () => {
    const { exitCode, stdout, stderr } = await product('env --merge', elsewhere)
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toBe(
      `error: No workspace found: neither ${elsewhere.root} nor a folder above it contains features/ and products/, a SPLENT product, or a Compose file [no-workspace]\n` +
        '  Run product init to create a workspace here, or pass -C DIR.\n',
    )
  })

  test.each([
    ['a folder that is not there', 'nowhere', 'error: This folder does not exist'],
    [
      'a folder without features/ and products/',
      '.',
      'error: This folder is not a workspace: it does not contain features/ and products/, a SPLENT product, or a Compose file',
    ],
  ])('is missed in %s that -C names', async (_, folder, reason) => {
    const { exitCode, stderr } = await product(`env --merge -C ${folder}`, elsewhere)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${folder}: ${reason}`)])
  })

  test('is no workspace where features or products is a file, or a link in a circle', async () => {
    const folder = makeFolder()
    folder.write({ features: '', 'products/': '' })
    symlinkSync('links', folder.path('links'))
    expect((await product('env --merge', folder)).stderr).toContain('[no-workspace]')
    expect((await product('env --merge -C links', folder)).stderr).toContain('[no-workspace]')
  })
})

describe('the product', () => {
  const two = makeWorkspace({ 'products/shop/src/': '', 'products/blog/': '', 'products/not a product/': '' })
  const one = makeWorkspace({ 'products/shop/': '', 'products/README.md': '' })

  test('is the one that the user stands in', async () => {
    expect(await productsOf('env --merge --json', two.path('products/shop/src'))).toEqual(['shop'])
  })

  test('is the named one, wherever the user stands', async () => {
    expect(await productsOf('env --merge blog --json', two.path('products/shop'))).toEqual(['blog'])
  })

  test('is the only one there is', async () => {
    expect(await productsOf('env --merge --json', one)).toEqual(['shop'])
  })

  test('has to be named where there are several; they are listed', async () => {
    const { exitCode, stdout, stderr } = await product('env --merge', two)
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toBe(
      'error: The workspace has several products, and none is named [no-product]\n  Name one of them, or use --all: blog, shop.\n',
    )
  })

  test.each(['env --merge', 'env --merge --all', 'env', 'env --generate'])(
    'is missed by `%s` in a workspace without any',
    async (line) => {
      const { exitCode, stderr } = await product(line, makeWorkspace())
      expect([exitCode, stderr]).toEqual([
        1,
        'error: The workspace has no products [no-product]\n  Create one: product new NAME\n',
      ])
    },
  )

  test('that is not there is answered with the nearest name', async () => {
    const { exitCode, stderr } = await product('env --merge shup', two)
    expect([exitCode, stderr]).toEqual([
      1,
      'error: Product shup does not exist [no-product]\n  Did you mean shop?\n',
    ])
  })

  test('that differs in case only is answered with its name', async () => {
    expect((await product('env --merge SHOP', two)).stderr).toContain('Did you mean shop?')
  })

  test('that is not named is one of many: the first twenty are listed', async () => {
    const many = makeWorkspace(
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`products/p${i}/`, ''])),
    )
    expect((await product('env --merge', many)).stderr).toMatch(/: p0, p1, (?:p\d+, ){18}…\.\n$/)
  })

  test('that is like no other is answered with all names', async () => {
    expect((await product('env --merge warehouse', two)).stderr).toContain(
      "The workspace's products are: blog, shop.",
    )
  })

  test.each([
    '../x',
    'a/b',
    '/etc',
    '.',
    '..',
    '',
    'shop/',
    '.shop',
    '-',
    '__proto__',
    'shop\n',
    'a b',
    'x'.repeat(5000),
  ])('cannot be called %j', async (name) => {
    const { exitCode, stdout, stderr } = await product(['env', '--merge', '--', name], two)
    expect([exitCode, stdout]).toEqual([stderr.includes('[bad-name]') ? 2 : 1, ''])
    expect(stderr).toMatch(/\[(bad-name|no-product)\]\n {2}.+\n(\n.*--help.*\n)?$/)
    expect(two.all()).toEqual({})
  })

  test('can be called like a property of every object', async () => {
    const names: Files = { 'products/constructor/': '', 'products/toString/': '' }
    const workspace = makeWorkspace({ ...REDIS, ...names })
    expect((await product('env --merge constructor', workspace)).exitCode).toBe(0)
    expect(workspace.read('products/constructor/.env')).toMatch(/^REDIS_HOST_PORT=\d+$/m)
    expect((await product('env --merge hasOwnProperty', workspace)).stderr).toContain('[no-product]')
  })

  test('in a folder whose name is no product name says so', async () => {
    const { exitCode, stderr } = await product('env --merge', two.path('products/not a product'))
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('"not a product" is not a valid product name'),
    ])
  })
})

describe('the features of a product', () => {
  const features: Files = {
    'features/a/.env.example': 'A=1\n',
    'features/b/.env.example': 'B=1\n',
    'features/c/.env.example': 'C=1\n',
  }

  /** The features that a product `shop` with these files is merged from. */
  async function featuresWith(files: Files): Promise<readonly string[]> {
    const { exitCode, stdout, stderr } = await product(
      'env --merge shop --json',
      makeWorkspace({ ...features, 'products/shop/': '', ...files }),
    )
    expect([exitCode, stderr.replace(/^.*\[feature-drift\]\n.*\n/gm, '')]).toEqual([0, ''])
    return (JSON.parse(stdout) as { products: [{ merged: string[] }] }).products[0].merged
  }

  test('are those of product.yaml, in its order', async () => {
    expect(await featuresWith({ 'products/shop/product.yaml': 'features: [c, a]\n' })).toEqual(['c', 'a'])
  })

  test('are those of product.yml', async () => {
    expect(await featuresWith({ 'products/shop/product.yml': 'features: [b]\n' })).toEqual(['b'])
  })

  test('are none where product.yaml lists none', async () => {
    expect(await featuresWith({ 'products/shop/product.yaml': 'features: []\n' })).toEqual([])
  })

  test('are each merged once, however often product.yaml lists them', async () => {
    expect(await featuresWith({ 'products/shop/product.yaml': 'features: [b, a, b]\n' })).toEqual(['b', 'a'])
  })

  const short = 'include:\n  - ../../features/c/compose.yaml\n  - ../../features/a/compose.yaml\n'
  test.each(['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'])(
    'are those that %s includes, in its order',
    async (name) => {
      expect(await featuresWith({ [`products/shop/${name}`]: short })).toEqual(['c', 'a'])
    },
  )

  test('are those that the long form includes', async () => {
    const long =
      'include:\n' +
      '  - path: ../../features/b/compose.yaml\n    project_directory: .\n' +
      '  - path: [../../features/a/compose.yaml, ./override.yaml]\n' +
      '  - ./local.yaml\n'
    expect(await featuresWith({ 'products/shop/compose.yaml': long })).toEqual(['b', 'a'])
  })

  test('are those of product.yaml, whatever the Compose file includes', async () => {
    const files = { 'products/shop/product.yaml': 'features: [b]\n', 'products/shop/compose.yaml': short }
    expect(await featuresWith(files)).toEqual(['b'])
  })

  test('are those of the Compose file where product.yaml does not list any', async () => {
    const files = { 'products/shop/product.yaml': 'offset: 5\n', 'products/shop/compose.yaml': short }
    expect(await featuresWith(files)).toEqual(['c', 'a'])
  })

  test('are those of the override, too', async () => {
    const files = {
      'products/shop/compose.yaml': short,
      'products/shop/compose.override.yaml': 'include: [../../features/b/compose.yaml]\n',
    }
    expect(await featuresWith(files)).toEqual(['c', 'a', 'b'])
  })

  test('are those of the files that COMPOSE_FILE names, from their folder', async () => {
    const files = {
      'products/shop/.env': 'COMPOSE_FILE=compose/base.yaml:compose/more.yaml\n',
      'products/shop/compose/base.yaml': 'include: [../../../features/b/compose.yaml]\n',
      'products/shop/compose/more.yaml': 'include: [../../../features/a/compose.yaml]\n',
      'products/shop/compose.yaml': 'include: [../../features/c/compose.yaml]\n',
    }
    expect(await featuresWith(files)).toEqual(['b', 'a'])
  })

  test('are found where the product env says what a variable in the path stands for', async () => {
    const files = {
      'products/shop/compose.yaml':
        'include: ["../../features/${CACHE}/compose.yaml", "../../features/${X:-a}/c.yaml"]\n',
      'products/shop/.env.example': 'CACHE=b\n',
    }
    expect(await featuresWith(files)).toEqual(['b', 'a'])
  })

  test('are told to be unknown where nothing says it, and are not all there are', async () => {
    const workspace = makeWorkspace({
      ...features,
      'products/shop/compose.yaml': 'include:\n  - ../../features/${CACHE}/compose.yaml\n',
    })
    const { exitCode, stdout, stderr } = await product('env --merge shop --json', workspace)
    expect(exitCode).toBe(0)
    expect(stderr).toContain('products/shop/compose.yaml:2: warning: CACHE is not set')
    expect(JSON.parse(stdout)).toMatchObject({ products: [{ merged: [] }] })
  })

  test.each([
    ['there is neither product.yaml nor a Compose file', {}],
    ['the Compose file includes nothing', { 'products/shop/compose.yaml': 'services: {}\n' }],
    [
      'the Compose file includes its own files only',
      { 'products/shop/compose.yaml': 'include: [./x.yaml]\n' },
    ],
    ['product.yaml is empty', { 'products/shop/product.yaml': '' }],
    ['product.yaml holds comments only', { 'products/shop/product.yaml': '# features: [a]\n' }],
  ])('are all, by name, where %s', async (_, files) => {
    expect(await featuresWith(files)).toEqual(['a', 'b', 'c'])
  })

  test('are read from a product.yaml with a BOM and Windows line ends', async () => {
    expect(await featuresWith({ 'products/shop/product.yaml': '\ufefffeatures:\r\n  - b\r\n' })).toEqual([
      'b',
    ])
  })

  test('may be links to folders elsewhere', async () => {
    const shared = makeFolder()
    shared.write({ '.env.example': 'L=1\n' })
    const workspace = makeWorkspace({ 'products/shop/': '' })
    symlinkSync(shared.root, workspace.path('features/linked'))
    expect((await product('env --merge', workspace)).exitCode).toBe(0)
    expect(workspace.read('products/shop/.env')).toContain('\nL=1\n')
  })

  test('leave out a link that leads in a circle and a file', async () => {
    const workspace = makeWorkspace({ 'products/shop/': '', 'features/README': '', ...features })
    symlinkSync('loop', workspace.path('features/loop'))
    expect((await product('env --merge', workspace)).exitCode).toBe(0)
  })

  test.each([
    ['product.yaml lists', { 'products/shop/product.yaml': 'features:\n  - a\n  - bb\n' }],
    [
      'the Compose file includes',
      { 'products/shop/compose.yaml': 'include: [../../features/bb/compose.yaml]\n' },
    ],
  ])('that %s but are not there are answered with the nearest name', async (_, files) => {
    const workspace = makeWorkspace({ ...features, ...files })
    const { exitCode, stderr } = await product('env --merge', workspace)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^products\/shop.*: error: .*feature bb.*\[no-feature\]\n {2}Did you mean b\?\n$/,
      ),
    ])
    expect(workspace.read('products/shop/.env')).toBeNull()
  })

  test.each(['../b', '../../etc', '/etc', '.', '..', 'a/b', 'a/', '', '.a', '__proto__', 'C:', 'a\\b'])(
    'cannot be called %j in product.yaml',
    async (name) => {
      const workspace = makeWorkspace({
        ...features,
        'products/shop/product.yaml': `features:\n  - a\n  - ${JSON.stringify(name)}\n`,
      })
      const { exitCode, stderr } = await product('env --merge', workspace)
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringMatching(/^products\/shop\/product\.yaml:3:5: error: .*\[bad-settings\]\n/),
      ])
      expect(workspace.read('products/shop/.env')).toBeNull()
    },
  )

  test.each([
    '../../../features/a/compose.yaml',
    '../../features/../secrets/compose.yaml',
    '/etc/compose.yaml',
    '../../features/../../features/a/compose.yaml',
    '../../featuresX/a/compose.yaml',
  ])('are not looked for outside of the workspace, where `include: %s` leads', async (path) => {
    expect(await featuresWith({ 'products/shop/compose.yaml': `include: ["${path}"]\n` })).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  test('are found by an include that goes a roundabout way', async () => {
    const compose = 'include: ["./../shop/../../features/./b/compose.yaml"]\n'
    expect(await featuresWith({ 'products/shop/compose.yaml': compose })).toEqual(['b'])
  })
})

test('the demo workspace has two products', async () => {
  expect(await productsOf('env --merge --all --dry-run --json', demoWorkspace())).toEqual([
    'my_first_app',
    'my_second_app',
  ])
})

describe('what is not read is told', () => {
  const skipped = async (files: Files, line = 'env --merge --all --json') => {
    const { exitCode, stdout } = await product(line, makeWorkspace({ 'products/shop/': '', ...files }))
    const { ok, problems } = JSON.parse(stdout) as { ok: boolean; problems: Problem[] }
    expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true })
    return problems
      .filter(({ code }) => code.startsWith('skipped'))
      .map(({ code, severity, file }) => `${severity} ${code} ${file}`)
  }

  test.each<[string, Files, string[]]>([
    [
      'a product with a blank in its name',
      { 'products/a b/compose.yaml': '' },
      ['warning skipped-folder products/a b'],
    ],
    [
      'a product and a feature in letters that are none here',
      { 'products/gr\u00f6\u00dfe/product.yml': '', 'features/_x/.env.example': '' },
      ['warning skipped-folder products/gr\u00f6\u00dfe', 'warning skipped-folder features/_x'],
    ],
    ['a folder of something else', { 'products/_notes/README.md': '', 'features/a b/': '' }, []],
    ['a hidden folder, and a file', { 'products/.old/compose.yaml': '', 'products/a b': '' }, []],
    [
      'product.yml beside product.yaml',
      { 'products/shop/product.yaml': '', 'products/shop/product.yml': 'offset: 5\n' },
      ['warning skipped-file products/shop/product.yml'],
    ],
    ['product.yml alone', { 'products/shop/product.yml': '' }, []],
    [
      'workspace.yml beside workspace.yaml',
      { 'workspace.yaml': '', 'workspace.yml': '' },
      ['warning skipped-file workspace.yml'],
    ],
    [
      'an .env.example beside an .env.dev.example, which is another file',
      { 'products/shop/.env.example': '', 'products/shop/.env.dev.example': '' },
      [],
    ],
  ])('%s', async (_, files, told) => {
    expect(await skipped(files)).toEqual(told)
  })

  test('a second Compose file, which Compose passes over, too', async () => {
    const files = { 'products/shop/compose.yml': 'services: {}', 'products/shop/docker-compose.yml': '' }
    expect(await skipped(files, 'ports --json')).toEqual([
      'warning skipped-file products/shop/docker-compose.yml',
    ])
  })

  test('and keeps no feature from being made', async () => {
    const here = makeWorkspace({ 'features/a b/.env.example': '' })
    const { exitCode, stderr } = await feature('new cache', here)
    expect(exitCode).toBe(0)
    expect(stderr.match(/\[skipped-folder\]/g)).toHaveLength(1)
  })
})
