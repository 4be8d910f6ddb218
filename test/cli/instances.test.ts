// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** Instances: `product env --instance`, and what the rest makes of them. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseEnv } from '../../src/env/document.js'
import { readEnv } from '../../src/env/read.js'
import { crc32 } from '../../src/ports/offset.js'
import { product } from '../support/cli.js'
import { composeMissing, requireOrSkip, runCompose } from '../support/compose.js'
import { type Files, makeWorkspace, type TestWorkspace } from '../support/workspace.js'
import { brief, checked, composeOf, ok, portsOf, REDIS } from './claims-support.js'

/** crc32("shop@blue") % 1000 */
const BLUE = 420
const OVERLAY = 'products/shop/.env.blue'

function shop(files: Files = {}): TestWorkspace {
  return makeWorkspace({ ...REDIS, 'products/shop/.env': 'SECRET=s3cret\n', ...files })
}

/** What an env file says. */
function valuesOf(workspace: TestWorkspace, file: string): Record<string, string> {
  return Object.fromEntries(readEnv(parseEnv(workspace.bytes(file))).values)
}

describe('an overlay', () => {
  test('holds only what differs', async () => {
    const here = shop({
      'features/redis/.env.example': [
        'REDIS_HOST_PORT=6380',
        'REDIS_URL=redis://redis:6379',
        'REDIS_LINK=http://localhost:${REDIS_HOST_PORT}/x',
        'LINKED="${REDIS_LINK} and more"',
        "LITERALLY='${REDIS_HOST_PORT}'",
        '',
      ].join('\n'),
      'products/shop/.env':
        'WEB_HOST_PORT=127.0.0.1:8000\nRANGE_PORT_ONE=7000-7010\nSECRET=s3cret\nEMPTY_HOST_PORT=\nODD_HOST_PORT=web\n',
    })
    await product('env --merge shop --instance blue', here)
    expect(crc32('shop@blue') % 1000).toBe(BLUE)
    expect(valuesOf(here, OVERLAY)).toEqual({
      COMPOSE_PROJECT_NAME: 'shop-blue',
      WEB_HOST_PORT: '127.0.0.1:8420',
      RANGE_PORT_ONE: '7420-7430',
      REDIS_HOST_PORT: '6800',
      REDIS_LINK: 'http://localhost:6800/x',
      LINKED: 'http://localhost:6800/x and more',
    })
    expect(here.read(OVERLAY)).not.toContain('s3cret')
  })

  test('takes a feature\u2019s base port, and the product\u2019s own pinned value', async () => {
    const here = shop({ 'products/shop/.env': 'REDIS_HOST_PORT=7777\n' })
    await ok('env --merge shop --instance blue', here)
    expect(valuesOf(here, OVERLAY)['REDIS_HOST_PORT']).toBe(`${7777 + BLUE}`)
  })

  test('takes an offset that product.yaml states', async () => {
    const here = shop({ 'products/shop/product.yaml': 'instances: { blue: { offset: 17 } }\n' })
    await ok('env --merge shop --instance blue', here)
    expect(valuesOf(here, OVERLAY)['REDIS_HOST_PORT']).toBe('6397')
  })

  test('made twice is made once', async () => {
    const here = shop()
    await ok('env --merge shop --instance blue', here)
    const once = here.all()
    await ok('env --merge shop --instance blue', here)
    await ok('env --merge shop --instance blue --refresh --prune', here)
    expect(here.all()).toEqual(once)
    expect((await product('env --merge shop --instance blue --check', here)).exitCode).toBe(0)
  })

  test('follows the templates only with --refresh', async () => {
    const here = shop()
    await ok('env --merge shop --instance blue', here)
    here.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6390\n' })
    const once = here.all()
    await product('env --merge shop --instance blue', here)
    expect(here.all()).toEqual(once)
    expect(brief(await portsOf(here))).toEqual([
      'shop REDIS_HOST_PORT 6966/tcp outdated',
      'shop@blue REDIS_HOST_PORT 6800/tcp outdated',
    ])
    await ok('env --merge shop --instance blue --refresh', here)
    expect(valuesOf(here, OVERLAY)['REDIS_HOST_PORT']).toBe('6810')
    expect(valuesOf(here, 'products/shop/.env')['REDIS_HOST_PORT']).toBe('6976')
  })

  test('gives up with --prune what the product has given up, and moves nothing else', async () => {
    const mail = 'MAIL_HOST_PORT=9000\nMAIL_URL=http://localhost:${MAIL_HOST_PORT}\n'
    const here = shop({ 'features/mail/.env.example': mail })
    await ok('env --merge shop --instance blue', here)
    const whole = here.read(OVERLAY)
    here.write({
      'products/shop/product.yaml': 'features: [redis]\n',
      'features/redis/.env.example': 'REDIS_HOST_PORT=6390\n',
    })
    await ok('env --merge shop --prune', here)
    expect(here.read(OVERLAY)).toBe(whole)
    const states = async () => [
      (await ok('list', here))
        .split('\n')
        .flatMap((line) => /@blue +\+\d+ +\d+ +(\w+)/.exec(line)?.[1] ?? []),
      brief((await portsOf(here)).filter(({ instance }) => instance === 'blue')),
    ]
    expect(await states()).toEqual([
      ['outdated'],
      ['shop@blue REDIS_HOST_PORT 6800/tcp outdated', 'shop@blue MAIL_HOST_PORT 9420/tcp outdated'],
    ])
    here.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n' })
    expect((await states())[0]).toEqual(['outdated'])
    here.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6390\n' })
    await ok('env --merge shop --instance blue --prune', here)
    expect(valuesOf(here, OVERLAY)).toEqual({ COMPOSE_PROJECT_NAME: 'shop-blue', REDIS_HOST_PORT: '6800' })
    here.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n' })
    expect(await states()).toEqual([['merged'], ['shop@blue REDIS_HOST_PORT 6800/tcp adjusted']])
    const once = here.all()
    await ok('env --merge shop --instance blue --prune --refresh', here)
    expect(here.all()).toEqual(once)
  })

  test('keeps with --prune what was edited by hand', async () => {
    const here = shop({ 'products/shop/.env': 'WEB_HOST_PORT=8000\n' })
    await ok('env --merge shop --instance blue', here)
    const edited = `${here.read(OVERLAY)?.replace('6800', '6801')}`
    here.write({ [OVERLAY]: edited, 'products/shop/.env': 'A=1\n' })
    await product('env --merge shop --instance blue --prune', here)
    expect(here.read(OVERLAY)).toBe(edited)
  })

  test('keeps what was edited by hand', async () => {
    const here = shop()
    await ok('env --merge shop --instance blue', here)
    const edited = `${here.read(OVERLAY)?.replace('6800', '6801')}\nMINE=1\n`
    here.write({ [OVERLAY]: edited })
    await product('env --merge shop --instance blue --refresh', here)
    expect(here.read(OVERLAY)).toBe(edited)
    expect(brief(await portsOf(here, '--outcome pinned'))).toEqual([
      'shop@blue REDIS_HOST_PORT 6801/tcp pinned',
    ])
    const { exitCode, stderr } = await product('env shop --instance blue --remove', here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('[hand-edited]')
    expect(here.read(OVERLAY)).toBe(edited)
  })

  test('can be seen before it is made', async () => {
    const here = shop()
    const before = here.all()
    expect(await ok('env --merge shop --instance blue --dry-run', here)).toContain('6800')
    const { stdout: diff } = await product('env --merge shop --instance blue --diff', here)
    expect(diff).toContain(`+++ b/${OVERLAY}`)
    expect(diff).toContain('+REDIS_HOST_PORT=6800')
    expect((await product('env --merge shop --instance blue --check', here)).exitCode).toBe(1)
    expect(here.all()).toEqual(before)
  })

  test('is JSON as well', async () => {
    const here = shop()
    const { products } = JSON.parse(await ok('env --merge shop --instance blue --json', here)) as {
      products: unknown[]
    }
    expect(products).toMatchObject([
      { product: 'shop', instance: null, file: 'products/shop/.env', written: true },
      {
        product: 'shop',
        instance: 'blue',
        file: OVERLAY,
        offset: { value: BLUE, from: 'crc32' },
        written: true,
      },
    ])
  })

  test.each(['example', 'local'])(
    'is not what another file called .env.%s is: that one is not removed',
    async (name) => {
      const here = makeWorkspace({
        'features/': '',
        'products/shop/.env': 'A=1\n',
        [`products/shop/.env.${name}`]: '',
      })
      const { exitCode } = await product(`env shop --instance ${name} --remove`, here)
      expect([exitCode, here.read(`products/shop/.env.${name}`)]).toEqual([name === 'example' ? 2 : 1, ''])
    },
  )

  test('is nothing to stop for among all products; that nobody has it is said', async () => {
    const here = shop()
    const line = 'env --all --instance zzz --remove'
    expect(await ok(line, here)).toBe('Nothing to remove: no product has an instance zzz\n')
    expect(await ok(`${line} --quiet`, here)).toBe('')
  })

  test('is removed, and with it the instance', async () => {
    const here = shop()
    await ok('env --merge shop', here)
    const before = here.all()
    await ok('env --merge shop --instance blue', here)
    expect(await ok('list', here)).toContain('shop@blue')
    expect(await ok('env shop --instance blue --remove', here)).toContain(`${OVERLAY} removed`)
    expect(here.all()).toEqual(before)
    expect(await ok('list', here)).not.toContain('blue')
    const { exitCode, stderr } = await product('env shop --instance blue --remove', here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('[no-instance]')
  })

  test('is removed with --json, --dry-run and --quiet as well', async () => {
    const here = shop()
    await ok('env --merge shop --instance blue', here)
    const before = here.all()
    const line = 'env shop --instance blue --remove'
    expect(await ok(`${line} --dry-run`, here)).toBe(`${OVERLAY} would be removed\n`)
    expect(here.all()).toEqual(before)
    expect(JSON.parse(await ok(`${line} --json`, here))).toMatchObject({ ok: true, removed: [OVERLAY] })
    const again = await product(`${line} --json`, here)
    expect(again.exitCode).toBe(1)
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: false, removed: [] })
    await ok('env --merge shop --instance blue', here)
    expect(await ok(`${line} -q`, here)).toBe('')
    expect(here.read(OVERLAY)).toBeNull()
  })

  test('is not made where the merge has an error', async () => {
    const here = shop({ 'features/redis/.env.example': 'REDIS_HOST_PORT=65535\n' })
    const before = here.all()
    expect((await product('env --merge shop --instance blue', here)).exitCode).toBe(1)
    expect(here.all()).toEqual(before)
  })

  test('is not made with a port over 65535', async () => {
    const here = shop({
      'features/redis/.env.example': 'REDIS_HOST_PORT=65500\n',
      'products/shop/product.yaml': 'offset: 1\n',
    })
    const before = here.all()
    const { exitCode, stderr } = await product('env --merge shop --instance blue', here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('[port-out-of-range]')
    expect(here.all()).toEqual(before)
  })

  test('and such a port says what helps, also where the product has pinned it', async () => {
    const here = shop({ 'products/shop/.env': 'WEB_HOST_PORT=65400\n' })
    const { stderr } = await product('env --merge shop --instance blue', here)
    const stated = /Set an offset of at most 135 in product.yaml: (instances: .*)\.\n/.exec(stderr)?.[1]
    here.write({ 'products/shop/product.yaml': `${stated}\n` })
    await ok('env --merge shop --instance blue', here)
    expect(valuesOf(here, OVERLAY)['WEB_HOST_PORT']).toBe('65535')
  })

  test.each(['65600', '70000-70001'])('is not made of %s, which no offset makes a port', async (port) => {
    const here = shop({ 'products/shop/.env': `WEB_HOST_PORT=${port}\n` })
    const { stderr } = await product('env --merge shop --instance blue', here)
    expect(stderr).toContain('Lower WEB_HOST_PORT in the product env')
  })
})

describe('the project of an instance', () => {
  test.each([
    ['my_first_app', 'my_first_app-blue'],
    ['My.App', 'myapp-blue'],
    ['UPPER', 'upper-blue'],
    ['0', '0-blue'],
    ['a-_.b', 'a-_b-blue'],
  ])('%s@blue is %s', async (name, project) => {
    const here = makeWorkspace({ ...REDIS, [`products/${name}/`]: '' })
    await ok(`env --merge ${name} --instance blue`, here)
    expect(valuesOf(here, `products/${name}/.env.blue`)['COMPOSE_PROJECT_NAME']).toBe(project)
    expect(project).toMatch(/^[a-z0-9][a-z0-9_-]*$/)
    const { products } = JSON.parse(await ok('list --json', here)) as { products: { project: string }[] }
    expect(products.at(-1)?.project).toBe(project)
  })

  test('goes by the name that the Compose file or the product env states', async () => {
    const here = makeWorkspace({
      'products/a/compose.yaml': `name: stated\n${composeOf('web', '"80"')}`,
      'products/b/.env': 'COMPOSE_PROJECT_NAME=from_env\n',
    })
    await ok('env --merge --all --instance v2.Blue', here)
    expect(valuesOf(here, 'products/a/.env.v2.Blue')['COMPOSE_PROJECT_NAME']).toBe('stated-v2blue')
    expect(valuesOf(here, 'products/b/.env.v2.Blue')['COMPOSE_PROJECT_NAME']).toBe('from_env-v2blue')
  })

  /** Where the name comes from, and what it is. */
  const NAMES: [string, Files, string][] = [
    ['an override', { 'compose.override.yaml': 'name: fancy\n' }, 'fancy'],
    ['a flow mapping', { 'compose.yaml': '{"name": "Fan.cy", "services": {a: {image: a}}}\n' }, 'fancy'],
    ['a variable', { '.env': 'X=1\n', 'compose.override.yaml': 'name: fancy-${X}\n' }, 'fancy-1'],
    ['no key of something else', { 'compose.override.yaml': 'networks: {n: {name: fancy}}\n' }, 'shop'],
    [
      'the last of the files of COMPOSE_FILE that states one',
      {
        '.env': 'COMPOSE_FILE=compose.yaml:docker/a.yaml:docker/b.yaml\n',
        'docker/a.yaml': 'name: first\n',
        'docker/b.yaml': 'name: fancy\n',
      },
      'fancy',
    ],
    [
      'the project directory',
      { '.env': 'COMPOSE_FILE=Dock.er/a.yaml:compose.yaml\n', 'Dock.er/a.yaml': 'services: {}\n' },
      'docker',
    ],
  ]
  const named = (files: Files): TestWorkspace => {
    const all = { 'compose.yaml': 'services: {a: {image: a}}\n', '.env': '', ...files }
    const entries = Object.entries(all).map(([file, text]) => [`products/shop/${file}`, text] as const)
    return shop(Object.fromEntries(entries))
  }

  test.each(NAMES)('has the name of the product\u2019s as list says it, from %s', async (_, files, name) => {
    const here = named(files)
    await ok('env --merge shop --instance blue', here)
    expect(valuesOf(here, OVERLAY)['COMPOSE_PROJECT_NAME']).toBe(`${name}-blue`)
    const { products } = JSON.parse(await ok('list --json', here)) as { products: { project: string }[] }
    expect(products.map(({ project }) => project)).toEqual([name, `${name}-blue`])
  })

  test.runIf(requireOrSkip('Docker Compose', composeMissing())).each(NAMES)(
    'has the name that Compose says, from %s',
    async (_, files, name) => {
      const here = named(files)
      await ok('env --merge shop --instance blue', here)
      const { code, stdout } = runCompose(here.path('products/shop'), ['config', '--format', 'json'])
      expect([code, JSON.parse(stdout).name]).toEqual([0, name])
    },
  )

  test('goes by the product where nothing is left of the folder\u2019s name', async () => {
    const here = named({ '.env': 'COMPOSE_FILE=__/a.yaml\n', '__/a.yaml': 'services: {a: {image: a}}\n' })
    await ok('env --merge shop --instance blue', here)
    expect(valuesOf(here, OVERLAY)['COMPOSE_PROJECT_NAME']).toBe('shop-blue')
  })
})

describe('the name of an instance', () => {
  test.each([
    '../x',
    'a/b',
    '..',
    '.',
    '',
    '-x',
    'a b',
    '.hidden',
    'a\n',
    '/etc/passwd',
    'b.~product-env-k3-52',
    'blau\u00e9',
  ])('is not %j', async (name) => {
    const here = shop()
    const before = here.all()
    const { exitCode, stdout } = await product(['env', '--merge', 'shop', `--instance=${name}`], here)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(here.all()).toEqual(before)
  })

  test.each(['example', 'dev.example'])('is not %s, which is what other files are called', async (name) => {
    const here = shop({ 'products/shop/.env.example': 'A=1\n' })
    const before = here.all()
    const { exitCode, stderr } = await product(`env --merge shop --instance ${name}`, here)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('[bad-name]')
    expect(here.all()).toEqual(before)
  })

  test('is no env file of somebody\u2019s own', async () => {
    const here = shop({ 'products/shop/.env.local': 'A=1\n', 'products/shop/.env.prod': '' })
    expect(await ok('list', here)).not.toContain('@')
  })

  test.each([
    ['env shop --instance prod', 'no-instance'],
    ['env shop --instance prod --remove', 'no-instance'],
    ['env --merge shop --instance prod', 'foreign-file'],
    ['env --merge shop --instance prod --refresh --prune', 'foreign-file'],
    ['env --merge --all --instance prod', 'foreign-file'],
    ['ports shop@prod', 'no-instance'],
    ['port shop@prod REDIS_HOST_PORT', 'no-instance'],
  ])('nor for any command: %s', async (line, code) => {
    const foreign = 'DEBUG=0\n# >>> shop@blue (products/shop/.env)\nA=1\n# <<< shop@blue 00000000\n'
    const here = shop({ 'products/shop/.env.prod': foreign, 'products/blog/': '' })
    const before = here.all()
    const { exitCode, stderr } = await product(line, here)
    expect([exitCode, stderr.match(/\[[a-z-]+\]/g)]).toEqual([1, [`[${code}]`]])
    expect(here.all()).toEqual(before)
  })

  test('unless there is nothing in it: then an overlay is made of it', async () => {
    const here = shop({ 'products/shop/.env.prod': '\n' })
    await ok('env --merge shop --instance prod', here)
    expect(await ok('list', here)).toContain('shop@prod')
  })

  test('only because a mark was lost', async () => {
    const here = shop()
    await ok('env --merge shop --instance blue', here)
    here.write({ [OVERLAY]: (here.read(OVERLAY) as string).replace(/# <<<.*\n/, '') })
    expect((await product('list', here)).stdout).toContain('shop@blue')
    const { stderr } = await product('env --merge shop --instance blue', here)
    expect(stderr).toContain('[broken-section]')
    expect(stderr).not.toContain('[foreign-file]')
  })
})

describe('many instances', () => {
  const here = shop({ 'products/shop/compose.yaml': 'include: [../../features/redis/compose.yaml]\n' })

  test('are listed, counted and checked like products', async () => {
    for (const name of ['blue', 'green']) await ok(`env --merge shop --instance ${name}`, here)
    const { products } = JSON.parse(await ok('list --json', here)) as { products: { instance: string }[] }
    expect(products.map(({ instance }) => instance)).toEqual([null, 'blue', 'green'])
    expect(brief(await portsOf(here))).toEqual([
      'shop REDIS_HOST_PORT 6966/tcp adjusted',
      'shop@blue REDIS_HOST_PORT 6800/tcp adjusted',
      `shop@green REDIS_HOST_PORT ${6380 + (crc32('shop@green') % 1000)}/tcp adjusted`,
    ])
    expect(await checked(here)).toMatchObject({ products: 1, ports: 3, collisions: [] })
    expect((await product('whois 6800 --json', here)).stdout).toContain('"instance": "blue"')
  })

  test('collide like products', async () => {
    const two = shop({ 'products/shop/product.yaml': 'offset: 7\ninstances: { blue: { offset: 7 } }\n' })
    await ok('env --merge shop --instance blue', two)
    const { collisions } = await checked(two)
    expect(collisions.map(({ claims }) => claims.map(({ instance }) => instance))).toEqual([[null, 'blue']])
  })

  test('do not stop a literal port from colliding', async () => {
    const two = shop({ 'products/shop/compose.yaml': composeOf('web', '"8080:80"') })
    await ok('env --merge shop --instance blue', two)
    expect((await checked(two)).collisions).toHaveLength(1)
  })
})

describe('an instance is named as the tables name it', () => {
  const here = shop({ 'products/other/': '' })

  test('by ports and check: it alone, where the product is named with its instances', async () => {
    for (const name of ['blue', 'green']) await ok(`env --merge shop --instance ${name}`, here)
    const owners = async (names: string) =>
      (await portsOf(here, names)).map(({ product: name, instance }) => `${name} ${instance}`)
    expect(await owners('shop@blue')).toEqual(['shop blue'])
    expect(await owners('other shop@blue')).toEqual(['other null', 'shop blue'])
    expect(await owners('shop')).toEqual(['shop null', 'shop blue', 'shop green'])
    expect(await owners('shop@')).toEqual(['shop null'])
    expect(await checked(here, 'shop@')).toMatchObject({ exitCode: 0, products: 1, ports: 1 })
    expect(await ok('list other shop@', here)).toMatch(/^ {2}product .*\n {2}other .*\n {2}shop .*\n$/)
    expect(await checked(here, 'shop@blue')).toMatchObject({ exitCode: 0, products: 1, ports: 1 })
    expect(await checked(here, 'shop@blue shop@green')).toMatchObject({ products: 1, ports: 2 })
  })

  test.each(['compose shop@ down', 'run shop@ true', 'port shop@ REDIS_HOST_PORT'])(
    'where one is needed: %s is a name without its instance',
    async (line) => {
      const { exitCode, stderr, programs } = await product(line, here)
      expect({ exitCode, programs }).toEqual({ exitCode: 2, programs: [] })
      expect(stderr).toContain('"" is not a valid instance name [bad-name]')
    },
  )

  test('by check, which shows what it collides with', async () => {
    const two = shop({ 'products/shop/product.yaml': 'offset: 7\ninstances: { blue: { offset: 7 } }\n' })
    await ok('env --merge shop --instance blue', two)
    await ok('env --merge shop --instance green', two)
    expect((await checked(two, 'shop@blue')).collisions).toHaveLength(1)
    expect((await checked(two, 'shop@green')).collisions).toHaveLength(0)
  })

  test.each([
    ['shop@bleu', 'Product shop has no instance bleu [no-instance]\n  Did you mean blue?'],
    ['other@blue', 'Product other has no instance blue [no-instance]'],
    ['shpo@blue', 'Product shpo does not exist [no-product]'],
    ['shop@a@b', '"a@b" is not a valid instance name [bad-name]'],
    ['../x@blue', '"../x" is not a valid product name [bad-name]'],
  ])('%s is none', async (name, message) => {
    for (const line of [`ports ${name}`, `check ${name}`, `port ${name} REDIS_HOST_PORT`]) {
      const { exitCode, stdout, stderr } = await product(line, here)
      expect({ line, exitCode, stdout }).toEqual({
        line,
        exitCode: message.includes('bad-name') ? 2 : 1,
        stdout: '',
      })
      expect(stderr).toContain(message)
    }
  })
})

/** git, told who it is, without the settings of whoever runs the tests. */
function git(folder: string, ...args: readonly string[]): void {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.test',
    '-c',
    'commit.gpgsign=false',
  ]
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  execFileSync('git', [...identity, ...args], { cwd: folder, env, stdio: 'pipe' })
}

function repository(): TestWorkspace {
  const here = shop({ 'products/shop/.gitkeep': '', 'products/shop/.env': 'A=1\n' })
  git(here.root, 'init', '--quiet', '--initial-branch=main')
  git(here.root, 'add', '--all')
  git(here.root, 'commit', '--quiet', '--message=x')
  return here
}

describe('--instance auto', () => {
  const auto = async (where: TestWorkspace | string) => {
    const { stdout, stderr } = await product('env --merge shop --instance auto --dry-run --json', where)
    const { products } = JSON.parse(stdout) as { products: { instance: string | null }[] }
    return products.at(-1)?.instance ?? stderr
  }

  test('takes the branch', async () => {
    const here = repository()
    expect(await auto(here)).toBe('main')
    git(here.root, 'switch', '--quiet', '--create', 'feature/x')
    expect(await auto(here)).toBe('feature-x')
    git(here.root, 'switch', '--quiet', '--create', '_größe//#1'.replace('//', '/'))
    expect(await auto(here)).toBe('gr-e-1')
  })

  test('takes the linked worktree, whatever its branch', async () => {
    const here = repository()
    git(here.root, 'worktree', 'add', '--quiet', '-b', 'feature/y', join(here.root, 'trees/second tree'))
    expect(await auto(join(here.root, 'trees/second tree'))).toBe('second-tree')
    git(here.root, 'worktree', 'add', '--quiet', '--detach', join(here.root, 'trees/third'))
    expect(await auto(join(here.root, 'trees/third'))).toBe('third')
  })

  test('finds none on a detached HEAD', async () => {
    const here = repository()
    git(here.root, 'switch', '--quiet', '--detach')
    expect(await auto(here)).toContain('no branch is checked out (detached HEAD)')
  })

  test.each(['\u65e5\u672c', '__'])('finds none in the branch %s', async (branch) => {
    const here = repository()
    git(here.root, 'switch', '--quiet', '--create', branch)
    const found = await auto(here)
    expect(found).toContain(`finds no name: the name of the branch, ${branch}, has no letter from a to z`)
    expect(found).toContain('--instance blue')
  })

  test('finds none outside of git', async () => {
    expect(await auto(shop())).toContain('is not in a git repository')
  })

  test('works for a workspace below the repository\u2019s root, and from a product\u2019s folder', async () => {
    const here = makeWorkspace({
      ...Object.fromEntries(Object.entries(REDIS).map(([file, text]) => [`deep/ws/${file}`, text])),
      'deep/ws/products/shop/.env': 'A=1\n',
    })
    git(here.root, 'init', '--quiet', '--initial-branch=trunk')
    expect(await auto(join(here.root, 'deep/ws/products/shop'))).toBe('trunk')
  })

  test('works in a submodule, which has a .git file too', async () => {
    const here = shop({
      '.git': 'gitdir: elsewhere/modules/ws\n',
      'elsewhere/modules/ws/HEAD': 'ref: refs/heads/sub\n',
    })
    expect(await auto(here)).toBe('sub')
  })
})
