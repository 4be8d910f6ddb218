// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** Copies, from the outside: `product env --merge` in git worktrees, clones and instances. */
import { chmodSync, renameSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../src/ports/offset.js'
import { product, type Ran } from '../support/cli.js'
import { commitAll, git, gitOutput } from '../support/git.js'
import { type Files, makeFolder, type TestWorkspace } from '../support/workspace.js'

const COMPOSE = 'services:\n  web:\n    image: nginx:1\n    ports: ["9000:80"]\n'
const IGNORED = '.env\n*.env\n'

/** A repository `shop` with these files committed, then these that git does not know. */
function repository(files: Files = { 'compose.yaml': COMPOSE }, untracked: Files = {}): TestWorkspace {
  const folder = makeFolder()
  const below = (all: Files): Files =>
    Object.fromEntries(Object.entries(all).map(([file, text]) => [`shop/${file}`, text]))
  folder.write(below(files))
  commitAll(folder.path('shop'))
  folder.write(below(untracked))
  return folder
}

/** The same with a linked worktree `blue` beside it. */
function worktree(files?: Files, untracked?: Files): TestWorkspace {
  const folder = repository(files, untracked)
  git(folder.path('shop'), 'worktree', 'add', '../blue')
  return folder
}

const status = (folder: TestWorkspace, name = 'blue'): string =>
  gitOutput(folder.path(name), 'status', '--porcelain')

/** Runs a command in the worktree, or in another folder, that is expected to succeed without a word on stderr. */
async function ok(line: string, folder: TestWorkspace, where = 'blue'): Promise<string> {
  const { exitCode, stdout, stderr } = await product(line, folder.path(where))
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return stdout
}

const merge = (folder: TestWorkspace, where?: string) => ok('env --merge', folder, where)

/** The override of a copy, without its marks. */
function body(folder: TestWorkspace, file = 'blue/compose.override.yaml'): string {
  const text = folder.read(file) ?? ''
  expect(text).toMatch(/^# >>> \S+@\S+ \(\S*\.env\)\n[\s\S]*\n# <<< \S+@\S+ [0-9a-f]{8}\n$/)
  return text.split('\n').slice(1, -2).join('\n')
}

/** The lines of an env file that a merge added, without its marks. */
function section(folder: TestWorkspace, file = 'blue/.env'): string[] {
  const lines = (folder.read(file) ?? '').split(/\r?\n/)
  const start = lines.findIndex((line) => /^# >>> \S+@/.test(line))
  return start === -1 ? [] : lines.slice(start + 1).filter((line) => line !== '' && !line.startsWith('#'))
}

const OWN = {
  'compose.yaml': `${COMPOSE}    container_name: shop_web\n  db:\n    image: mysql:8\n    ports: ["\${DB_PORT}:3306"]\n`,
  '.gitignore': IGNORED,
}

describe('a merge in a worktree', () => {
  test('makes a copy, and then has nothing to do', async () => {
    const folder = worktree(OWN, { '.env': 'DB_PORT=3307\nSECRET=hunter2\n' })
    const before = folder.all()
    // 420 is crc32("shop@blue") % 1000.
    const report = (end: string) => `shop@blue  copy of shop in ../shop, offset 420, Compose project shop-blue

  changed        original  copy
  web port       9000      9420
  db port        3307      3727
  web container  shop_web  shop_web-blue

${end}`
    expect(await merge(folder)).toBe(
      report(`  created  .env from ../shop/.env
  env      .env sets DB_PORT
  override compose.override.yaml
  git      ../shop/.git/info/exclude hides .env and compose.override.yaml
  merged   start it with docker compose up
`),
    )
    const { 'blue/.env': env, 'blue/compose.override.yaml': override, ...others } = folder.all()
    expect(env).toMatch(
      /^DB_PORT=3307\nSECRET=hunter2\n# >>> shop@blue \(\.env\)\n# 3307 \+ 420\nDB_PORT=3727\n# <<< shop@blue [0-9a-f]{8}\n$/,
    )
    expect(override).toContain('- "9420:80"')
    expect(body(folder)).toBe(`name: shop-blue
services:
  web:
    ports: !override
      - "9420:80"
    container_name: "shop_web-blue"
    networks:
      default:
        aliases:
          - "shop_web"`)
    const exclude = others['shop/.git/info/exclude'] ?? ''
    expect(exclude.endsWith('/.env\n/compose.override.yaml\n')).toBe(true)
    expect({ ...others, 'shop/.git/info/exclude': '' }).toEqual({ ...before, 'shop/.git/info/exclude': '' })
    expect(status(folder)).toBe('')
    expect(status(folder, 'shop')).toBe('')

    const after = folder.all()
    expect(await merge(folder)).toBe(
      report(`  env      .env sets DB_PORT
  override compose.override.yaml
  git      ../shop/.git/info/exclude hides compose.override.yaml
  merged   nothing to do: start it with docker compose up
`),
    )
    expect(folder.all()).toEqual(after)
  })

  test.each(['--dry-run', '--diff', '--check'])('with %s writes nothing', async (option) => {
    const folder = worktree(OWN, { '.env': 'DB_PORT=3307\nSECRET=hunter2\n' })
    const before = folder.all()
    const { exitCode, stdout } = await product(`env --merge ${option}`, folder.path('blue'))
    expect(exitCode).toBe(option === '--check' ? 1 : 0)
    expect(stdout).toContain(option === '--diff' ? '\n+      - "9420:80"\n' : 'dry run  nothing was written')
    expect(stdout).not.toContain('hunter2')
    expect(folder.all()).toEqual(before)
    await merge(folder)
    expect((await product('env --merge --check', folder.path('blue'))).exitCode).toBe(0)
    expect(await ok('env --merge --diff', folder)).toBe('')
  })

  test('does not print what the .env holds', async () => {
    const folder = worktree(
      {
        'compose.yaml': `${COMPOSE}    environment: { URL: "http://:\${SECRET}@localhost:9000" }\n    container_name: web-\${SECRET}\n`,
        '.gitignore': IGNORED,
      },
      { '.env': 'SECRET=hunter2\nLINK=http://me:hunter2@localhost:9000/\n' },
    )
    for (const line of ['env --merge --dry-run', 'env --merge --json', 'env --merge', 'env', 'ports']) {
      const { stdout, stderr } = await product(line, folder.path('blue'))
      const isName = (text: string) => text.replaceAll(/web-hunter2/g, '')
      expect(isName(stdout + stderr)).not.toContain('hunter2')
    }
  })

  test('as JSON', async () => {
    const folder = worktree(OWN, { '.env': 'DB_PORT=3307\n' })
    const { products } = JSON.parse(await ok('env --merge --json', folder))
    expect(products).toHaveLength(1)
    expect(products[0]).toMatchObject({ product: 'shop', instance: 'blue', changed: true, written: true })
    expect(products[0].copy).toEqual({
      name: 'blue',
      kind: 'checkout',
      project: 'shop-blue',
      offset: 420,
      offsetFrom: 'crc32',
      original: '../shop',
      changes: [
        { rule: 'ports', what: 'web port', from: '9000', to: '9420', note: null },
        { rule: 'ports', what: 'db port', from: '3307', to: '3727', note: null },
        { rule: 'container-name', what: 'web container', from: 'shop_web', to: 'shop_web-blue', note: null },
      ],
      envFile: '.env',
      options: [],
      variables: ['DB_PORT'],
      override: 'compose.override.yaml',
      brought: [],
      exclude: '../shop/.git/info/exclude',
      ignored: ['.env', 'compose.override.yaml'],
    })
  })

  test('works from a subfolder, and for a project in one', async () => {
    const folder = worktree({ 'docker/compose.yaml': COMPOSE, 'docker/src/x': '' })
    expect(await merge(folder, 'blue/docker/src')).toContain('shop@blue  copy of shop in ../../shop/docker,')
    expect(body(folder, 'blue/docker/compose.override.yaml')).toContain('name: shop-blue\n')
    expect(status(folder)).toBe('')
  })

  test('takes a name that Compose refuses for a project in another spelling', async () => {
    const folder = repository()
    git(folder.path('shop'), 'worktree', 'add', '../My.Blue', '-b', 'b')
    expect(await merge(folder, 'My.Blue')).toContain('Compose project shop-myblue\n')
    expect(body(folder, 'My.Blue/compose.override.yaml')).toContain('name: shop-myblue\n')
  })
})

describe('the env file of a copy', () => {
  const variable = { 'compose.yaml': COMPOSE.replace('9000', '${PORT}'), '.gitignore': IGNORED }

  test.each([
    ['CRLF', 'A=1\r\nPORT=8080\r\n', /^A=1\r\nPORT=8080\r\n# >>> shop@blue \(\.env\)\r\n/],
    ['no final newline', 'PORT=8080', /^PORT=8080\n# >>> shop@blue \(\.env\)\n/],
  ])('keeps its text: %s', async (_, text, expected) => {
    const folder = worktree(variable, { '.env': text })
    await merge(folder)
    expect(folder.read('blue/.env')).toMatch(expected)
    expect(folder.read('blue/.env')?.includes('\r\n')).toBe(text.includes('\r\n'))
    expect(section(folder)).toEqual(['PORT=8500'])
    await merge(folder)
    await ok('env --remove', folder)
    expect(folder.read('blue/.env')).toBe(text.endsWith('\n') ? text : `${text}\n`)
  })

  test("is the worktree's own, once it exists", async () => {
    const folder = worktree(variable, { '.env': 'PORT=8080\n' })
    folder.write({ 'blue/.env': 'PORT=7000\n' })
    await merge(folder)
    expect(section(folder)).toEqual(['PORT=7420'])
  })

  test('starts without the section of a main worktree that is a copy itself', async () => {
    const folder = worktree(variable, { '.env': 'PORT=8080\n' })
    await ok('env --merge --as red', folder, 'shop')
    await merge(folder)
    expect(folder.read('blue/.env')).toMatch(/^PORT=8080\n# >>> shop@blue/)
    expect(section(folder)).toEqual(['PORT=8500'])
  })

  test('follows a renamed main worktree', async () => {
    const folder = worktree(variable, { '.env': 'PORT=8080\n' })
    await merge(folder)
    renameSync(folder.path('shop'), folder.path('store'))
    git(folder.path('store'), 'worktree', 'repair', '../blue')
    expect(await merge(folder)).toMatch(/^store@blue .* Compose project store-blue\n/)
    expect(section(folder)).toEqual([`PORT=${8080 + (crc32('store@blue') % 1000)}`])
  })

  test('brings along the files that containers read and git ignores', async () => {
    const folder = worktree(
      {
        'compose.yaml': `${COMPOSE}    env_file: [app.env, { path: conf/deep/x.env, required: false }, { path: no.env, required: false }]\n`,
        '.gitignore': IGNORED,
      },
      { 'app.env': 'A=hunter2\n', 'conf/deep/x.env': 'B=2\n' },
    )
    const stdout = await merge(folder)
    expect(stdout).toContain('  brought  app.env, conf/deep/x.env from ../shop\n')
    expect([folder.read('blue/app.env'), folder.read('blue/conf/deep/x.env')]).toEqual([
      'A=hunter2\n',
      'B=2\n',
    ])
    expect(status(folder)).toBe('')
    folder.write({ 'blue/app.env': 'A=own\n' })
    expect(await merge(folder)).not.toContain('brought')
    expect(folder.read('blue/app.env')).toBe('A=own\n')
  })
})

describe('the override of a copy', () => {
  test('is listed in COMPOSE_FILE beside one of the project', async () => {
    const folder = worktree({
      'compose.yaml': COMPOSE,
      'compose.override.yml': 'services: { web: { tty: true } }\n',
    })
    expect(await merge(folder)).toContain('  override compose.blue.yaml\n')
    expect(section(folder)).toEqual([
      'COMPOSE_PROJECT_NAME=shop-blue',
      'COMPOSE_FILE=compose.yaml:compose.override.yml:compose.blue.yaml',
    ])
    expect(body(folder, 'blue/compose.blue.yaml')).toMatch(/^services:\n/)
    expect(status(folder)).toBe('')
    await ok('env --remove', folder)
    expect([folder.read('blue/.env'), folder.read('blue/compose.blue.yaml')]).toEqual([null, null])
  })

  test('follows the files of COMPOSE_FILE, which only the main worktree sets', async () => {
    const folder = worktree(
      {
        'base.yml': COMPOSE,
        'sub/db.yml': 'services: { db: { image: mysql, ports: ["3306:3306"] } }\n',
        '.gitignore': IGNORED,
      },
      { '.env': 'COMPOSE_FILE=base.yml;sub/db.yml\nCOMPOSE_PATH_SEPARATOR=;\nCOMPOSE_PROJECT_NAME=store\n' },
    )
    expect(await merge(folder)).toContain('Compose project store-blue\n')
    const listed = (name: string) => [
      `COMPOSE_PROJECT_NAME=store-${name}`,
      `COMPOSE_FILE=base.yml;sub/db.yml;compose.${name}.yaml`,
    ]
    expect(section(folder)).toEqual(listed('blue'))
    await ok('env --merge --as green', folder)
    expect(section(folder)).toEqual(listed('green'))
    expect(folder.read('blue/compose.blue.yaml')).toBeNull()
    expect(await ok('env --remove', folder)).toBe(
      '.env: section of the copy removed\ncompose.green.yaml removed\n',
    )
  })

  test('refuses a file of COMPOSE_FILE that is missing', async () => {
    const folder = worktree({ 'compose.yaml': COMPOSE, '.env': 'COMPOSE_FILE=compose.yaml:gone.yaml\n' })
    const { exitCode, stderr } = await product('env --merge', folder.path('blue'))
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[compose-missing]')])
    expect(status(folder)).toBe('')
  })

  test('changes COMPOSE_PROJECT_NAME, which beats its name', async () => {
    const folder = worktree(
      { 'compose.yaml': `name: other\n${COMPOSE}`, '.gitignore': IGNORED },
      { '.env': 'COMPOSE_PROJECT_NAME=mine\n' },
    )
    await merge(folder)
    expect(section(folder)).toEqual(['COMPOSE_PROJECT_NAME=mine-blue'])
    expect(body(folder)).toContain('name: mine-blue\n')
  })

  test('is named after the name of the project', async () => {
    const folder = worktree({ 'compose.yaml': `name: other\n${COMPOSE}` })
    expect(await merge(folder)).toContain('Compose project other-blue\n')
    expect(body(folder)).toContain('name: other-blue\n')
    expect(folder.read('blue/.env')).toBeNull()
  })

  test('forgets a service that is removed', async () => {
    const folder = worktree({ 'compose.yaml': `${COMPOSE}  old: { image: x, ports: ["7000:70"] }\n` })
    await merge(folder)
    expect(body(folder)).toContain('old:')
    folder.write({ 'blue/compose.yaml': COMPOSE })
    expect((await product('env --merge --check', folder.path('blue'))).exitCode).toBe(1)
    await merge(folder)
    expect(body(folder)).not.toContain('old:')
  })
})

describe('nothing is written', () => {
  async function refused(folder: TestWorkspace, line = 'env --merge', where = 'blue'): Promise<Ran> {
    const before = folder.all()
    const ran = await product(line, folder.path(where))
    expect(ran.exitCode).toBe(1)
    expect(folder.all()).toEqual(before)
    return ran
  }

  test.each([
    ['override', 'compose.override.yaml', '9420', '9421'],
    ['section of the .env', '.env', '3727', '3728'],
  ])('over an edited %s', async (_, file, from, to) => {
    const folder = worktree(OWN, { '.env': 'DB_PORT=3307\n' })
    await merge(folder)
    folder.write({ [`blue/${file}`]: (folder.read(`blue/${file}`) ?? '').replace(from, to) })
    for (const line of ['env --merge', 'env --remove', 'env --merge --as green']) {
      expect((await refused(folder, line)).stderr).toContain(`${file}: error: `)
      expect((await refused(folder, line)).stderr).toContain('[hand-edited]')
    }
  })

  test('over a file of somebody else', async () => {
    const folder = worktree({
      'compose.yaml': COMPOSE,
      'compose.override.yaml': 'services: { web: { tty: true } }\n',
      'compose.blue.yaml': 'name: theirs\n',
    })
    expect((await refused(folder)).stderr).toMatch(/^compose\.blue\.yaml: error: .*\[foreign-file\]/)
  })

  test('for a service on the network of the host', async () => {
    const folder = worktree({ 'compose.yaml': 'services: { web: { image: x, network_mode: host } }\n' })
    expect((await refused(folder)).stderr).toContain('[cannot-isolate]')
  })

  test('for Compose files that Compose refuses', async () => {
    const folder = worktree({ 'compose.yaml': 'services: { web: { imagee: x } }\n' })
    expect((await refused(folder)).stderr).toContain('[compose-refused]')
  })

  test.skipIf(process.getuid?.() === 0)('in a read-only folder', async () => {
    const folder = worktree()
    chmodSync(folder.path('blue'), 0o555)
    expect((await refused(folder)).stderr).toContain('[cannot-write]')
    chmodSync(folder.path('blue'), 0o755)
  })

  test.each(['a b', '', '.x', 'a/b', '../x', 'example', 'ä'])('for the name %j', async (name) => {
    const folder = worktree()
    const before = folder.all()
    for (const option of ['--as', '--instance']) {
      const { exitCode, stderr } = await product(['env', '--merge', option, name], folder.path('blue'))
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('[bad-name]')])
    }
    expect(folder.all()).toEqual(before)
  })
})

describe('a second clone', () => {
  test('is named by --as, which later merges remember', async () => {
    const folder = repository()
    git(folder.root, 'clone', 'shop', 'two')
    expect(await merge(folder, 'two')).toMatch(/^two {2}offset 0 \(original\)/)
    expect(await ok('env --merge --as blue', folder, 'two')).toMatch(/^two@blue {2}copy of two, offset 248,/)
    expect(await merge(folder, 'two')).toMatch(/^two@blue [\s\S]*nothing to do/)
    expect(await ok('env --merge --as green', folder, 'two')).toMatch(/^two@green /)
    expect(body(folder, 'two/compose.override.yaml')).toMatch(/^name: two-green\n/)
    expect(status(folder, 'two')).toBe('')
    expect(await ok('env --remove', folder, 'two')).toBe('compose.override.yaml removed\n')
    expect(status(folder, 'two')).toBe('')
    expect(await merge(folder, 'two')).toMatch(/^two {2}offset 0 \(original\)/)
    const { exitCode, stderr } = await product('env --remove', folder.path('two'))
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[no-instance]')])
  })
})

describe('an instance of a project', () => {
  test('is started with two env files', async () => {
    const folder = repository({ 'compose.yaml': COMPOSE.replace('9000', '${PORT}'), '.env': 'PORT=8080\n' })
    expect(
      await ok('env --merge --instance blue', folder, 'shop'),
    ).toContain(`shop@blue  copy of shop in ., offset 420, Compose project shop-blue

  changed   original  copy
  web port  8080      8500

  env      .env.blue sets COMPOSE_PROJECT_NAME, PORT
  git      .git/info/exclude hides .env.blue
  merged   start it with docker compose --env-file .env --env-file .env.blue up
`)
    expect(section(folder, 'shop/.env.blue')).toEqual(['COMPOSE_PROJECT_NAME=shop-blue', 'PORT=8500'])
    expect(folder.read('shop/.env')).toBe('PORT=8080\n')
    expect(status(folder, 'shop')).toBe('')
    expect(await ok('env --merge --instance blue --check', folder, 'shop')).toContain('nothing to do')
    expect(await ok('env --remove --instance blue', folder, 'shop')).toBe('.env.blue removed\n')
    expect(status(folder, 'shop')).toBe('')
  })

  test('has an override, and one env file where the project has none', async () => {
    const folder = repository()
    const stdout = await ok('env --merge --instance blue', folder, 'shop')
    expect(stdout).toContain('start it with docker compose --env-file .env.blue up\n')
    expect(section(folder, 'shop/.env.blue')).toEqual([
      'COMPOSE_PROJECT_NAME=shop-blue',
      'COMPOSE_FILE=compose.yaml:compose.blue.yaml',
    ])
    expect(status(folder, 'shop')).toBe('')
    const removed = await ok('env --remove --instance blue', folder, 'shop')
    expect(removed).toBe('.env.blue removed\ncompose.blue.yaml removed\n')
  })

  test('is listed with the copies in worktrees', async () => {
    const folder = worktree()
    await merge(folder)
    await ok('env --merge --instance red', folder, 'shop')
    const { stderr } = await product('env --merge --instance red', folder.path('blue'))
    expect(stderr).toContain(
      'Another copy, shop@red, has the Compose project name shop-red already [same-project]',
    )
    await ok('env --merge --instance green', folder)
    const { ports } = JSON.parse(await ok('ports --json', folder))
    const hosts = new Set(ports.map(({ from }: { from: number }) => from))
    expect([ports.length, hosts.size]).toEqual([4, 4])
  })
})

describe('several worktrees', () => {
  test('whose offsets are the same by their names get different ones', async () => {
    const [one, two] = ['b10', 'b38']
    expect(crc32(`shop@${one}`) % 1000).toBe(crc32(`shop@${two}`) % 1000)
    const folder = repository()
    for (const name of [one, two]) {
      git(folder.path('shop'), 'worktree', 'add', `../${name}`)
      await merge(folder, name)
    }
    expect(body(folder, `${one}/compose.override.yaml`)).toContain('"9333:80"')
    const second = /"(\d+):80"/.exec(body(folder, `${two}/compose.override.yaml`))?.[1]
    expect(second).not.toBe('9333')
    for (const name of [one, two]) expect(await merge(folder, name)).toContain('nothing to do')
    const other = await ok('ports', folder, 'shop')
    expect(other.match(/ (9000|9333|\d{4}) +(pinned|adjusted)/g)).toHaveLength(3)
    expect(other).toContain(` ${second} `)
  })

  test('of a bare repository have its name', async () => {
    for (const bare of ['store.git', 'store/.bare']) {
      const folder = repository()
      git(folder.root, 'clone', '--bare', 'shop', bare)
      for (const name of ['blue', 'red']) {
        git(folder.path(bare), 'worktree', 'add', folder.path(name), '-b', name)
        expect(await merge(folder, name)).toContain(
          `store@${name}  copy of store, offset ${crc32(`store@${name}`) % 1000}, Compose project store-${name}\n`,
        )
        expect(status(folder, name)).toBe('')
      }
      expect(await ok('ports', folder)).toMatch(/store@blue [\s\S]*store@red /)
    }
  })

  test('of which the main one does not have the project', async () => {
    const folder = worktree({ readme: '' })
    folder.write({ 'blue/app/compose.yaml': COMPOSE })
    git(folder.path('blue'), 'add', '.')
    expect(await merge(folder, 'blue/app')).toMatch(/^app@blue {2}copy of app, offset /)
    expect(await ok('ports', folder, 'blue/app')).toMatch(/app@blue /)
  })
})

describe('the commands see the copy beside the original:', () => {
  test('ports, list, check, whois and env', async () => {
    const folder = worktree(OWN, { '.env': 'DB_PORT=3307\nSECRET=hunter2\n' })
    await merge(folder)
    for (const [where, other] of [
      ['blue', 'shop'],
      ['shop', 'shop@blue'],
    ] as const) {
      const ports = await ok('ports', folder, where)
      expect(ports).toMatch(/ shop@blue .* 9420 +adjusted/)
      expect(ports).toMatch(/ shop .* 9000 +pinned/)
      expect(ports).toMatch(/ shop@blue +- +DB_PORT +3307 +\+420 +3727 +adjusted/)
      expect(ports.indexOf(` ${other} `)).toBeGreaterThan(
        ports.indexOf(where === 'blue' ? ' shop@blue ' : ' shop '),
      )
      expect(await ok('whois 9420', folder, where)).toMatch(/ shop@blue .* 9420 /)
      expect(await ok('check', folder, where)).toMatch(/checked +2 ports of 1 product: 0 collisions/)
    }
    expect(await ok('list', folder)).toMatch(/ shop@blue +\+420 +2 +merged/)
    expect(await ok('list', folder, 'shop')).toMatch(/ shop +\+0 +2 +merged/)
    expect(await ok('env', folder)).toMatch(/DB_PORT +\*+ +section, \.env:\d/)
  })
})

describe('a workspace in a worktree', () => {
  const files = {
    'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
    'features/redis/compose.yaml':
      'services: { redis: { image: redis, ports: ["${REDIS_HOST_PORT}:6379"] } }\n',
    'products/shop/compose.yaml': `include: [../../features/redis/compose.yaml]\n${COMPOSE}`,
    'products/site/compose.yaml':
      'services: { site: { image: nginx, ports: ["7000:80"], container_name: site } }\n',
    'products/site/compose.override.yaml': 'services: { site: { tty: true } }\n',
    'products/bare/.env.example': 'A=1\n',
    '.gitignore': '.env\n',
  }

  test('has a copy of each product that has a Compose file', async () => {
    const folder = worktree(files)
    await merge(folder, 'shop/products/shop')
    const stdout = await ok('env --merge --all', folder)
    expect(stdout).toMatch(/shop@blue +\+420 +merged/)
    expect(stdout).toMatch(/ bare +\+\d+ +merged/)
    expect(body(folder, 'blue/products/shop/compose.override.yaml')).toBe(
      'name: shop-blue\nservices:\n  web:\n    ports: !override\n      - "9420:80"',
    )
    // 6380 + crc32("shop") % 1000 + 420
    expect(section(folder, 'blue/products/shop/.env')).toEqual(['REDIS_HOST_PORT=7386'])
    expect(section(folder, 'blue/products/site/.env')).toContain(
      'COMPOSE_FILE=compose.yaml:compose.override.yaml:compose.blue.yaml',
    )
    expect(status(folder)).toBe('')
    expect(await ok('env --merge --all', folder)).toContain('3 env files: 0 changed, 0 with errors')
    expect(await merge(folder, 'blue/products/shop')).toContain('nothing to do')
    expect(await ok('list', folder)).toMatch(/ bare +\+\d+ +\d+ +merged/)
    const removed = await ok('env --remove --all', folder)
    expect(removed.split('\n').sort()).toEqual([
      '',
      'products/shop/.env: section of the copy removed',
      'products/shop/compose.override.yaml removed',
      'products/site/.env: section of the copy removed',
      'products/site/compose.blue.yaml removed',
    ])
  })
})
