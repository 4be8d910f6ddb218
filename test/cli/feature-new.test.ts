/** `feature new`: what it writes, what it refuses, and that it leaves everything else alone. */
import { chmodSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import {
  demoWorkspace,
  type Files,
  makeFolder,
  makeWorkspace,
  type TestWorkspace,
} from '../support/workspace.js'

const REDIS = { 'features/redis/.env.example': '# Port of redis\nREDIS_HOST_PORT=6380\n' }

/** A workspace with the feature redis and a product that has it. */
function shop(files: Files = {}): TestWorkspace {
  return makeWorkspace({ ...REDIS, 'products/shop/product.yaml': 'features: [redis]\n', ...files })
}

/** Runs it and expects it to succeed. */
async function made(line: string, workspace: TestWorkspace): Promise<string> {
  const { exitCode, stdout, stderr } = await feature(`new ${line}`, workspace)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return stdout
}

/** Runs it, and expects it to fail and to change nothing. */
async function refused(
  line: string | readonly string[],
  workspace: TestWorkspace,
  expected = 1,
): Promise<string> {
  const before = workspace.all()
  const args = typeof line === 'string' ? `new ${line}` : ['new', ...line]
  const { exitCode, stdout, stderr } = await feature(args, workspace)
  expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' })
  expect(workspace.all()).toEqual(before)
  return stderr
}

describe('a new feature', () => {
  test('has a template and a Compose file', async () => {
    const workspace = demoWorkspace()
    expect(await made('my-cache --image redis:7', workspace)).toBe(
      [
        'my-cache  base port 5380',
        '',
        '  port     MY_CACHE_HOST_PORT=5380, 6379 in the container of redis:7',
        '  created  features/my-cache/.env.example',
        '  created  features/my-cache/compose.yaml',
        '  next     product add PRODUCT my-cache',
        '',
      ].join('\n'),
    )
    expect(workspace.read('features/my-cache/.env.example')).toBe(
      [
        '# my-cache: runs redis:7.',
        '# Containers of the product reach it as my-cache:6379; the port below is for tools on the host.',
        '',
        '# Port that my-cache publishes on the host',
        'MY_CACHE_HOST_PORT=5380',
        '',
      ].join('\n'),
    )
    expect(workspace.read('features/my-cache/compose.yaml')).toContain(
      [
        'services:',
        '  my-cache:',
        '    image: redis:7',
        '    ports:',
        '      - "${MY_CACHE_HOST_PORT}:6379"',
        '    volumes:',
        '      - my-cache-data:/data',
        '    restart: unless-stopped',
        '',
        'volumes:',
        '  my-cache-data:',
        '',
      ].join('\n'),
    )
  })

  test('can be read by everybody, as far as the umask allows', async () => {
    const workspace = shop()
    await made('cache', workspace)
    const mode = (file: string) => statSync(workspace.path(file)).mode & 0o777
    expect(mode('features/cache/compose.yaml')).toBe(mode('features/redis/.env.example'))
  })

  test.each([
    ['my-cache', 'MY_CACHE_HOST_PORT'],
    ['my.cache_2', 'MY_CACHE_2_HOST_PORT'],
    ['7zip', 'FEATURE_7ZIP_HOST_PORT'],
    // Reserved: controls Compose, controls git.
    ['compose', 'FEATURE_COMPOSE_HOST_PORT'],
    ['git-config', 'FEATURE_GIT_CONFIG_HOST_PORT'],
    ['docker', 'DOCKER_HOST_PORT'],
    // Another feature's.
    ['redis-', 'FEATURE_REDIS_HOST_PORT'],
    ['a-', 'A_HOST_PORT'],
  ])('%s has the variable %s', async (name, variable) => {
    const workspace = shop()
    await made(`${name} --image example/x:1 --container-port 7000`, workspace)
    expect(workspace.read(`features/${name}/.env.example`)).toContain(`\n${variable}=`)
    expect(workspace.read(`features/${name}/compose.yaml`)).toContain(`- "\${${variable}}:7000"`)
  })

  test('without an image says where to put one', async () => {
    const workspace = shop()
    await made('thing', workspace)
    const compose = workspace.read('features/thing/compose.yaml')
    expect(compose).toContain(
      '    # The default tag, latest, changes without notice: set a version, as in redis:7\n    image: thing\n',
    )
    expect(compose).toContain('is a guess')
  })

  test('gets a page’s address, or a password, if its image needs one', async () => {
    const workspace = shop()
    await made('mailpit', workspace)
    expect(workspace.read('features/mailpit/.env.example')).toContain(
      '\nMAILPIT_URL=http://localhost:${MAILPIT_HOST_PORT}\n',
    )
    await made('db --image postgres:17', workspace)
    expect(workspace.read('features/db/.env.example')).toContain('\nDB_PASSWORD=change-me\n')
    expect(workspace.read('features/db/compose.yaml')).toContain('POSTGRES_PASSWORD: ${DB_PASSWORD}')
  })

  test('has a service name of its own where another feature has taken it', async () => {
    const workspace = shop({ 'features/mail/compose.yaml': 'services: { mailer: { image: x } }\n' })
    await made('mailer --image x:1', workspace)
    expect(workspace.read('features/mailer/compose.yaml')).toContain('\n  mailer-2:\n')
  })

  test('is the same every time', async () => {
    const [one, two] = [shop(), shop()]
    await made('db --image mysql:8.4 --add-to shop', one)
    await made('db --image mysql:8.4 --add-to shop', two)
    expect(one.all()).toEqual(two.all())
  })

  test.each([
    ['a product.yaml', { 'products/blog/product.yaml': 'offfset: 1\n' }, 1, 'bad-settings'],
    ['a template', { 'features/mail/.env.example': 'A=${B\n' }, 1, 'env-refused'],
    ['a list of features', { 'products/blog/product.yaml': 'features: [nope]\n' }, 1, 'no-feature'],
    ['a template, for the shell', { 'features/mail/.env.example': 'A=${B:?}\n' }, 0, 'required-missing'],
  ])('is made all the same where %s is wrong, which is told', async (_, broken: Files, code, told) => {
    const workspace = shop(broken)
    const { exitCode, stdout, stderr } = await feature('new cache --add-to shop', workspace)
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(`[${told}]`)])
    expect(stdout).toContain('features/cache/compose.yaml')
    expect(workspace.read('features/cache/compose.yaml')).not.toBeNull()
  })

  test('is printed as JSON, or not at all with --quiet', async () => {
    const workspace = shop()
    const planned = JSON.parse(await made('cache --image redis:7 --add-to shop -n --json', workspace))
    expect(planned).toMatchObject({ ok: true, feature: 'cache', variable: 'CACHE_HOST_PORT', written: false })
    expect(planned.files).toContainEqual({ file: 'products/shop/product.yaml', created: false })
    expect(await made('cache --image redis:7 --add-to shop --quiet', workspace)).toBe('')
    expect(workspace.read('features/cache/.env.example')).toContain(`CACHE_HOST_PORT=${planned.base}\n`)
    const again = await feature('new cache --json', workspace)
    expect(again.exitCode).toBe(1)
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: false, problems: [{ code: 'feature-exists' }] })
  })

  test('is only shown with --dry-run', async () => {
    const workspace = shop()
    const before = workspace.all()
    const shown = await made('cache --image redis:7 --add-to shop --dry-run', workspace)
    expect(workspace.all()).toEqual(before)
    expect(shown).toContain('  would create  features/cache/.env.example\n')
    expect(shown).toContain('--- /dev/null\n+++ b/features/cache/.env.example\n')
    expect(shown).toContain('-features: [redis]\n+features: [redis, cache]\n')
  })
})

describe('its base port', () => {
  test('is the image’s own, where nobody is near', async () => {
    const workspace = makeWorkspace()
    expect(await made('cache --image redis:7', workspace)).toContain('cache  base port 6379\n')
  })

  test('keeps clear of other features, and of the next new ones', async () => {
    const workspace = shop()
    const ports = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const stdout = await made(`${name} --image redis:7`, workspace)
      ports.push(Number(/base port (\d+)/.exec(stdout)?.[1]), 6380)
      expect(stdout).not.toContain('near')
    }
    const different = [...new Set(ports)].sort((a, b) => a - b)
    expect(different).toHaveLength(6)
    for (const [index, port] of different.slice(1).entries())
      expect(port - (different[index] as number)).toBeGreaterThanOrEqual(1000)
  })

  test('keeps clear of what a product pins', async () => {
    const workspace = shop({ 'products/shop/.env': 'WEB_HOST_PORT=9500\n' })
    expect(await made('www --image example/x:1 --port 9000', workspace)).toContain(
      '  near     9500, WEB_HOST_PORT of shop (products/shop/.env:1)\n',
    )
    expect(await made('api --image example/x:1 --container-port 8600', workspace)).toContain('base port 8000')
  })

  test('is the one asked for, and the report says who is near', async () => {
    const stdout = await made('cache --port 6400 --image redis:7', shop())
    expect(stdout).toContain('cache  base port 6400\n')
    expect(stdout).toContain('  near     6380, REDIS_HOST_PORT of redis (features/redis/.env.example:2)\n')
  })

  test('asked for has to be another than that of every feature; the nearest is named', async () => {
    expect(await refused('cache --port 6380', shop())).toBe(
      'features/cache: error: Base port 6380 cannot be used: REDIS_HOST_PORT of redis (features/redis/.env.example:2) already uses it, ' +
        'and a product with both features would need the same host port twice [bad-base-port]\n' +
        '  Use the nearest free base port: --port 7380\n',
    )
  })

  test('asked for may not meet another feature in two products of today', async () => {
    const workspace = shop({ 'products/blog/product.yaml': 'features: []\noffset: 10\n' })
    // shop has the offset 586.
    expect(await refused('cache --port 6956', workspace)).toContain(
      '6956 + 10 = 6966 is already used by REDIS_HOST_PORT of redis (features/redis/.env.example:2): 6380 + 586',
    )
  })

  test.each([
    ['65000', 'port-out-of-range'],
    ['33000', 'bad-base-port'],
    ['80', 'bad-base-port'],
    ['1023', 'bad-base-port'],
  ])('asked for is not %s', async (port, code) => {
    expect(await refused(`cache --port ${port} --image redis:7`, shop())).toContain(`[${code}]`)
  })

  test('asked for is not one of root, and the nearest that does is named', async () => {
    const stderr = await refused('www --port 80 --image redis:7', shop())
    expect(stderr).toContain('Base port 80 cannot be used: only root may listen on a port below 1024')
    expect(stderr).toContain('Use the nearest free base port: --port 1024')
  })

  test('is none where no offset would fit', async () => {
    expect(await refused('cache', shop({ 'workspace.yaml': 'modulus: 65535\n' }))).toContain(
      'No base port has room',
    )
  })

  test('stays below 65535 with the highest offset that a product states', async () => {
    const workspace = shop({ 'products/shop/product.yaml': 'features: [redis]\noffset: 59000\n' })
    expect(await made('cache --image postgres:17', workspace)).toContain('base port 5380')
    expect(await made('late --image example/x:1 --container-port 9100', workspace)).toContain(
      'base port 4380',
    )
  })
})

describe('--add-to', () => {
  test.each([
    ['a flow list', 'features: [redis] # mine\n', 'features: [redis, cache] # mine\n'],
    [
      'a block list',
      '# top\nfeatures:\n  - redis # first\n\n# end\n',
      '# top\nfeatures:\n  - redis # first\n  - cache\n\n# end\n',
    ],
    ['a list of every feature', '# top\noffset: 3\n', '# top\noffset: 3\nfeatures: [redis, cache]\n'],
    ['CRLF', 'features:\r\n- redis\r\n', 'features:\r\n- redis\r\n- cache\r\n'],
  ])('edits %s without loss', async (_, before, after) => {
    const workspace = shop({ 'products/shop/product.yaml': before })
    await made('cache --image redis:7 --add-to shop', workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe(after)
    const { stdout } = await product('env --merge shop', workspace)
    expect(stdout).toContain('CACHE_HOST_PORT')
  })

  test('makes a product.yaml where there is none', async () => {
    const workspace = makeWorkspace({ ...REDIS, 'products/shop/': '' })
    await made('cache --add-to shop', workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe('features: [redis, cache]\n')
  })

  test('finds product.yml', async () => {
    const workspace = makeWorkspace({ ...REDIS, 'products/shop/product.yml': 'features: [redis]\n' })
    await made('cache --add-to shop', workspace)
    expect(workspace.read('products/shop/product.yml')).toBe('features: [redis, cache]\n')
  })

  test('adds to the include of the Compose file, if it has one', async () => {
    const workspace = demoWorkspace()
    const before = workspace.read('products/my_first_app/compose.yaml') ?? ''
    await made('cache --image redis:7 --add-to my_first_app', workspace)
    const last = '  - ../../features/mail/compose.yaml\n'
    expect(workspace.read('products/my_first_app/compose.yaml')).toBe(
      before.replace(last, `${last}  - ../../features/cache/compose.yaml\n`),
    )
    expect(workspace.read('products/my_first_app/product.yaml')).toContain(
      'features: [redis, phpmyadmin, mailhog, mail, cache]',
    )
  })

  test.each<[string, Files, string, string]>([
    [
      'an override',
      {
        'compose.yaml': 'services: { web: { image: x } }\n',
        'compose.override.yaml': 'include: [../../features/redis/compose.yaml]\n',
      },
      'compose.override.yaml',
      'include: [../../features/redis/compose.yaml, ../../features/cache/compose.yaml]\n',
    ],
    [
      'the file that includes features, of two that include something',
      {
        '.env': 'COMPOSE_FILE=compose.yaml:more.yaml\nUP=../..\n',
        'compose.yaml': 'include: [db/compose.yaml]\n',
        'db/compose.yaml': 'services: { db: { image: x } }\n',
        'more.yaml': 'include:\n  - ${UP}/features/redis/compose.yaml\n',
      },
      'more.yaml',
      'include:\n  - ${UP}/features/redis/compose.yaml\n  - ../../features/cache/compose.yaml\n',
    ],
    [
      'a file in a folder of its own',
      {
        '.env': 'COMPOSE_FILE=docker/compose.yaml\n',
        'docker/compose.yaml': 'include:\n  - ../../../features/redis/compose.yaml\n',
      },
      'docker/compose.yaml',
      'include:\n  - ../../../features/redis/compose.yaml\n  - ../../../features/cache/compose.yaml\n',
    ],
  ])('adds to the include of %s', async (_, files, file, after) => {
    const here = Object.entries(files).map(([name, text]) => [`products/shop/${name}`, text])
    const workspace = shop({
      'features/redis/compose.yaml': 'services: { redis: { image: redis } }\n',
      ...Object.fromEntries(here),
    })
    expect(await made('cache --add-to shop', workspace)).not.toContain('to include: of')
    expect(workspace.read(`products/shop/${file}`)).toBe(after)
    const { stderr } = await product('check', workspace)
    expect(stderr).not.toContain('[compose-')
  })

  test('says once what cannot be known of the includes', async () => {
    const workspace = shop({
      'features/redis/compose.yaml': 'services: { redis: { image: redis } }\n',
      'products/shop/product.yaml': '',
      'products/shop/compose.yaml': 'include:\n  - ${UP}/features/redis/compose.yaml\n',
    })
    const { stderr } = await feature('new cache --add-to shop', workspace)
    expect(stderr.match(/\[unread-include\]/g)).toHaveLength(1)
  })

  test.each([
    ['a Compose file', {}, 'compose.yaml', '../..'],
    [
      'a Compose file in a folder of its own',
      { 'products/shop/.env': 'COMPOSE_FILE=docker/compose.yaml\n' },
      'docker/compose.yaml',
      '../../..',
    ],
  ])('gives %s without include: one', async (_, files: Files, file, up) => {
    const compose = 'services: { web: { image: x } }\n'
    const workspace = shop({ ...files, [`products/shop/${file}`]: compose })
    await made('cache --add-to shop', workspace)
    expect(workspace.read(`products/shop/${file}`)).toBe(
      `${compose}include: [${up}/features/cache/compose.yaml]\n`,
    )
  })

  test('may be repeated', async () => {
    const workspace = shop({ 'products/blog/product.yaml': 'features: []\n' })
    const stdout = await made('cache --add-to shop --add-to blog --add-to shop', workspace)
    expect(stdout).toContain('  next     product env --merge shop\n  next     product env --merge blog\n')
    expect(workspace.read('products/shop/product.yaml')).toBe('features: [redis, cache]\n')
    expect(workspace.read('products/blog/product.yaml')).toBe('features: [cache]\n')
    expect(await refused('db --add-to shop --add-to none', workspace)).toContain('[no-product]')
  })

  test('takes the list that a product without features: has from its Compose file', async () => {
    const workspace = makeWorkspace({
      ...REDIS,
      'features/redis/compose.yaml': 'services: { redis: { image: redis } }\n',
      'features/mail/.env.example': 'A=1\n',
      'products/shop/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
    })
    await made('cache --add-to shop', workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe('features: [redis, cache]\n')
    expect(workspace.read('products/shop/compose.yaml')).toBe(
      'include: [../../features/redis/compose.yaml, ../../features/cache/compose.yaml]\n',
    )
  })

  test('leaves files alone that name the feature already', async () => {
    const files = {
      'features/redis/compose.yaml': 'services: { redis: { image: redis } }\n',
      'products/shop/product.yaml': 'features: [redis, cache]\n',
      'products/shop/compose.yaml':
        'include: [../../features/redis/compose.yaml, ../../features/cache/compose.yaml]\n',
    }
    const workspace = shop(files)
    const stdout = await made('cache --add-to shop', workspace)
    expect(stdout).not.toContain('changed')
    expect(workspace.all()).toMatchObject(files)
  })

  test.each([
    ['a product that is not there', {}, 'shup', '[no-product]'],
    ['an invalid name', {}, '../shop', '[bad-name]'],
    [
      'a product.yaml that is broken',
      { 'products/shop/product.yaml': 'features: [redis\n' },
      'shop',
      '[bad-settings]',
    ],
    [
      'a product.yaml with an alias',
      { 'products/shop/product.yaml': 'allow: &a [redis]\nfeatures: *a\n' },
      'shop',
      '[cannot-edit]',
    ],
    [
      'a Compose file that is broken',
      { 'products/shop/compose.yaml': 'include:\n  - ../../features/redis/compose.yaml\n? x: [\n' },
      'shop',
      '[compose-refused]',
    ],
    [
      'a Compose file with a service of that name',
      {
        'features/redis/compose.yaml': 'services: { redis: { image: redis } }\n',
        'products/shop/compose.yaml':
          'include:\n  - ../../features/redis/compose.yaml\nservices: { cache: { image: x } }\n',
      },
      'shop',
      '[cannot-edit]',
    ],
    [
      'a Compose file outside of the product',
      {
        'features/redis/compose.yaml': 'services: { redis: { image: redis } }\n',
        'products/shop/.env': 'COMPOSE_FILE=../../compose.yaml\n',
        'compose.yaml': 'include: [features/redis/compose.yaml]\n',
      },
      'shop',
      'Add "features/cache/compose.yaml" to include: by hand.',
    ],
    [
      'a list that is another one, too',
      { 'products/shop/product.yaml': 'allow: &names [redis]\nfeatures: *names\n' },
      'shop',
      'An item cannot be added to features: without rewriting the file',
    ],
  ])('does nothing at all for %s', async (_, files, name, code) => {
    expect(await refused(`cache --add-to ${name}`, shop(files), code === '[bad-name]' ? 2 : 1)).toContain(
      code,
    )
  })

  test('puts everything back where the last file cannot be written', async () => {
    const workspace = shop({
      'features/redis/compose.yaml': 'services: { redis: { image: redis } }\n',
      'products/shop/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
    })
    chmodSync(workspace.path('products/shop/compose.yaml'), 0o444)
    expect(await refused('cache --add-to shop', workspace)).toContain('[cannot-write]')
    expect(statSync(workspace.path('features/cache'), { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('what is there stays', () => {
  test.each(['features/cache/', 'features/cache', 'features/cache/notes.txt'])('%s', async (file) => {
    expect(await refused('cache', shop({ [file]: '' }))).toContain(
      'features/cache: error: features/cache already exists [feature-exists]',
    )
  })

  test('a feature, which can be added to a product', async () => {
    expect(await refused('redis', shop())).toContain('product add PRODUCT redis\n')
    expect(await refused('redis --add-to shop', shop())).toContain('product add shop redis\n')
  })

  test('a feature whose name differs in case only', async () => {
    expect(await refused('Redis', shop())).toContain('Feature redis differs from Redis only in case')
  })

  test('a link to nothing', async () => {
    const workspace = shop()
    symlinkSync('nowhere', workspace.path('features/cache'))
    expect(await refused('cache', workspace)).toContain('[feature-exists]')
  })

  test('a folder that is made in the meantime', async () => {
    const { saveInNewFolders } = await import('../../src/save/save-all.js')
    const workspace = shop()
    mkdirSync(workspace.path('features/cache'))
    const folder = { path: workspace.path('features/cache'), file: 'features/cache' }
    expect(saveInNewFolders([folder], [])).toMatchObject([{ code: 'changed-meanwhile' }])
  })
})

test('every written file goes again if one of them cannot be written', async () => {
  const { saveInNewFolders } = await import('../../src/save/save-all.js')
  const workspace = shop({ 'products/shop/product.yaml': 'features: [redis] # new\n' })
  const before = workspace.all()
  const failed = saveInNewFolders(
    [{ path: workspace.path('features/cache'), file: 'features/cache' }],
    [
      { path: workspace.path('features/cache/a'), file: 'features/cache/a', before: null, after: 'A' },
      {
        path: workspace.path('features/redis/.env.example'),
        file: 'features/redis/.env.example',
        before: REDIS['features/redis/.env.example'],
        after: 'B',
      },
      {
        path: workspace.path('products/shop/product.yaml'),
        file: 'products/shop/product.yaml',
        before: 'features: [redis]\n',
        after: 'C',
      },
    ],
  )
  expect(failed).toMatchObject([{ code: 'changed-meanwhile', file: 'products/shop/product.yaml' }])
  expect(workspace.all()).toEqual(before)
})

describe('wrong usage', () => {
  test.each([
    ['a port that is none', ['cache', '--port', '0']],
    ['a port that is too high', ['cache', '--port', '65536']],
    ['a port with a unit', ['cache', '--port', '6380tcp']],
    ['a container port that is none', ['cache', '--container-port', '-1']],
    ['an image with a variable', ['cache', '--image', '${X}']],
    ['an image with a newline', ['cache', '--image', 'redis:7\n    privileged: true']],
    ['no name', []],
    ['two names', ['a', 'b']],
  ])('%s', async (_, args) => {
    const workspace = shop()
    const before = workspace.all()
    expect(await feature(['new', ...args], workspace)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: /),
    })
    expect(workspace.all()).toEqual(before)
  })
})

test.each(['..', '../x', '.hidden', 'a b', 'a/b', 'ä', '', 'x\n'])(
  '%j is no name of a feature',
  async (name) => {
    expect(await refused([name], shop(), 2)).toContain('[bad-name]')
  },
)

test('a broken workspace.yaml stops it, and so does no workspace', async () => {
  expect(await refused('cache', shop({ 'workspace.yaml': 'modulo: 3\n' }))).toContain('[bad-settings]')
  expect(await refused('cache', makeFolder())).toContain('[no-workspace]')
})
