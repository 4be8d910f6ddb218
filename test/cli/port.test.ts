// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** `product port` and `product whois`, from the outside. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { demoWorkspace, makeFolder, makeWorkspace } from '../support/workspace.js'
import { composeOf, ok, REDIS } from './claims-support.js'

const demo = demoWorkspace()

describe('product port', () => {
  test.each([
    [
      'my_first_app',
      ['crc32("my_first_app") = 3218544591', '3218544591 % 1000 = 591', '6380 + 591 = 6971, for example'],
    ],
    [
      'my_first_app --base 8081',
      ['crc32("my_first_app") = 3218544591', '3218544591 % 1000 = 591', '8081 + 591 = 8672'],
    ],
    [
      'any-name',
      ['crc32("any-name") = 3371261522', '3371261522 % 1000 = 522', '6380 + 522 = 6902, for example'],
    ],
    [
      'api --scheme base32',
      [
        'the first three letters of "api" as digits: api',
        'a = 10 * 1024, p = 25 * 32, i = 18 * 1: 11058',
        '1024 + 11058 = 12082',
      ],
    ],
  ])('%s', async (line, steps) => {
    for (const where of [demo, makeFolder()])
      expect(await ok(`port ${line}`, where)).toBe(`${steps.join('\n')}\n`)
  })

  test('--scheme sha1', async () => {
    expect(await ok('port cheesemaking --scheme sha1', demo)).toMatch(/\n8400 \+ 235 = 8635\n$/)
  })

  test('is JSON as well', async () => {
    expect(JSON.parse(await ok('port my_first_app --json', demo))).toMatchObject({
      ok: true,
      name: 'my_first_app',
      scheme: 'crc32',
      port: 6971,
      steps: [
        'crc32("my_first_app") = 3218544591',
        '3218544591 % 1000 = 591',
        '6380 + 591 = 6971, for example',
      ],
      stated: null,
    })
  })

  test.each([
    ['workspace.yaml', 'modulus', 'modulus: 500\n', 'modulus: 500\nmodulo: 1\n'],
    ['workspace.yaml', 'modulus', '', 'modulus: many\n'],
    ['products/shop/product.yaml', 'offset', 'offset: 7\n', 'ofset: 7\n'],
  ])('tells what is wrong with %s, which may give another %s', async (file, _, good, bad) => {
    const right = makeWorkspace({ 'products/shop/': '', [file]: good })
    expect(JSON.parse(await ok('port shop --json', right))).toMatchObject({ ok: true, problems: [] })
    const wrong = makeWorkspace({ 'products/shop/': '', [file]: bad })
    const { exitCode, stdout, stderr } = await product('port shop --json', wrong)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ code: 'bad-settings', file }] })
    expect(stderr).toContain(`${file}:`)
  })

  test('says that product.yaml states another offset', async () => {
    const here = makeWorkspace({ 'products/shop/product.yaml': 'offset: 7\n' })
    expect(await ok('port shop --base 8000', here)).toContain(
      'products/shop/product.yaml sets another offset: 8000 + 7 = 8007\n',
    )
    expect(await ok('port shop --scheme sha1', here)).not.toContain('another offset')
  })

  test('says so of an instance, too', async () => {
    const here = makeWorkspace({
      'products/shop/product.yaml': 'offset: 7\ninstances: { blue: { offset: 520 }, green: {} }\n',
    })
    expect(await ok('port shop@blue --base 8000', here)).toContain(
      'products/shop/product.yaml sets another offset: 8000 + 520 = 8520\n',
    )
    expect(JSON.parse(await ok('port shop@blue --json', here))).toMatchObject({ stated: 520 })
    for (const name of ['shop@green', 'shop@red', 'shop@constructor', 'other@blue'])
      expect(await ok(`port ${name}`, here)).not.toContain('another offset')
  })

  test('goes by the modulus of the workspace', async () => {
    const here = makeWorkspace({ 'workspace.yaml': 'modulus: 4096\n' })
    expect(await ok('port my_first_app', here)).toContain(`3218544591 % 4096 = ${3218544591 % 4096}\n`)
  })

  test('says that a port over 65535 is none', async () => {
    expect(await ok('port my_first_app --base 65000', demo)).toMatch(/\n65591 is above 65535, .*\n$/)
  })

  test.each(['0', '65536', 'x', '80.5', '-1', '0x10', '1e3', '+80', ' 80', ''])(
    'takes no base port %s',
    async (base) => {
      const { exitCode, stderr } = await product(['port', 'a', `--base=${base}`], demo)
      expect(exitCode).toBe(2)
      expect(stderr).toContain('Use a port from 1 to 65535.')
    },
  )

  test('knows no other scheme', async () => {
    expect((await product('port a --scheme md5', demo)).exitCode).toBe(2)
  })

  test('escapes what would steer the terminal', async () => {
    expect((await product(['port', '\u001b[31m'], demo)).stdout).not.toContain('\u001b')
  })
})

describe('product port PRODUCT VARIABLE', () => {
  const here = makeWorkspace({
    ...REDIS,
    'products/shop/compose.yaml': `include: [../../features/redis/compose.yaml]\n${composeOf('web', '"${WEB_HOST_PORT}:80", "${RANGE_HOST_PORT}:81-82", "${NONE_HOST_PORT}:1"')}`,
    'products/shop/.env': 'WEB_HOST_PORT=127.0.0.1:8000\nRANGE_HOST_PORT=7000-7001\n',
  })
  test.each([
    ['REDIS_HOST_PORT', '6966'],
    ['WEB_HOST_PORT', '8000'],
    ['RANGE_HOST_PORT', '7000-7001'],
  ])('prints of %s only %s', async (variable, port) => {
    expect(await ok(`port shop ${variable}`, here)).toBe(`${port}\n`)
  })

  test.each([
    ['REDIS_HOST_PROT', 'Did you mean REDIS_HOST_PORT?'],
    ['NONE_HOST_PORT', 'Set it in the product env.'],
  ])('has no port in %s', async (variable, next) => {
    const { exitCode, stdout, stderr } = await product(`port shop ${variable}`, here)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('[no-port]')
    expect(stderr).toContain(next)
  })

  test('is JSON as well', async () => {
    expect(JSON.parse(await ok('port shop REDIS_HOST_PORT --json', here))).toMatchObject({
      ok: true,
      claim: { product: 'shop', instance: null, variable: 'REDIS_HOST_PORT', from: 6966, to: 6966 },
    })
    expect(JSON.parse((await product('port shop NO --json', here)).stdout)).toMatchObject({
      ok: false,
      problems: [{ code: 'no-port' }],
    })
  })

  test('prints that of an instance', async () => {
    const blue = makeWorkspace({
      ...REDIS,
      'products/shop/product.yaml': 'instances: { blue: { offset: 7 } }\n',
    })
    await ok('env --merge shop --instance blue', blue)
    expect(await ok('port shop@blue REDIS_HOST_PORT', blue)).toBe('6387\n')
    const { exitCode, stdout, stderr } = await product('port shop@bleu REDIS_HOST_PORT', blue)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('Product shop has no instance bleu [no-instance]\n  Did you mean blue?\n')
  })

  test.each([
    ['port shop REDIS_HOST_PORT --scheme sha1', '--scheme cannot be used with a variable'],
    ['port shop REDIS_HOST_PORT --scheme crc32', '--scheme cannot be used with a variable'],
    ['port shop REDIS_HOST_PORT --base 99', '--base cannot be used with a variable'],
    ['port shop REDIS_HOST_PORT --instance blue', "unknown option '--instance'"],
    ['port shop --scheme sha1 --base 80', '--base cannot be used with --scheme sha1'],
  ])('%s is wrong usage', async (line, message) => {
    const { exitCode, stderr } = await product(line, here)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  test('knows no other product', async () => {
    expect((await product('port nobody REDIS_HOST_PORT', here)).stderr).toContain('[no-product]')
  })
})

describe('product whois', () => {
  test('names product, feature, variable, file and line', async () => {
    const here = makeWorkspace({ ...REDIS, 'products/shop/': '' })
    await ok('env --merge shop', here)
    const { exitCode, stdout } = await product('whois 6966', here)
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '  product  feature  variable         base  offset  host  outcome   url',
      '  shop     redis    REDIS_HOST_PORT  6380    +586  6966  adjusted',
      '',
      '  set in products/shop/.env:3',
    ])
  })

  test('finds a port within a range, of any protocol', async () => {
    const here = makeWorkspace({
      'products/a/compose.yaml': composeOf('rtp', '"7000-7010:7000-7010/udp"'),
      'products/b/compose.yaml': composeOf('web', '"7005:80"'),
    })
    const { stdout } = await product('whois 7005 --json', here)
    expect(JSON.parse(stdout)).toMatchObject({
      port: 7005,
      claims: [
        { product: 'a', protocol: 'udp' },
        { product: 'b', protocol: 'tcp' },
      ],
      decoded: [],
    })
  })

  test('tells of a port that nobody owns what it would be in each scheme', async () => {
    const here = makeWorkspace({
      ...REDIS,
      'products/shop/': '',
      'products/api/': '',
      'products/honeybees/': '',
    })
    const decoded = async (port: number) => {
      const { stdout } = await product(`whois ${port} --json`, here)
      return (JSON.parse(stdout) as { decoded: string[] }).decoded
    }
    expect(await decoded(12082)).toEqual(['base32: api (api)'])
    expect(await decoded(6381)).toEqual([
      'crc32: 6380 (redis REDIS_HOST_PORT) + 1, an offset that no product has',
      'base32: 57d',
    ])
    expect(await decoded(8674)).toEqual([
      'sha1: any name whose SHA-1 % 300 is 274 (honeybees)',
      'base32: 7f2',
    ])
    expect(await decoded(80)).toEqual([])
    const { stdout } = await product('whois 12082', here)
    expect(stdout).toContain('  no product claims 12082\n  base32: api (api)\n')
  })

  test('tells of a product\u2019s own port, too, which follows the name and not the stated offset', async () => {
    const here = makeWorkspace({
      'products/vault_api/product.yaml':
        'offset: 3\nports: { METRICS_PORT: { scheme: crc32, base: 9100 } }\n',
      'products/kiosk/product.yaml':
        'ports: { METRICS_PORT: { scheme: crc32, base: 9100 }, P: { scheme: sha1 } }\n',
      // Whose port is thus nobody's.
      'products/vault_api/.env': 'METRICS_PORT=9999\n',
    })
    const decoded = async (port: number) => {
      const { stdout } = await product(`whois ${port} --json`, here)
      return (JSON.parse(stdout) as { decoded: string[] }).decoded[0]
    }
    expect(await decoded(9747)).toBe(
      'crc32: 9100 (kiosk, vault_api METRICS_PORT) + 647, the offset of the name vault_api',
    )
    expect(await decoded(9103)).toBe(
      'crc32: 9100 (kiosk, vault_api METRICS_PORT) + 3, an offset that no product has',
    )
    expect(await decoded(9099)).not.toContain('crc32')
  })

  test('never speaks of a feature "null"', async () => {
    const here = makeWorkspace({ ...REDIS, 'products/shop/.env': 'WEB_HOST_PORT=8000\n' })
    await ok('env --merge shop --instance blue', here)
    const { stdout } = await product('whois 8001', here)
    expect(stdout).toContain('crc32: 8000 (shop WEB_HOST_PORT) + 1, an offset that no product has')
  })

  test.each(['0', '65536', 'http', '80.0', '-1', '0x50', ''])('takes no port %j', async (port) => {
    const { exitCode, stdout } = await product(['whois', '--', port], demo)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  })
})
