// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** `product check --fix`, from the outside. */
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../src/ports/offset.js'
import { product } from '../support/cli.js'
import { containerOf, engineOf } from '../support/machine.js'
import { type Files, makeWorkspace } from '../support/workspace.js'
import { brief, checked, colliding, composeOf, ok, portsOf, REDIS } from './claims-support.js'

/** Where `b` goes, the first re-hash being free. */
const B1 = crc32('b#1') % 1000

describe('check --fix', () => {
  test('gives the second product another offset, in its product.yaml, and nothing else', async () => {
    const here = colliding()
    const before = here.all()
    const { exitCode, stdout, stderr } = await product('check --fix', here)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`  fixed    b gets offset ${B1} = crc32("b#1"), instead of 5\n`)
    expect(stdout).not.toContain('merge again')
    expect(here.all()).toEqual({
      ...before,
      'products/b/product.yaml': `# Ours\nfeatures: [web] # all there is\noffset: ${B1}\n`,
    })
    expect((await checked(here)).collisions).toEqual([])
  })

  test('makes a product.yaml where there is none', async () => {
    const here = makeWorkspace({
      ...REDIS,
      'products/a/product.yaml': `offset: ${crc32('shop') % 1000}\n`,
      'products/shop/': '',
    })
    await ok('check --fix', here)
    const offset = crc32('shop#1') % 1000
    expect(here.read('products/shop/product.yaml')).toBe(
      `offset: ${offset} # crc32("shop#1"), chosen by product check --fix\n`,
    )
  })

  test('keeps product.yml where it is called that', async () => {
    const here = colliding({ 'products/d/product.yml': '# d\noffset: 6\n' })
    await ok('check --fix', here)
    expect(here.read('products/d/product.yaml')).toBe(null)
    expect(here.read('products/d/product.yml')).toMatch(/^# d\noffset: (?!6\n)\d+\n$/)
  })

  test('says what to state by hand where an edit would change more, and writes nothing', async () => {
    const anchored = 'features: [web]\noffset: &five 5 # ours\ninstances: { blue: { offset: *five } }\n'
    const here = colliding({ 'products/b/product.yaml': anchored, 'products/d/product.yaml': 'offset: 6\n' })
    const before = here.all()
    const { exitCode, stderr } = await product('check --fix', here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'products/b/product.yaml: error: An offset cannot be set in this file without rewriting it [cannot-edit]\n' +
        `  Set "offset: ${B1}" by hand.\n`,
    )
    expect(here.all()).toEqual(before)
  })

  test('with --refresh leaves products in the environment that they were merged for', async () => {
    const here = colliding({
      'features/web/.env.prod.example': 'WEB_HOST_PORT=9000\nWEB_MODE=prod\n',
    })
    await ok('env --merge --all --prod', here)
    expect(await ok('ports b', here)).toMatch(/WEB_HOST_PORT +9000 +\+5 \(set\) +9005 +adjusted/)
    const a = here.read('products/a/.env')
    await ok('check --fix --refresh', here)
    expect(here.read('products/a/.env')).toBe(a)
    expect(here.read('products/b/.env')).toContain(`\nWEB_HOST_PORT=${9000 + B1}\nWEB_MODE=prod\n`)
  })

  test('does nothing twice', async () => {
    const here = colliding()
    await ok('check --fix', here)
    const once = here.all()
    expect(await ok('check --fix', here)).not.toContain('fixed')
    expect(here.all()).toEqual(once)
  })

  test('does nothing where nothing collides, whatever is merged', async () => {
    const here = colliding({ 'products/b/product.yaml': 'offset: 7\n' })
    await ok('env --merge --all', here)
    const before = here.all()
    await ok('check --fix --refresh', here)
    expect(here.all()).toEqual(before)
  })

  test('with --dry-run says the same, and writes nothing', async () => {
    const here = colliding()
    const before = here.all()
    const { exitCode, stdout } = await product('check --fix --dry-run', here)
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`b would get offset ${B1} = crc32("b#1"), instead of 5`)
    expect(here.all()).toEqual(before)
    const result = await checked(here, '--fix --dry-run')
    expect(result.reassignments).toEqual([
      {
        product: 'b',
        instance: null,
        from: 5,
        offset: B1,
        hashed: 'b#1',
        file: 'products/b/product.yaml',
      },
    ])
    expect(here.all()).toEqual(before)
  })

  test('says what is to be merged again; a check after that is clean', async () => {
    const here = colliding()
    await ok('env --merge --all', here)
    const { exitCode, stdout } = await product('check --fix', here)
    // The product envs still collide.
    expect(exitCode).toBe(1)
    expect(stdout).toContain('  merge again  product env --merge --refresh b\n')
    expect(stdout).toContain(`8005 (outdated, 8000 + ${B1} is due)`)
    await ok('env --merge --refresh b', here)
    expect((await checked(here)).collisions).toEqual([])
  })

  test('names one command for several products that are to be merged again', async () => {
    const here = colliding({ 'products/c/product.yaml': 'offset: 5\n' })
    await ok('env --merge --all', here)
    const { stdout } = await product('check --fix', here)
    expect(stdout).toContain('a, b and c share port 8005 [collision]\n')
    expect(stdout).toContain('\n  Run: product check --fix --refresh\n')
  })

  test('names the command for an instance that is to be merged again', async () => {
    const here = colliding({ 'products/b/product.yaml': 'offset: 7\ninstances: { blue: { offset: 6 } }\n' })
    await ok('env --merge --all', here)
    await ok('env --merge b --instance blue', here)
    here.write({ 'products/b/product.yaml': 'offset: 7\ninstances: { blue: { offset: 8 } }\n' })
    const { stdout } = await product('check', here)
    expect(stdout).toContain('\n  Run: product env --merge --refresh b --instance blue\n')
  })

  test('with --refresh merges again itself; a check after that is clean', async () => {
    const here = colliding()
    await ok('env --merge --all', here)
    const stdout = await ok('check --fix --refresh', here)
    expect(stdout).toContain('  refreshed  products/b/.env\n')
    expect(here.read('products/b/.env')).toMatch(new RegExp(`^WEB_HOST_PORT=${8000 + B1}$`, 'm'))
    expect((await checked(here)).collisions).toEqual([])
    const once = here.all()
    await ok('check --fix --refresh', here)
    expect(here.all()).toEqual(once)
  })

  test('refreshes what is only outdated, and then fixes nothing', async () => {
    const here = colliding({ 'products/b/product.yaml': 'offset: 7\n' })
    await ok('env --merge --all', here)
    here.write({ 'features/web/.env.example': 'WEB_HOST_PORT=8100\n' })
    const stdout = await ok('check --fix --refresh', here)
    expect(stdout.match(/refreshed/g)).toHaveLength(3)
    expect(stdout).not.toContain('fixed')
  })

  test('with --live moves a product that does not run, rather than one that does', async () => {
    // Both names hash to 359.
    const here = makeWorkspace({ ...REDIS, 'products/api/': '', 'products/store/': '' })
    const running = containerOf('redis', { project: 'store', directory: here.path('products/store') })
    const machine = { engine: engineOf([running, []]) }
    const moved = async (line: string) =>
      (await product(line, here, { machine })).stdout.match(/\w+(?= would get offset)/g)
    expect(await moved('check --fix --dry-run')).toEqual(['store'])
    expect(await moved('check --fix --dry-run --live')).toEqual(['api'])
  })

  test('never moves what somebody has pinned: others make room', async () => {
    const here = colliding({ 'products/c/.env': 'WEB_HOST_PORT=8005\n' })
    const before = here.read('products/c/.env')
    await ok('check --fix --refresh', here)
    expect(here.read('products/c/.env')).toBe(before)
    expect(brief(await portsOf(here))).toEqual([
      `a WEB_HOST_PORT ${8000 + (crc32('a#1') % 1000)}/tcp planned`,
      `b WEB_HOST_PORT ${8000 + B1}/tcp planned`,
      'c WEB_HOST_PORT 8005/tcp pinned',
    ])
  })

  test('says which ports no offset can separate, and ends with 1', async () => {
    const here = makeWorkspace({
      'products/a/compose.yaml': composeOf('web', '"8080:80"'),
      'products/b/.env': 'WEB_HOST_PORT=8080\n',
    })
    const { exitCode, stderr } = await product('check --fix --refresh', here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'a: no offset can separate the users of tcp 8080: a service web (literal), b WEB_HOST_PORT (pinned) [no-offset]\n' +
        '  Change the port in one of these places: products/a/compose.yaml:4, products/b/.env:1.',
    )
    expect(stderr).not.toContain('modulus')
    const result = await checked(here, '--fix')
    expect(result.unresolved).toMatchObject([{ product: 'a', instance: null }])
  })

  test('says why no offset fits, and does the rest', async () => {
    const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`products/${name}/`, '']))
    const here = makeWorkspace({
      ...files,
      'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
      'workspace.yaml': 'modulus: 3\n',
    })
    const { exitCode, stderr } = await product('check --fix', here)
    expect(exitCode).toBe(1)
    expect(stderr.match(/\[no-offset\]/g)).toHaveLength(1)
    expect(stderr).toContain(
      'd: each of the 3 offsets would move one of its ports to a port that is already used [no-offset]',
    )
    expect(stderr).toContain('Raise "modulus:" in workspace.yaml')
    expect((await checked(here)).collisions).toHaveLength(1)
    here.write({ 'workspace.yaml': 'modulus: 2000\n' })
    await ok('check --fix', here)
    expect((await checked(here)).collisions).toEqual([])
  })

  test('writes nothing where something is wrong, and says so', async () => {
    const here = colliding({ 'products/c/product.yaml': 'offfset: 6\n' })
    const before = here.all()
    const { exitCode, stdout, stderr } = await product('check --fix --refresh', here)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('fixed    nothing')
    expect(stderr).toContain('[bad-settings]')
    expect(here.all()).toEqual(before)
  })

  test('is not kept back by what the shell may provide to an included project', async () => {
    const workspace = colliding({
      'legacy/compose.yaml': composeOf('old', '"${OLD_HOST_PORT}:80"'),
      'legacy/.env': 'OLD_HOST_PORT=7000\nKEY=${LEGACY_KEY:?ä}\n',
      'products/c/compose.yaml': 'include: [../../legacy/compose.yaml]\n',
    })
    const { problems, reassignments } = await checked(workspace, '--fix')
    expect(problems).toMatchObject([
      { code: 'required-missing', severity: 'warning', file: 'legacy/.env', line: 2 },
    ])
    expect(problems[0]?.message).toMatch(/LEGACY_KEY/)
    expect(reassignments).toMatchObject([{ product: 'b' }])
  })

  test('is kept back by what Compose refuses in an included project', async () => {
    const workspace = colliding({
      'legacy/compose.yaml': composeOf('old', '"80"'),
      'legacy/.env': "KEY='it's'\n",
      'products/c/compose.yaml': 'include: [../../legacy/compose.yaml]\n',
    })
    const { problems, reassignments } = await checked(workspace, '--fix')
    expect(problems).toMatchObject([{ code: 'env-refused', file: 'legacy/.env', line: 1 }])
    expect(problems[0]?.message).toMatch(/^Docker Compose refuses this line: .*KEY/)
    expect(reassignments).toEqual([])
  })

  test('tells a refresh that fails', async () => {
    const here = colliding()
    await ok('env --merge --all', here)
    // The product refers to a variable that a refresh would drop.
    here.write({ 'features/web/.env.example': 'WEB_HOST_PORT=8000\nOLD=1\n' })
    await ok('env --merge b', here)
    here.write({
      'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
      'products/b/.env': `${here.read('products/b/.env')}MINE=\${OLD}\n`,
    })
    const before = here.read('products/b/.env')
    await product('env --merge --refresh b', here).then(({ stderr }) =>
      expect(stderr).toContain('[dropped-in-use]'),
    )
    const { exitCode, stderr } = await product('check --fix --refresh', here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('[dropped-in-use]')
    expect(here.read('products/b/.env')).toBe(before)
  })

  test('moves an instance by an offset of its own', async () => {
    const here = colliding({
      'products/b/product.yaml': `# Ours\nfeatures: [web]\noffset: 7\n`,
      'products/d/product.yaml': `offset: ${crc32('b@blue') % 1000}\n`,
    })
    await ok('env --merge b --instance blue', here)
    const stdout = await ok('check --fix --refresh', here)
    const offset = crc32('b@blue#1') % 1000
    expect(stdout).toContain(`fixed    b@blue gets offset ${offset} = crc32("b@blue#1")`)
    expect(stdout).toContain('refreshed  products/b/.env.blue')
    expect(here.read('products/b/product.yaml')).toBe(
      `# Ours\nfeatures: [web]\noffset: 7\ninstances:\n  blue:\n    offset: ${offset} # crc32("b@blue#1"), chosen by product check --fix\n`,
    )
    expect(here.read('products/b/.env.blue')).toMatch(new RegExp(`^WEB_HOST_PORT=${8000 + offset}$`, 'm'))
    expect((await checked(here)).collisions).toEqual([])
  })

  test('looks at an instance\u2019s ports as they are once its product is refreshed', async () => {
    const here = makeWorkspace({
      'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
      'products/a/product.yaml': 'offset: 5\ninstances: { blue: { offset: 50 } }\n',
      'products/b/product.yaml': 'offset: 1050\n',
    })
    await ok('env --merge a --instance blue', here)
    // Outdated: 8005, 8050; due: 9005, 9050. Another product has 9050 already.
    here.write({
      'features/web/.env.example': 'WEB_HOST_PORT=9000\n',
      'products/b/product.yaml': 'offset: 50\n',
    })
    await product('check --fix --refresh', here)
    const { collisions } = await checked(here)
    expect(collisions).toEqual([])
    expect(brief(await portsOf(here, 'a'))).toEqual([
      'a WEB_HOST_PORT 9005/tcp adjusted',
      'a@blue WEB_HOST_PORT 9050/tcp adjusted',
    ])
  })
})

describe('every format says what is done', () => {
  const moved = `b gets offset ${B1} = crc32("b#1"), instead of 5`

  test.each([
    ['--fix', moved, 'products/b/.env::merge again: product env --merge --refresh b', false],
    ['--fix --refresh', moved, 'products/b/.env::refreshed: products/b/.env', true],
    [
      '--fix --refresh --dry-run',
      moved.replace('gets', 'would get'),
      'products/b/.env::would be refreshed: products/b/.env',
      false,
    ],
  ])('%s', async (options, offset, again, refreshed) => {
    const here = colliding()
    await ok('env --merge --all', here)
    const { stdout } = await product(`check ${options} --format github`, here)
    const notices = stdout.split('\n').filter((line) => line.startsWith('::notice'))
    expect(notices).toEqual([
      `::notice file=products/b/product.yaml::fixed: ${offset}`,
      `::notice file=${again}`,
    ])
    const same = colliding()
    await ok('env --merge --all', same)
    expect((await checked(same, options)).outdated).toEqual([
      { product: 'b', instance: null, file: 'products/b/.env', refreshed },
    ])
  })

  test('and that nothing is, where there are errors', async () => {
    const here = colliding({ 'products/c/product.yaml': 'offfset: 6\n' })
    const { stdout } = await product('check --fix --format github', here)
    expect(stdout).toContain('::notice::fixed: nothing; fix the errors first\n')
    expect(await checked(here, '--fix')).toMatchObject({ reassignments: [], outdated: [] })
  })

  test('of an instance, too', async () => {
    const here = colliding({ 'products/b/product.yaml': 'offset: 7\n' })
    await ok('env --merge b --instance blue', here)
    here.write({ 'features/web/.env.example': 'WEB_HOST_PORT=8100\n' })
    expect((await checked(here, '--fix')).outdated).toEqual([
      { product: 'b', instance: null, file: 'products/b/.env', refreshed: false },
      { product: 'b', instance: 'blue', file: 'products/b/.env.blue', refreshed: false },
    ])
    expect((await product('check --fix', here)).stdout).toContain('--refresh b --instance blue\n')
  })
})

test('the modulus of the workspace gives the offsets', async () => {
  const here = makeWorkspace({ ...REDIS, 'workspace.yaml': 'modulus: 4096\n', 'products/shop/': '' })
  expect((await portsOf(here))[0]?.offset).toBe(crc32('shop') % 4096)
})

/** A feature one of whose variables refers to another; which of them is published is up to the test. */
const referring = (published: string, files: Files = {}) =>
  makeWorkspace({
    'features/m/.env.example': 'M_HOST_PORT=8000\nM_PUBLIC_HOST_PORT=${M_HOST_PORT}\n',
    'features/m/compose.yaml': composeOf('m', published),
    'products/aa/compose.yaml': 'include: [../../features/m/compose.yaml]\n',
    ...files,
  })

describe('a port that a variable has from another one', () => {
  test.each([
    ['M_HOST_PORT', '"${M_HOST_PORT}:80"'],
    ['M_PUBLIC_HOST_PORT', '"${M_PUBLIC_HOST_PORT}:80"'],
  ])('is claimed once, by the one that is published: %s', async (variable, published) => {
    const here = referring(published)
    await product('env --merge aa --instance blue', here)
    const before = here.all()
    const found = await portsOf(here)
    expect(
      found.map(({ instance, from, base, offset, outcome, ...rest }) => [
        instance,
        rest.variable,
        from,
        base?.from,
        offset,
        outcome,
      ]),
    ).toEqual([
      [null, variable, 8095, 8000, 95, 'adjusted'],
      ['blue', variable, 8073, 8000, 73, 'adjusted'],
    ])
    expect(await checked(here, '--fix --refresh')).toMatchObject({ exitCode: 0, collisions: [], hazards: [] })
    expect(here.all()).toEqual(before)
    for (const asked of ['M_HOST_PORT', 'M_PUBLIC_HOST_PORT'])
      expect((await product(`port aa@blue ${asked}`, here)).stdout).toBe('8073\n')
  })

  test.each(['"${M_HOST_PORT}:80"', '"${M_PUBLIC_HOST_PORT}:80"'])(
    'moves out of the way of a literal one: %s',
    async (published) => {
      const here = referring(published, {
        'products/zz/product.yaml': 'features: []\n',
        'products/zz/compose.yaml': composeOf('web', '"8073:80"'),
      })
      await product('env --merge aa --instance blue', here)
      const offset = crc32('aa@blue#1') % 1000
      const fixed = await checked(here, '--fix --refresh')
      expect(fixed.unresolved).toEqual([])
      expect(fixed.reassignments).toMatchObject([{ instance: 'blue', offset }])
      expect((await checked(here)).collisions).toEqual([])
      const once = here.all()
      await product('check --fix --refresh', here)
      expect(here.all()).toEqual(once)
    },
  )

  test('is the product\u2019s own where that pins the other', async () => {
    const here = referring('"${M_PUBLIC_HOST_PORT}:80"', { 'products/aa/.env': 'M_HOST_PORT=7000\n' })
    await product('env --merge aa --instance blue', here)
    expect(brief(await portsOf(here))).toEqual([
      'aa M_PUBLIC_HOST_PORT 7000/tcp pinned',
      'aa@blue M_PUBLIC_HOST_PORT 7073/tcp adjusted',
    ])
  })

  test('is outdated where the other is', async () => {
    const here = referring('"127.0.0.1:${M_PUBLIC_HOST_PORT}:80"')
    await product('env --merge aa', here)
    here.write({ 'products/aa/product.yaml': 'offset: 5\n' })
    expect(brief(await portsOf(here))).toEqual(['aa M_PUBLIC_HOST_PORT 127.0.0.1 8095/tcp outdated'])
    expect((await checked(here, '--fix --refresh')).collisions).toEqual([])
    expect(brief(await portsOf(here))).toEqual(['aa M_PUBLIC_HOST_PORT 127.0.0.1 8005/tcp adjusted'])
  })

  test('is a collision where Compose publishes both', async () => {
    const here = referring('"${M_HOST_PORT}:80", "${M_PUBLIC_HOST_PORT}:81"')
    await product('env --merge aa', here)
    const before = here.all()
    expect((await checked(here, '--fix --refresh')).unresolved).toMatchObject([{ product: 'aa' }])
    expect(here.all()).toEqual(before)
  })

  test.each([
    [
      'BASE_HOST_PORT=8000\nWEB_HOST_PORT=${BASE_HOST_PORT}',
      '"${WEB_HOST_PORT}:80"',
      ['aa WEB_HOST_PORT 8000/tcp pinned'],
    ],
    ['BASE_HOST_PORT=8000\nWEB_HOST_PORT=${BASE_HOST_PORT}', '"80"', ['aa BASE_HOST_PORT 8000/tcp pinned']],
    ['WEB_HOST_PORT=8000\nPORT=${WEB_HOST_PORT}', '"${PORT}:80"', ['aa PORT 8000/tcp pinned']],
    ['PORT=8000\nA_HOST_PORT=$PORT\nB_HOST_PORT=$PORT', '"80"', ['aa A_HOST_PORT 8000/tcp pinned']],
    [
      'A_HOST_PORT=8000\nB_HOST_PORT=8001\nALL_HOST_PORT=$A_HOST_PORT-$B_HOST_PORT',
      '"80"',
      ['aa A_HOST_PORT 8000/tcp pinned', 'aa B_HOST_PORT 8001/tcp pinned'],
    ],
    ['N=80\nA_HOST_PORT=${N}00', '"80"', ['aa A_HOST_PORT 8000/tcp pinned']],
  ])('in a product env: %j, %s', async (env, published, expected) => {
    const here = makeWorkspace({
      'features/': '',
      'products/aa/.env': `${env}\n`,
      'products/aa/compose.yaml': composeOf('web', published),
    })
    const ports = await portsOf(here)
    expect(brief(ports.filter(({ outcome }) => outcome !== 'random'))).toEqual(expected)
    expect((await checked(here)).exitCode).toBe(0)
    await ok('env --merge aa --instance blue', here)
    const moved = (await portsOf(here)).filter(({ instance }) => instance === 'blue')
    expect(brief(moved.filter(({ outcome }) => outcome !== 'random'))).toEqual(
      expected.map((line) =>
        line
          .replace('aa', 'aa@blue')
          .replace(/8\d+/, (port) => `${Number(port) + 73}`)
          .replace('pinned', 'adjusted'),
      ),
    )
    expect((await checked(here)).exitCode).toBe(0)
  })
})
