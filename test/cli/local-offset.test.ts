// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** An offset for one machine: PRODUCT_OFFSET in an env file, from the outside. */
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../src/ports/offset.js'
import { product } from '../support/cli.js'
import { commitAll, git } from '../support/git.js'
import { containerOf, engineOf, everywhere } from '../support/machine.js'
import { type Files, makeFolder, makeWorkspace, type TestWorkspace } from '../support/workspace.js'
import { colliding, ok, portsOf, REDIS } from './claims-support.js'

const FILES: Files = {
  ...REDIS,
  'features/redis/.env.example': 'REDIS_HOST_PORT=6000\nREDIS_URL=redis://redis\n',
  'products/shop/product.yaml': 'offset: 5\ninstances: { blue: { offset: 7 } }\n',
  'products/shop/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
}
const ENV = 'products/shop/.env'
const BLUE = 'products/shop/.env.blue'

/** The lines of an env file that set something. */
const settings = (here: TestWorkspace, file = ENV): string[] =>
  (here.read(file) ?? '').split(/\r?\n/).filter((line) => /^[A-Z]/.test(line))

const holding = (...ports: number[]) => ({
  machine: { sockets: ports.map((port) => ({ port })), holders: { 1: { pid: 12, name: 'node' } } },
})

describe('PRODUCT_OFFSET', () => {
  test('in the product env comes before product.yaml, and is reported wherever offsets are', async () => {
    const here = makeWorkspace({ ...FILES, [ENV]: '# mine\nPRODUCT_OFFSET=99\nA=1\n' })
    expect(await ok('env --merge shop', here)).toMatch(/^shop {2}offset 99 \(PRODUCT_OFFSET\)\n/)
    expect(settings(here)).toEqual([
      'PRODUCT_OFFSET=99',
      'A=1',
      'REDIS_HOST_PORT=6099',
      'REDIS_URL=redis://redis',
    ])
    const merged = here.all()
    expect(await ok('env --merge shop --refresh', here)).toContain('nothing to do')
    expect(here.all()).toEqual(merged)

    expect(await ok('env shop', here)).toMatch(/^ {2}PRODUCT_OFFSET +99 /m)
    expect(await ok('list', here)).toMatch(/^ {2}shop +\+99 \(local\) +1 +merged/m)
    for (const line of ['ports', 'whois 6099'])
      expect(await ok(line, here)).toMatch(/REDIS_HOST_PORT +6000 +\+99 \(local\) +6099 +adjusted/)
    expect(await portsOf(here)).toMatchObject([{ offset: 99, offsetFrom: 'PRODUCT_OFFSET' }])
    const { stdout } = await product('list --json', here)
    expect(JSON.parse(stdout).products[0].offset).toEqual({ value: 99, from: 'PRODUCT_OFFSET' })
    expect(await ok('port shop --base 6000', here)).toContain(
      `${ENV} sets another offset: 6000 + 99 = 6099\n`,
    )
    expect(await ok('port shop@blue --base 6000', here)).toContain(
      'product.yaml sets another offset: 6000 + 7',
    )
  })

  test('that changes moves the ports with --refresh', async () => {
    const here = makeWorkspace(FILES)
    await ok('env --merge shop', here)
    here.write({ [ENV]: `${here.read(ENV)}PRODUCT_OFFSET=99\n` })
    expect(await ok('env --merge shop', here)).toContain('kept 6005, redis now gives 6099')
    expect(await ok('list', here)).toMatch(/\+99 \(local\) +1 +outdated/)
    await ok('env --merge shop --refresh', here)
    expect(settings(here)).toEqual(['REDIS_HOST_PORT=6099', 'REDIS_URL=redis://redis', 'PRODUCT_OFFSET=99'])
  })

  test.each([
    'PRODUCT_OFFSET=',
    'PRODUCT_OFFSET',
    'PRODUCT_OFFSET=65536',
    'PRODUCT_OFFSET=-1',
    'PRODUCT_OFFSET=${X:-9}',
    'PRODUCT_OFFSET=1\nPRODUCT_OFFSET="x"',
  ])('is an error in %s, which --offset corrects', async (line) => {
    const here = makeWorkspace({ ...FILES, [ENV]: `A=1\n${line}\n` })
    const before = here.all()
    const { exitCode, stderr } = await product('env --merge shop', here)
    expect([exitCode, stderr]).toEqual([
      1,
      `${ENV}:${1 + line.split('\n').length}: error: PRODUCT_OFFSET is not a whole number from 0 to 65535 [bad-offset]\n` +
        '  Correct the number, or remove the line to use the offset of every machine.\n',
    ])
    expect(here.all()).toEqual(before)
    expect((await product('list', here)).stdout).toMatch(/shop +\+5 \(set\) .*stopped/)
    await ok('env --merge shop --offset 9', here)
    expect(settings(here)).toContain('REDIS_HOST_PORT=6009')
  })

  test.each(['', 'allow: [PRODUCT_OFFSET]\n'])('cannot be set by a feature with %j', async (allow) => {
    const here = makeWorkspace({
      'features/web/.env.example': 'PRODUCT_OFFSET=9\nWEB_HOST_PORT=8000\n',
      'products/shop/product.yaml': `offset: 5\n${allow}`,
    })
    const { exitCode, stderr } = await product('env --merge shop', here)
    if (allow === '') {
      expect(exitCode).toBe(1)
      expect(stderr).toContain('PRODUCT_OFFSET sets the offset on one machine, so a feature may not set it')
    } else {
      await ok('env --merge shop --refresh', here)
      expect(settings(here)).toEqual(['PRODUCT_OFFSET=9', 'WEB_HOST_PORT=8005'])
    }
  })

  test('is named where a port has no room', async () => {
    const here = makeWorkspace({ ...FILES, [ENV]: 'PRODUCT_OFFSET=60000\n' })
    const { stderr } = await product('env --merge shop', here)
    expect(stderr).toContain(`${ENV}:1: error: REDIS_HOST_PORT: 6000 + 60000 = 66000 is above 65535`)
    expect(stderr).toContain('  Set PRODUCT_OFFSET to 59535 or less.\n')
    const given = await product('env --merge shop --instance blue --offset 65535', here)
    expect(given.stderr).toContain('  Set PRODUCT_OFFSET to 59535 or less.\n')
  })

  test('is no port, whatever portVariables: says', async () => {
    const here = makeWorkspace({
      ...FILES,
      'workspace.yaml': 'portVariables: ["PRODUCT_*"]\n',
      [ENV]: 'PRODUCT_OFFSET=9\n',
    })
    await ok('env --merge shop --instance blue', here)
    expect((await portsOf(here)).map(({ from }) => from)).toEqual([6009, 6007])
  })
})

describe('product env --merge --offset', () => {
  test('sets it, moves the ports, and leaves everything else alone', async () => {
    const here = makeWorkspace({ ...FILES, [ENV]: 'A=1\r\n' })
    await ok('env --merge shop', here)
    const { [ENV]: before = '', ...others } = here.all()
    expect(await ok('env --merge shop --offset 99 --dry-run', here)).toContain(
      'adjusted 1 feature port(s) (+99)',
    )
    expect(here.read(ENV)).toBe(before)
    await ok('env --merge shop --offset 99', here)
    const moved = here.read(ENV) as string
    expect(moved.replace(/[0-9a-f]{8}(?=\r\n)/, '')).toBe(
      `${before
        .replace('6000 + 5', '6000 + 99')
        .replace('6005', '6099')
        .replace(/[0-9a-f]{8}(?=\r\n)/, '')}\r\nPRODUCT_OFFSET=99 # on this machine only\r\n`,
    )
    await ok('env --merge shop --offset 120', here)
    expect(here.read(ENV)?.length).toBe(
      moved.length + '+ 120'.length + '=120'.length - '+ 99'.length - '=99'.length,
    )
    expect(settings(here)).toContain('REDIS_HOST_PORT=6120')
    const { [ENV]: _, ...after } = here.all()
    expect(after).toEqual(others)
    expect(await ok('env --merge shop --offset 120', here)).toContain('nothing to do')
  })

  test('makes a product env that does not exist', async () => {
    const example = makeWorkspace({ ...FILES, 'products/shop/.env.example': 'NAME=__PRODUCT__' })
    await ok('env --merge shop --offset 99', example)
    const own = 'PRODUCT_OFFSET=99 # on this machine only'
    expect(settings(example)).toEqual(['NAME=shop', own, 'REDIS_HOST_PORT=6099', 'REDIS_URL=redis://redis'])
    const none = makeWorkspace({ 'products/shop/': '' })
    await ok('env --merge shop --offset 99', none)
    expect(none.read(ENV)).toBe(`${own}\n`)
  })

  test('with --instance moves the instance alone', async () => {
    const here = makeWorkspace(FILES)
    await ok('env --merge shop --instance blue', here)
    here.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6100\nREDIS_URL=redis://redis\n' })
    const before = here.read(ENV)
    expect(await ok('env --merge shop --instance blue --offset 99', here)).toContain(
      'shop@blue  offset 99 (PRODUCT_OFFSET)\n',
    )
    expect(here.read(ENV)).toBe(before)
    expect(settings(here, BLUE)).toContain('PRODUCT_OFFSET=99 # on this machine only')
    expect(await ok('list', here)).toMatch(/shop@blue +\+99 \(local\)/)
    expect(await ok('port shop@blue --base 6000', here)).toContain(`${BLUE} sets another offset: 6000 + 99`)
    await ok('env shop --instance blue --remove', here)
    expect(here.read(BLUE)).toBe(null)
  })

  test.each([
    ['--offset 99', '--offset needs --merge'],
    ['--merge --offset 99 --all', "option '--offset <number>' cannot be used with option '--all'"],
    ['--merge --offset 65536', 'Use a whole number from 0 to 65535.'],
    ['--merge --offset -1', 'Use a whole number from 0 to 65535.'],
    ['--merge --offset 1e2', 'Use a whole number from 0 to 65535.'],
  ])('is wrong usage in %s', async (line, message) => {
    const { exitCode, stderr } = await product(`env ${line}`, makeWorkspace(FILES))
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

const COMPOSE = 'services: { web: { image: nginx, ports: ["9000:80"] } }\n'

describe('in a copy', () => {
  test('of a worktree, it is how far the ports of the original move', async () => {
    const folder = makeFolder()
    folder.write({ 'shop/compose.yaml': COMPOSE, 'shop/.gitignore': '.env\n' })
    commitAll(folder.path('shop'))
    folder.write({ 'shop/.env': 'A=1\n' })
    git(folder.path('shop'), 'worktree', 'add', '../blue')
    const blue = folder.path('blue')
    const ran = await product('env --merge --offset 99', blue)
    expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
    expect(ran.stdout).toMatch(/^shop@blue {2}copy of shop in \.\.\/shop, offset 99 \(PRODUCT_OFFSET\)/)
    expect(folder.read('blue/compose.override.yaml')).toContain('9099:80')
    expect((await product('list', blue)).stdout).toMatch(/shop@blue +\+99 \(local\)/)
    // By its name, as the next step for a held port says it.
    await product('env --merge shop --instance blue --offset 98', blue)
    expect(folder.read('blue/compose.override.yaml')).toContain('9098:80')
    await product('env --remove', blue)
    expect(folder.read('blue/.env')).toBe('A=1\n\n')
  })

  test('of a clone, it can be set by the merge that makes the copy', async () => {
    const here = makeFolder()
    here.write({ 'compose.yaml': COMPOSE, '.env': 'A=1' })
    expect((await product('env --merge --as blue --offset 99', here)).exitCode).toBe(0)
    expect(here.read('.env')).toBe('A=1\n\nPRODUCT_OFFSET=99 # on this machine only\n')
    expect(here.read('compose.override.yaml')).toContain('9099:80')
  })

  test('in the same folder, it is in the overlay', async () => {
    const here = makeFolder()
    here.write({ 'compose.yaml': COMPOSE, '.env.blue': '' })
    await product('env --merge --instance blue', here)
    await product('env --merge --instance blue --offset 99', here)
    expect(here.read('.env.blue')).toMatch(/^PRODUCT_OFFSET=99 # on this machine only\n# >>> /)
    expect(here.read('compose.blue.yaml')).toContain('9099:80')
    const again = await product('env --merge --instance blue', here)
    expect([again.exitCode, again.stderr]).toEqual([0, ''])
    expect(again.stdout).toContain('nothing to do')
    here.write({ '.env.blue': (here.read('.env.blue') ?? '').replace('=99', '=x') })
    expect((await product('env --merge --instance blue', here)).stderr).toContain(
      '.env.blue:1: error: PRODUCT_OFFSET',
    )
    expect((await product('env --instance blue --remove', here)).exitCode).toBe(0)
  })

  test('of a product that is set apart, it moves the fixed ports too', async () => {
    const here = makeWorkspace({
      'products/shop/product.yaml': 'isolate: true\n',
      'products/shop/compose.yaml': COMPOSE,
    })
    await ok('env --merge shop --offset 99', here)
    expect((await portsOf(here)).map(({ from, offsetFrom }) => [from, offsetFrom])).toEqual([
      [9099, 'PRODUCT_OFFSET'],
    ])
  })

  test('a project itself keeps its ports', async () => {
    const here = makeFolder()
    here.write({ 'compose.yaml': COMPOSE })
    const { exitCode, stderr } = await product('env --merge --offset 99', here)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('PRODUCT_OFFSET has no effect on a Compose project'),
    ])
    expect(here.read('.env')).toBe(null)
  })

  test("a worktree without a Compose file is no copy, and does not start with the original's", async () => {
    const folder = makeFolder()
    const files = {
      '.gitignore': '.env\n',
      'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
      'products/shop/a': '',
    }
    folder.write(Object.fromEntries(Object.entries(files).map(([file, text]) => [`main/${file}`, text])))
    commitAll(folder.path('main'))
    folder.write({ 'main/products/shop/.env': 'B=1\nPRODUCT_OFFSET=5\n' })
    git(folder.path('main'), 'worktree', 'add', '../blue')
    await product('env --merge shop --offset 99', folder.path('blue'))
    expect(folder.read('blue/products/shop/.env')).toMatch(
      /^B=1\n\nPRODUCT_OFFSET=99 .*\n\n[^P]*WEB_HOST_PORT=8099\n/,
    )
    expect((await product('ports shop', folder.path('blue'))).stdout).toMatch(/\+99 \(local\) +8099/)
  })
})

describe('product check --fix', () => {
  test('moves a product with a local offset first, in its env file', async () => {
    const here = colliding({ 'products/a/product.yaml': '', 'products/a/.env': 'PRODUCT_OFFSET=5\n' })
    await ok('env --merge --all', here)
    const { 'products/a/.env': _, ...before } = here.all()
    const offset = crc32('a#1') % 1000
    expect(await ok('check --fix', here)).toContain(
      `a gets offset ${offset} = crc32("a#1"), instead of 5; on this machine only, by PRODUCT_OFFSET in products/a/.env\n`,
    )
    const { 'products/a/.env': env = '', ...after } = here.all()
    expect(after).toEqual(before)
    expect(env).toContain(`PRODUCT_OFFSET=${offset}\n`)
    expect(env).toContain(`WEB_HOST_PORT=${8000 + offset}\n`)
  })

  test('with --live gives free local offsets where somebody else holds a port', async () => {
    const here = makeWorkspace(FILES)
    await ok('env --merge shop --instance blue', here)
    // The first hashes lead to ports that are held as well.
    const [first, second] = [crc32('shop#1') % 1000, crc32('shop#2') % 1000]
    const machine = holding(6005, 6007, 6000 + first)
    const { stdout: json } = await product('check --live --json', here, machine)
    const live = JSON.parse(json) as { readonly held: readonly { readonly freeOffset: number }[] }
    expect(live.held.map(({ freeOffset }) => freeOffset)).toEqual([second, crc32('shop@blue#1') % 1000])
    const shown = await product('check --live', here, machine)
    expect(shown.stdout).toContain(`  Stop that, or run: product env --merge shop --offset ${second}\n`)
    const before = here.all()
    const dry = await product('check --live --fix --dry-run', here, machine)
    expect(dry.stdout).toContain(
      `shop would get offset ${second} = crc32("shop#2"), instead of 5; on this machine only`,
    )
    expect(here.all()).toEqual(before)

    const { exitCode, stdout, stderr } = await product('check --live --fix', here, machine)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('0 collisions, 0 hazards')
    expect(settings(here)).toContain(`REDIS_HOST_PORT=${6000 + second}`)
    expect(settings(here, BLUE)).toContain(`REDIS_HOST_PORT=${6000 + (crc32('shop@blue#1') % 1000)}`)
    expect(here.read('products/shop/product.yaml')).toBe(FILES['products/shop/product.yaml'])
  })

  test('with --live leaves a product alone that is not merged yet', async () => {
    const here = makeWorkspace(FILES)
    const before = here.all()
    const { exitCode, stdout } = await product('check --live --fix', here, holding(6005))
    expect([exitCode, here.all()]).toEqual([1, before])
    expect(stdout).toContain('  Stop that, or run: product env --merge shop --offset ')
  })

  test('with --live does not move a product away from another one of the workspace', async () => {
    const here = makeWorkspace({
      ...FILES,
      'products/blog/product.yaml': 'offset: 9\n',
      'products/blog/compose.yaml': '',
    })
    await ok('env --merge --all', here)
    const blog = containerOf('blog-redis-1', { project: 'blog', directory: here.path('products/blog') })
    const machine = { engine: engineOf([blog, everywhere(6005)]) }
    const before = here.all()
    const { exitCode, stdout } = await product('check --live --fix', here, { machine })
    expect([exitCode, here.all()]).toEqual([1, before])
    expect(stdout).toContain('in use by blog (container blog-redis-1 of project blog)')
  })
})
