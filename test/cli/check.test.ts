// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** `product check`, from the outside: what it finds, how it says it, and its exit code. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { makeWorkspace } from '../support/workspace.js'
import { checked, colliding, composeOf, ok, REDIS } from './claims-support.js'

describe('product check', () => {
  const here = colliding()

  test('finds a collision, says who and where, and ends with 1', async () => {
    const { exitCode, stdout, stderr } = await product('check', here)
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      'features/web/.env.example:1: error: a and b share port 8005 [collision]',
      '  a  web  WEB_HOST_PORT  8005 (8000 + 5, planned)  features/web/.env.example:1',
      '  b  web  WEB_HOST_PORT  8005 (8000 + 5, planned)  features/web/.env.example:1',
      '  Run: product check --fix',
      '',
      '  checked  3 ports of 3 products: 1 collision, 0 hazards',
      '',
    ])
  })

  test('ends with 0 where nothing collides', async () => {
    const fine = colliding({ 'products/b/product.yaml': 'offset: 7\n' })
    expect((await ok('check', fine)).trim()).toBe('checked  3 ports of 3 products: 0 collisions, 0 hazards')
    expect(await ok('check --strict', fine)).toBe(await ok('check', fine))
  })

  test.each([
    ['a', 1, 1],
    ['b', 1, 1],
    ['c', 0, 1],
    ['a c', 1, 2],
  ])('%s: only what concerns it', async (names, collisions, products) => {
    const result = await checked(here, names)
    expect(result).toMatchObject({ products, ports: products, exitCode: collisions })
    expect(result.collisions).toHaveLength(collisions)
  })

  test('knows no other product, and checks nothing', async () => {
    expect(await checked(here, 'nobody')).toMatchObject({ ok: false, exitCode: 1 })
  })

  test('ends with 1 on a hazard only with --strict', async () => {
    const zero = colliding({ 'products/b/product.yaml': 'offset: 0\n' })
    expect(await ok('check', zero)).toContain('warning: b WEB_HOST_PORT: ')
    expect((await product('check --strict', zero)).exitCode).toBe(1)
    expect((await product('check --strict a', zero)).exitCode).toBe(0)
  })

  test('finds each hazard', async () => {
    const all = makeWorkspace({
      'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
      'products/a/product.yaml': 'offset: 0\n',
      'products/a/compose.yaml': composeOf(
        'web',
        '"${WEB_HOST_PORT}:80", "8081:81", "${NOPE}:82", "${UI_HOST_PORT}:8080", "${LOW_HOST_PORT}:9", "${HIGH_PORT_ONE}:10"',
      ),
      'products/a/.env': 'UI_HOST_PORT=6000\nLOW_HOST_PORT=22\nHIGH_PORT_ONE=40000\nOVER_PORT_TWO=70000\n',
    })
    const { hazards, exitCode } = await checked(all)
    expect(exitCode).toBe(0)
    expect(hazards.map(({ kind, claim }) => `${kind} ${claim.variable}`).sort()).toEqual([
      'browser-refuses UI_HOST_PORT',
      'ephemeral HIGH_PORT_ONE',
      'literal null',
      'offset-0 WEB_HOST_PORT',
      'over-65535 OVER_PORT_TWO',
      'privileged LOW_HOST_PORT',
      'random-port NOPE',
    ])
  })

  test('is JSON', async () => {
    const { exitCode, ...result } = await checked(here)
    expect(exitCode).toBe(1)
    expect(result).toMatchObject({
      version: 1,
      ok: true,
      products: 3,
      ports: 3,
      collisions: [
        {
          protocol: 'tcp',
          from: 8005,
          to: 8005,
          claims: [{ product: 'a', variable: 'WEB_HOST_PORT' }, { product: 'b' }],
        },
      ],
      hazards: [],
      held: [],
      reassignments: [],
      unresolved: [],
      problems: [],
    })
  })

  test('tells TCP from UDP, addresses, and finds ranges', async () => {
    const mixed = makeWorkspace({
      'products/a/compose.yaml': composeOf('a', '"53:53", "127.0.0.1:80:80", "8000-8010:8000-8010"'),
      'products/b/compose.yaml': composeOf('b', '"53:53/udp", "127.0.0.2:80:80", "[::1]:80:80", "8010:80"'),
      'products/c/compose.yaml': composeOf('c', '"0.0.0.0:80:80"'),
    })
    const { collisions } = await checked(mixed)
    expect(
      collisions.map(({ from, to, claims }) => [from, to, claims.map((each) => each.product).join('')]),
    ).toEqual([
      [80, 80, 'abc'],
      [8010, 8010, 'ab'],
    ])
  })

  test('finds a collision within one product', async () => {
    const twice = makeWorkspace({
      'products/a/compose.yaml':
        'services:\n  x: { image: x, ports: ["80:80"] }\n  y: { image: y, ports: ["80:80"] }\n',
    })
    expect((await checked(twice)).collisions).toHaveLength(1)
  })

  test.each([
    ['[dev]', '[prod]', 0],
    ['[dev, test]', '[prod]', 0],
    ['[dev]', '[dev, prod]', 1],
    ['[dev]', '[]', 1],
  ])(
    'of one port, two services of one product with profiles %s and %s are %d collision(s)',
    async (one, two, count) => {
      const service = (name: string, profiles: string) =>
        `  ${name}:\n    image: ${name}\n    profiles: ${profiles}\n    ports: ["\${WEB_HOST_PORT}:80"]\n`
      const here = makeWorkspace({
        'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
        'products/shop/compose.yaml': `services:\n${service('a', one)}${service('b', two)}`,
      })
      expect((await checked(here)).collisions).toHaveLength(count)
    },
  )

  test('counts what is merged already, as it stands there', async () => {
    const merged = colliding({ 'products/b/.env': 'WEB_HOST_PORT=9000\n' })
    expect((await checked(merged)).collisions).toEqual([])
    const both = colliding({
      'products/b/product.yaml': 'offset: 7\n',
      'products/b/.env': 'WEB_HOST_PORT=8005\n',
    })
    expect((await checked(both)).collisions).toHaveLength(1)
  })
})

describe('--format github', () => {
  test('is one annotation a claim, at its file and line', async () => {
    const { exitCode, stdout, stderr } = await product('check --format github', colliding())
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    const place = '::error file=features/web/.env.example,line=1::collision: '
    expect(stdout.split('\n').map((line) => line.slice(0, place.length))).toEqual([place, place, ''])
  })

  test('warns of hazards, and shows problems', async () => {
    const here = makeWorkspace({
      'features/web/.env.example': 'WEB_HOST_PORT=x\n',
      'products/a/compose.yaml': composeOf('web', '"8000:80"'),
    })
    const { exitCode, stdout } = await product('check --format github', here)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^::warning file=features\/web\/\.env\.example,line=1::.*%0A.*$/m)
    expect(stdout).toMatch(/^::warning file=products\/a\/compose\.yaml,line=4::literal: /m)
  })

  test('escapes what ends a property or a command', async () => {
    const here = makeWorkspace({
      'products/a/compose.yaml':
        'include: ["./x,y:%z.yaml"]\nservices: { "a%\\nb": { image: x, ports: ["80:80"] } }\n',
      'products/a/x,y:%z.yaml': composeOf('other', '"80:80"'),
    })
    const { stdout } = await product('check --format github', here)
    const errors = stdout.split('\n').filter((line) => line.includes('::collision: '))
    expect(errors).toHaveLength(2)
    expect(errors.join('\n')).toContain('file=products/a/x%2Cy%3A%25z.yaml,line=4::')
    expect(errors.join('\n')).toContain('service a%25%0Ab')
    for (const line of stdout.split('\n')) expect(line).toMatch(/^(?:::(?:error|warning) |$)/)
  })

  test('annotates what ends the run, too', async () => {
    const { exitCode, stdout } = await product('check nobody --format github', colliding())
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^::error::Product nobody does not exist%0A/)
  })

  test('has every list in its JSON document where it comes to no product', async () => {
    const whole = Object.entries(await checked(colliding()))
    const stopped = Object.entries(await checked(colliding(), 'nobody'))
    expect(stopped.map(([key, value]) => [key, typeof value])).toEqual(
      whole.map(([key, value]) => [key, typeof value]),
    )
  })
})

describe('wrong usage', () => {
  test.each([
    ['--refresh', '--refresh needs --fix'],
    ['--dry-run', '--dry-run needs --fix'],
    ['--fix a', '--fix works on all products'],
    ['--format xml', 'text, json, github'],
  ])('%s', async (line, message) => {
    const { exitCode, stdout, stderr } = await product(`check ${line}`, colliding())
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('own ports', () => {
  const files = {
    ...REDIS,
    'products/api/product.yaml':
      'features: [redis]\nports: { PORT: { scheme: base32 }, ADMIN: { scheme: crc32, base: 9000 } }\n',
    'products/apitools/product.yaml': 'features: []\nports:\n  PORT: { scheme: base32 }\n',
  }

  test('collide like others, and are said to be the product\u2019s', async () => {
    const { collisions } = await checked(makeWorkspace(files))
    expect(collisions.map(({ from, claims }) => [from, claims.map((each) => each.product)])).toEqual([
      [12082, ['api', 'apitools']],
    ])
    expect(collisions[0]?.claims[0]).toMatchObject({
      variable: 'PORT',
      feature: null,
      outcome: 'pinned',
      file: 'products/api/product.yaml',
    })
  })

  test('are known to whois', async () => {
    const { stdout } = await product('whois 12082 --json', makeWorkspace(files))
    expect(JSON.parse(stdout)).toMatchObject({ claims: [{ product: 'api' }, { product: 'apitools' }] })
  })

  test('are set only where the product env has none', async () => {
    const here = makeWorkspace({ ...files, 'products/apitools/.env': 'PORT=8000\n' })
    await ok('env --merge --all', here)
    expect(here.read('products/api/.env')).toMatch(/^PORT=12082$/m)
    expect(here.read('products/api/.env')).toMatch(/^ADMIN=9359$/m)
    expect(here.read('products/apitools/.env')).toBe('PORT=8000\n')
    expect((await checked(here)).collisions).toEqual([])
    expect((await product('whois 8000 --json', here)).stdout).toContain('"apitools"')
  })

  test('move with an instance', async () => {
    const here = makeWorkspace(files)
    await ok('env --merge api --instance blue', here)
    expect(here.read('products/api/.env.blue')).toMatch(/^PORT=12886$/m)
    expect((await checked(here, 'api')).ports).toBe(6)
  })

  test.each([
    ['{ scheme: crc32 }', 'ports.PORT has no base, which scheme: crc32 requires'],
    ['{ scheme: base32, base: 8000 }', 'ports.PORT.base has no effect with scheme: base32'],
    ['{ scheme: crc32, base: 65535 }', 'above 65535'],
    ['{ scheme: md5 }', 'must be crc32, sha1 or base32'],
  ])('%s is refused', async (port, message) => {
    const here = makeWorkspace({ 'products/api/product.yaml': `ports: { PORT: ${port} }\n` })
    const { exitCode, stderr } = await product('check', here)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(message)
    expect(stderr).toContain('[bad-settings]')
  })

  test('that a feature states, too, can be left to the feature', async () => {
    const here = makeWorkspace({
      'features/m/.env.example': 'M=5\n',
      'products/api/product.yaml': 'ports: { M: { scheme: base32 } }\n',
    })
    const { exitCode, stderr } = await product('env --merge api --dry-run', here)
    expect([exitCode, stderr]).toEqual([
      0,
      'features/m/.env.example:1: warning: Feature m sets another M than "ports:" (products/api/product.yaml:1), which wins [conflict]\n' +
        '  Set M in the product env, or remove it from "ports:" to use the feature\'s.\n',
    ])
  })

  test('may not have the name of a variable that controls the shell', async () => {
    const here = makeWorkspace({ 'products/api/product.yaml': 'ports: { PATH: { scheme: base32 } }\n' })
    const { exitCode, stderr } = await product('env --merge api', here)
    expect([exitCode, stderr]).toEqual([
      1,
      'products/api/product.yaml:1: error: PATH controls the shell, so it cannot be a port [reserved-variable]\n' +
        '  Use a variable of another name in "ports:".\n',
    ])
  })
})
