// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** `product list` and `product ports`, from the outside. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeFolder, makeWorkspace } from '../support/workspace.js'
import { brief, checked, composeOf, ok, portsOf, REDIS } from './claims-support.js'

const MAIL = {
  'features/mail/.env.example': 'UI_HOST_PORT=127.0.0.1:8025\nRTP_HOST_PORT=7000-7004\n',
  'features/mail/compose.yaml': composeOf(
    'mail',
    '"${UI_HOST_PORT}:8025", "${RTP_HOST_PORT}:7000-7004/udp", "${NOPE_HOST_PORT}:99"',
  ),
}

const workspace = makeWorkspace({
  ...REDIS,
  ...MAIL,
  'products/shop/compose.yaml': [
    'include: [../../features/redis/compose.yaml, ../../features/mail/compose.yaml]',
    composeOf(
      'web',
      '"${WEB_HOST_PORT}:80", "9000:9000", "[::1]:9001:443", "${P:-7000}:70", "1${DIGITS}:71"',
    ),
  ].join('\n'),
  'products/shop/.env': 'WEB_HOST_PORT=8000\nDIGITS=1234\nSPARE_PORT_ONE=8500\nEMPTY_PORT_TWO=\n',
  'products/blog/product.yaml': 'features: [redis]\noffset: 0\nports: { PORT: { scheme: base32 } }\n',
})

describe('product ports', () => {
  test('shows every port once, by product and port, whatever states it', async () => {
    expect(brief(await portsOf(workspace))).toEqual([
      'blog REDIS_HOST_PORT 6380/tcp planned',
      'blog PORT 12984/tcp pinned',
      'shop NOPE_HOST_PORT 0/tcp random',
      'shop REDIS_HOST_PORT 6966/tcp planned',
      'shop P 7000/tcp literal',
      'shop RTP_HOST_PORT 7586-7590/udp planned',
      'shop WEB_HOST_PORT 8000/tcp pinned',
      'shop SPARE_PORT_ONE 8500/tcp pinned',
      'shop UI_HOST_PORT 127.0.0.1 8611/tcp planned',
      'shop (web) 9000/tcp literal',
      'shop (web) ::1 9001/tcp literal',
      'shop DIGITS 11234/tcp literal',
    ])
  })

  test('says where each comes from', async () => {
    const ports = await portsOf(workspace, 'shop')
    const of = (variable: string | null) => ports.find((each) => each.variable === variable)
    expect(of('REDIS_HOST_PORT')).toEqual({
      product: 'shop',
      instance: null,
      feature: 'redis',
      variable: 'REDIS_HOST_PORT',
      service: 'redis',
      base: { from: 6380, to: 6380, address: '' },
      offset: 586,
      offsetFrom: 'crc32',
      address: '',
      from: 6966,
      to: 6966,
      protocol: 'tcp',
      outcome: 'planned',
      containerPort: 6379,
      profiles: [],
      http: false,
      https: false,
      scheme: null,
      path: null,
      front: false,
      guessedFrom: null,
      file: 'features/redis/.env.example',
      line: 1,
      url: null,
    })
    expect(of('RTP_HOST_PORT')).toMatchObject({ base: { from: 7000, to: 7004 }, feature: 'mail', line: 2 })
    expect(of('WEB_HOST_PORT')).toMatchObject({
      feature: null,
      base: null,
      offset: null,
      file: 'products/shop/.env',
      line: 1,
      url: 'http://localhost:8000',
    })
    expect(of(null)).toMatchObject({ file: 'products/shop/compose.yaml', line: 5, service: 'web' })
    expect(of('NOPE_HOST_PORT')).toMatchObject({
      feature: 'mail',
      file: 'features/mail/compose.yaml',
      url: null,
    })
    expect(of('UI_HOST_PORT')?.url).toBe('http://127.0.0.1:8611')
    expect(ports.find(({ address }) => address === '::1')?.url).toBe('https://[::1]:9001')
  })

  test('is a table for people', async () => {
    const lines = (await ok('ports shop --feature mail', workspace)).trimEnd().split('\n')
    expect(lines).toEqual([
      '  product  feature  variable             base  offset            host  outcome  url',
      '  shop     mail     NOPE_HOST_PORT                             random  random',
      '  shop     mail     RTP_HOST_PORT   7000-7004    +586   7586-7590/udp  planned',
      '  shop     mail     UI_HOST_PORT         8025    +586  127.0.0.1:8611  planned  http://127.0.0.1:8611',
    ])
  })

  test.each([
    ['blog', 2],
    ['blog shop', 12],
    ['--outcome literal', 4],
    ['--outcome random', 1],
    ['--feature redis', 2],
    ['shop --feature redis --outcome planned', 1],
    ['blog --feature mail', 0],
  ])('%s: %i', async (line, count) => {
    expect(await portsOf(workspace, line)).toHaveLength(count)
  })

  test('does not miss the product env of an include before the first merge makes it', async () => {
    const here = makeWorkspace({
      ...REDIS,
      'products/shop/compose.yaml':
        'include: [{ path: ../../features/redis/compose.yaml, env_file: .env }]\n',
    })
    expect(brief(await portsOf(here))).toEqual(['shop REDIS_HOST_PORT 6966/tcp planned'])
    await ok('check', here)
  })

  test('says so where there is no such feature', async () => {
    const { exitCode, stdout, stderr } = await product('ports --feature rediss', workspace)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('Feature rediss does not exist [no-feature]\n  Did you mean redis?\n')
  })

  test('knows no other outcome', async () => {
    const { exitCode, stdout, stderr } = await product('ports --outcome picked', workspace)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('adjusted, planned, outdated, pinned, literal, random')
  })

  test('knows no other product', async () => {
    const { exitCode, stdout } = await product('ports shopp --json', workspace)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      ports: [],
      problems: [{ code: 'no-product', next: 'Did you mean shop?' }],
    })
  })

  test('goes with the merge: planned, adjusted, outdated, pinned', async () => {
    const here = makeWorkspace({ ...REDIS, 'products/shop/': '' })
    const outcome = async () => brief(await portsOf(here))
    expect(await outcome()).toEqual(['shop REDIS_HOST_PORT 6966/tcp planned'])
    await ok('env --merge shop', here)
    expect(await outcome()).toEqual(['shop REDIS_HOST_PORT 6966/tcp adjusted'])
    expect((await portsOf(here))[0]).toMatchObject({ file: 'products/shop/.env', line: 3 })
    here.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6390\n' })
    expect(await outcome()).toEqual(['shop REDIS_HOST_PORT 6966/tcp outdated'])
    here.write({ 'products/shop/.env': (here.read('products/shop/.env') ?? '').replace('6966', '6977') })
    expect(await outcome()).toEqual(['shop REDIS_HOST_PORT 6977/tcp pinned'])
  })

  test('says what is wrong with a Compose file, and that once', async () => {
    const here = makeWorkspace({
      ...REDIS,
      'features/redis/compose.yaml': composeOf('redis', '"70000:1", "${REDIS_HOST_PORT}:6379"'),
      'products/a/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
      'products/b/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
    })
    const { exitCode, stderr } = await product('ports', here)
    expect(exitCode).toBe(1)
    expect(stderr.match(/features\/redis\/compose\.yaml:4/g)).toHaveLength(1)
  })

  test.each([
    ['services:\n  web: {profiles: []}\n', '2:3: error: Service web has neither an image nor a build'],
    [
      'services:\n  web: {image: w, networks: [back]}\n',
      '2:30: error: Service web uses network "back", which is not declared',
    ],
    [
      'services:\n  web: {image: w, ports: ["x:80"]}\n---\nservices: {web: {ports: !reset []}}\n',
      '2:27: error: The host port is not valid',
    ],
    ['services:\n  web:\n    image: w\n\t', '4:1: error: Not valid YAML: line 4 is indented with a tab'],
  ])('refuses what Compose refuses: %j', async (text, message) => {
    const { exitCode, stderr } = await product('ports', makeWorkspace({ 'products/shop/compose.yaml': text }))
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`products/shop/compose.yaml:${message}`)
  })

  test('reads an override and COMPOSE_FILE as Compose does', async () => {
    const here = makeWorkspace({
      'products/a/compose.yaml': composeOf('web', '"8000:80"'),
      'products/a/compose.override.yaml': 'services:\n  web:\n    ports: ["8001:81"]\n',
      'products/b/compose.yaml': composeOf('web', '"8000:80"'),
      'products/b/other.yaml': composeOf('web', '"8002:80"'),
      'products/b/.env': 'COMPOSE_FILE=other.yaml\n',
    })
    expect(brief(await portsOf(here))).toEqual([
      'a (web) 8000/tcp literal',
      'a (web) 8001/tcp literal',
      'b (web) 8002/tcp literal',
    ])
  })

  test.each([
    ['[0:0:0:0:0:0:0:1]', '[::1]', '::1'],
    ['[::ffff:127.0.0.1]', '127.0.0.1', '127.0.0.1'],
  ])('takes %s and %s for the same address', async (one, other, address) => {
    const ports = `"${one}:8000:80", "${other}:8000:81"`
    const here = makeWorkspace({
      'products/a/compose.yaml': composeOf('web', ports),
      'products/b/.env': `A_HOST_PORT=${one}:9000\nB_HOST_PORT=${other}:9000\n`,
    })
    expect(brief(await portsOf(here))).toEqual([
      `a (web) ${address} 8000/tcp literal`,
      `a (web) ${address} 8000/tcp literal`,
      `b A_HOST_PORT ${address} 9000/tcp pinned`,
      `b B_HOST_PORT ${address} 9000/tcp pinned`,
    ])
    expect((await checked(here)).collisions).toHaveLength(2)
  })
})

describe('product list', () => {
  test('shows offset, number of ports, state and features', async () => {
    expect((await ok('list', workspace)).trimEnd().split('\n')).toEqual([
      '  product    offset  ports  env         features',
      '  blog     +0 (set)      2  missing     redis',
      '  shop         +586     10  incomplete  redis, mail',
    ])
  })

  test('is the same as JSON', async () => {
    const { products } = JSON.parse(await ok('list --json', workspace)) as { products: unknown[] }
    expect(products).toEqual([
      {
        product: 'blog',
        instance: null,
        offset: { value: 0, from: 'product.yaml' },
        features: ['redis'],
        file: 'products/blog/.env',
        state: 'missing',
        ports: 2,
        project: 'blog',
      },
      {
        product: 'shop',
        instance: null,
        offset: { value: 586, from: 'crc32' },
        features: ['redis', 'mail'],
        file: 'products/shop/.env',
        state: 'incomplete',
        ports: 10,
        project: 'shop',
      },
    ])
  })

  test('tells merged from outdated', async () => {
    const here = makeWorkspace({ ...REDIS, 'products/shop/': '' })
    await ok('env --merge shop', here)
    expect(await ok('list', here)).toContain('merged')
    here.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6390\n' })
    expect(await ok('list', here)).toContain('outdated')
  })

  test.each([
    ['a template', { 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nCOMPOSE_FILE=x\n' }],
    ['product.yaml', { 'products/shop/product.yaml': 'offfset: 6\n' }],
    ['the product env', { 'products/shop/.env': "A='it's'\n" }],
  ])('tells where an error in %s forbids a merge, of instances too', async (_, broken: Files) => {
    const here = makeWorkspace({ ...REDIS, 'products/shop/': '' })
    await ok('env --merge shop --instance blue', here)
    here.write(broken)
    expect((await product('env --merge shop', here)).exitCode).toBe(1)
    const { exitCode, stdout } = await product('list --json', here)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      products: [{ state: 'stopped' }, { instance: 'blue', state: 'stopped' }],
    })
    expect((await product('list', here)).stdout).toMatch(/shop .*stopped.*\n.*shop@blue .*stopped/)
  })

  test('is empty in a workspace without products', async () => {
    const empty = makeWorkspace()
    expect(JSON.parse(await ok('list --json', empty))).toMatchObject({ ok: true, products: [] })
    expect(await ok('list', empty)).toBe(
      '  The workspace has no products yet; create a folder products/<name>\n',
    )
  })
})

describe('what is wrong with the workspace', () => {
  const here = makeWorkspace({ ...REDIS, 'products/shop/': '', 'workspace.yaml': 'modulo: 7\n' })

  test.each([
    'ports nobody',
    'ports shop@nobody',
    'ports --feature rediss',
    'check nobody',
    'port nobody PORT',
    'port shop PORT',
  ])('rejects an invalid name: %s', async (line) => {
    const { exitCode, stderr } = await product(line, here)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/\[bad-settings\][\s\S]*\[no-\w+\]/)
  })
})

describe('outside of a workspace', () => {
  test.each(['list', 'ports', 'whois 80', 'check', 'port a B'])('%s ends with 1', async (line) => {
    const { exitCode, stdout, stderr } = await product(line, makeFolder())
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('[no-workspace]')
  })

  test('whois has its lists all the same', async () => {
    const { stdout } = await product('whois 80 --json', makeFolder())
    expect(JSON.parse(stdout)).toMatchObject({ port: 80, claims: [], decoded: [], now: [] })
  })

  test.each(['list --json', 'ports --json', 'whois 80 --json', 'check --format json', 'port a B --json'])(
    '%s has a document all the same',
    async (line) => {
      const { exitCode, stdout } = await product(line, makeFolder())
      expect(exitCode).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({
        version: 1,
        ok: false,
        problems: [{ code: 'no-workspace' }],
      })
    },
  )
})
