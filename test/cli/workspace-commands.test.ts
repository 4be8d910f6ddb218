/** `product init`, `new`, `add` and `remove`: what they write, what they refuse, and that they leave everything else alone. */
import { chmodSync, mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { commitAll, git, gitOutput } from '../support/git.js'
import { type Files, makeFolder, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const FEATURES = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6379\n',
  'features/redis/compose.yaml': 'services: { redis: { image: redis:7 } }\n',
  'features/mailhog/.env.example': 'MAILHOG_HOST_PORT=8025\n',
  'features/mailhog/compose.yaml': 'services: { mailhog: { image: mailhog } }\n',
  'features/mail/.env.example': 'MAIL_FROM=me\n',
}

function workspaceWith(files: Files = {}): TestWorkspace {
  return makeWorkspace({ ...FEATURES, ...files })
}

/** A product with one file that lists features, and one that includes them. */
function shop(listed: string, included: string, files: Files = {}): TestWorkspace {
  return workspaceWith({
    'products/shop/product.yaml': listed,
    'products/shop/compose.yaml': included,
    ...files,
  })
}

async function done(line: string, where: string | TestWorkspace): Promise<string> {
  const { exitCode, stdout, stderr } = await product(line, where)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return stdout
}

/** Runs it, and expects it to fail and to change nothing. */
async function refused(line: string, workspace: TestWorkspace, expected = 1): Promise<string> {
  const before = workspace.all()
  const { exitCode, stdout, stderr } = await product(line, workspace)
  expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' })
  expect(workspace.all()).toEqual(before)
  return stderr
}

const IGNORED = '# Merged by product-env\n.env\n.env.*\n!.env.example\n!.env.*.example\n'

describe('product init', () => {
  test('makes an empty folder a workspace, once', async () => {
    const folder = makeFolder()
    const stdout = await done('init', folder)
    expect(stdout).toContain('  created  .gitignore\n')
    expect(stdout).toContain('  next     product new shop --features redis\n')
    const files = { 'features/.gitkeep': '', 'products/.gitkeep': '', '.gitignore': IGNORED }
    expect(folder.all()).toEqual(files)
    expect(await done('init', folder)).toContain('  done     nothing to do\n')
    expect(folder.all()).toEqual(files)
  })

  test('makes the folder of -C a workspace, and a clone of it is one', async () => {
    const folder = makeFolder()
    mkdirSync(folder.path('stack'))
    await done('-C stack init', folder)
    commitAll(folder.path('stack'))
    git(folder.root, 'clone', '-q', 'stack', 'clone')
    expect((await product('check', folder.path('clone'))).stderr).not.toContain('no-workspace')
  })

  test('is only shown with --dry-run', async () => {
    const folder = makeFolder()
    const stdout = await done('init -n', folder)
    expect(stdout).toContain('  would create  .gitignore\n')
    expect(stdout).toContain('+++ b/.gitignore\n')
    expect(folder.all()).toEqual({})
  })

  test.each([
    ['no line', 'node_modules', `node_modules\n\n${IGNORED}`],
    ['CRLF', 'a\r\n', `a\r\n\r\n${IGNORED.replaceAll('\n', '\r\n')}`],
    ['every line', '.env\n.env.*\n!.env.*.example\n!.env.example\n# mine\n', null],
    ['some lines', '.env\n!.env.example\n', `.env\n!.env.example\n\n${IGNORED.replace('.env\n', '')}`],
    [
      'lines in an order that ignores templates',
      '!.env.example\n!.env.*.example\n.env\n.env.*\n',
      '!.env.example\n!.env.*.example\n.env\n.env.*\n\n# Merged by product-env\n!.env.example\n!.env.*.example\n',
    ],
  ])('keeps a .gitignore with %s', async (_, before, after) => {
    const folder = makeFolder()
    folder.write({ '.gitignore': before, 'features/redis/.env.example': 'A=1\n' })
    await done('init', folder)
    expect(folder.read('.gitignore')).toBe(after ?? before)
    expect(folder.read('features/.gitkeep')).toBeNull()
  })

  test('keeps merged files out of git, and templates in it', async () => {
    const folder = makeFolder()
    await done('init', folder)
    folder.write({
      'products/shop/.env': '',
      'products/shop/.env.blue': '',
      'products/shop/.env.example': '',
      'products/shop/.env.dev.example': '',
    })
    commitAll(folder.root)
    expect(gitOutput(folder.root, 'ls-files', 'products').trim().split('\n')).toEqual([
      'products/.gitkeep',
      'products/shop/.env.dev.example',
      'products/shop/.env.example',
    ])
  })

  test('refuses a folder inside a workspace', async () => {
    const workspace = workspaceWith()
    const { exitCode, stdout, stderr } = await product('init', workspace.path('features/redis'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(`is inside the workspace ${workspace.root} [inside-workspace]`)
  })

  test('refuses a folder that does not exist, and a file in the way', async () => {
    const folder = makeFolder()
    expect(await refused('-C nope init', folder)).toContain('[no-workspace]')
    folder.write({ products: 'mine' })
    expect(await refused('init', folder)).toContain('products: error: A file of this name exists')
  })

  test('leaves nothing behind where a file cannot be written', async () => {
    const folder = makeFolder()
    folder.write({ '.gitignore': 'mine\n' })
    chmodSync(folder.path('.gitignore'), 0o444)
    expect(await refused('init', folder)).toContain('[cannot-write]')
    const before = folder.all()
    expect(Object.keys(before)).toEqual(['.gitignore'])
    chmodSync(folder.path('.gitignore'), 0o644)
    await done('init', folder)
  })
})

describe('product new', () => {
  test('creates a product that has its features, and that merges', async () => {
    const workspace = workspaceWith()
    expect(await done('new shop --features redis,mail', workspace)).toContain(
      '  next     product env --merge shop\n',
    )
    expect(workspace.read('products/shop/product.yaml')).toContain('\nfeatures: [redis, mail]\n')
    expect(workspace.read('products/shop/compose.yaml')).toContain(
      '\ninclude:\n  - ../../features/redis/compose.yaml\n\n',
    )
    expect(await done('env --merge shop', workspace)).toContain('REDIS_HOST_PORT')
    expect(await done('check', workspace)).toContain('0 collisions')
  })

  test('without features gets them by product add', async () => {
    const workspace = workspaceWith()
    await done('new shop', workspace)
    expect(workspace.read('products/shop/product.yaml')).toContain('\nfeatures: []\n')
    await done('add shop redis mailhog', workspace)
    expect(workspace.read('products/shop/product.yaml')).toContain('\nfeatures: [redis, mailhog]\n')
    expect(workspace.read('products/shop/compose.yaml')).toContain(
      '\ninclude: [../../features/redis/compose.yaml, ../../features/mailhog/compose.yaml]\n',
    )
  })

  test('finds its folder in workspace.yaml, and creates those above it', async () => {
    const workspace = workspaceWith({ 'workspace.yaml': 'products: [apps/*/docker]\n' })
    await done('new shop --features redis', workspace)
    expect(workspace.read('apps/shop/docker/compose.yaml')).toContain(
      '  - ../../../features/redis/compose.yaml\n',
    )
    expect(await done('env --merge shop', workspace)).toContain('REDIS_HOST_PORT')
  })

  test('is only shown with --dry-run', async () => {
    const workspace = workspaceWith()
    const before = workspace.all()
    expect(await done('new shop -n', workspace)).toContain('+++ b/products/shop/compose.yaml\n')
    expect(workspace.all()).toEqual(before)
  })

  test.each<[string, string, number, string]>([
    ['an invalid name', 'new ../shop', 2, '[bad-name]'],
    ['an unknown feature', 'new blog --features rediss,mail', 1, 'Did you mean redis?'],
    ['an invalid feature name', 'new blog --features ../redis', 2, '[bad-name]'],
    ['a folder that exists', 'new shop', 1, 'products/shop already exists [product-exists]'],
    ['the project name of another product', 'new Shop', 1, 'has the same Compose project name as Shop, shop'],
  ])('refuses %s', async (_, line, code, expected) => {
    const stderr = await refused(line, workspaceWith({ 'products/shop/product.yaml': '' }), code)
    expect(stderr).toContain(expected)
  })

  test('leaves nothing behind where its folder cannot be created', async () => {
    const workspace = workspaceWith({ 'workspace.yaml': 'products: [a/*/b]\n', 'a/shop': 'mine' })
    expect(await refused('new shop', workspace)).toContain('[cannot-write]')
  })

  test('refuses a Compose project on its own', async () => {
    const folder = makeFolder()
    folder.write({ 'compose.yaml': 'services: {}\n' })
    expect(await refused('new shop', folder)).toContain('[no-workspace]')
  })
})

const REDIS = '../../features/redis/compose.yaml'
const MAILHOG = '../../features/mailhog/compose.yaml'

describe('product add', () => {
  test('keeps both lists in step, once', async () => {
    const workspace = shop('features: [redis] # mine\n', `include:\n  - ${REDIS} # mine\n`)
    expect(await done('add shop mailhog', workspace)).toBe(
      [
        'shop',
        '',
        '  changed  products/shop/product.yaml, features: mailhog added',
        `  changed  products/shop/compose.yaml, include: ${MAILHOG} added`,
        '  next     product env --merge shop',
        '',
      ].join('\n'),
    )
    expect(workspace.read('products/shop/product.yaml')).toBe('features: [redis, mailhog] # mine\n')
    expect(workspace.read('products/shop/compose.yaml')).toBe(
      `include:\n  - ${REDIS} # mine\n  - ${MAILHOG}\n`,
    )
    const before = workspace.all()
    expect(await done('add shop mailhog redis', workspace)).toContain('nothing to do')
    expect(workspace.all()).toEqual(before)
  })

  test('mends what has drifted apart', async () => {
    const workspace = shop('features: [redis]\n', `include: [${MAILHOG}]\n`)
    await done('add shop mailhog redis', workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe('features: [redis, mailhog]\n')
    expect(workspace.read('products/shop/compose.yaml')).toBe(`include: [${MAILHOG}, ${REDIS}]\n`)
  })

  test('includes nothing of a feature without a Compose file, or that an extends: names', async () => {
    const compose = `services: { redis: { extends: { file: ${REDIS}, service: redis } } }\n`
    const workspace = shop('features: []\n', compose)
    await done('add shop mail redis', workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe('features: [mail, redis]\n')
    expect(workspace.read('products/shop/compose.yaml')).toBe(compose)
  })

  test('is only shown with --dry-run', async () => {
    const workspace = shop('features: []\n', 'include: []\n')
    const before = workspace.all()
    const stdout = await done('add shop redis mailhog -n', workspace)
    expect(stdout).toContain('-features: []\n+features: [redis, mailhog]\n')
    expect(stdout.match(/^--- /gm)).toHaveLength(2)
    expect(workspace.all()).toEqual(before)
  })

  test.each<[string, string, number, string]>([
    ['an unknown product', 'add shpo redis', 1, 'Did you mean shop?'],
    ['an unknown feature, with those that are known', 'add shop mailhog rediss', 1, 'Did you mean redis?'],
    ['an invalid name', 'add shop ../redis', 2, '[bad-name]'],
    ['no feature', 'add shop', 2, "missing required argument 'feature'"],
  ])('refuses %s', async (_, line, code, expected) => {
    expect(await refused(line, shop('features: []\n', 'include: []\n'), code)).toContain(expected)
  })

  test('writes neither file where one cannot be written', async () => {
    const workspace = shop('features: []\n', 'include: []\n')
    chmodSync(workspace.path('products/shop/compose.yaml'), 0o444)
    expect(await refused('add shop redis', workspace)).toContain('[cannot-write]')
  })
})

describe('product remove', () => {
  test.each([
    ['a flow list, first', 'features: [redis, mail] # mine\n', 'features: [mail] # mine\n'],
    ['a flow list, last', 'features: [mail, redis]\n', 'features: [mail]\n'],
    ['a flow list, in the middle', 'features: [mail, redis, mailhog]\n', 'features: [mail, mailhog]\n'],
    ['a flow list, alone', 'features: [ redis ] # mine\n', 'features: [] # mine\n'],
    ['a flow list over lines', 'features: [\n  mail,\n  redis,\n]\n', 'features: [\n  mail,\n]\n'],
    ['a flow list that ends with a comma', 'features: [redis,]\n', 'features: []\n'],
    [
      'a block list with comments',
      '# top\nfeatures:\n  # all\n  - mail # a\n\n  # the cache,\n  # since 2024\n  - redis # b\n  # page\n  - mailhog\n# end\n',
      '# top\nfeatures:\n  # all\n  - mail # a\n\n  # page\n  - mailhog\n# end\n',
    ],
    [
      'a block list, first, below a comment about all',
      'features:\n  # in order\n  - redis\n  - mail\n',
      'features:\n  # in order\n  - mail\n',
    ],
    [
      'a block list, first, below its own comment',
      'features:\n  # redis is the cache\n  - redis\n  - mail\n',
      'features:\n  - mail\n',
    ],
    [
      'a block list, below an item that is commented out',
      'features:\n- mail\n# - mailhog\n- redis',
      'features:\n- mail\n# - mailhog\n',
    ],
    ['a block list, alone', 'features: # mine\n  - redis\noffset: 3\n', 'features: [] # mine\noffset: 3\n'],
    ['CRLF', 'features:\r\n- redis\r\n- mail\r\n', 'features:\r\n- mail\r\n'],
    ['CRLF, alone', 'features:\r\n- redis # x\r\noffset: 1\r\n', 'features: []\r\noffset: 1\r\n'],
    ['a BOM and quotes', '\uFEFFfeatures: ["redis", mail]\n', '\uFEFFfeatures: [mail]\n'],
  ])('edits %s without loss', async (_, before, after) => {
    const workspace = shop(before, `include: [${REDIS}]\nservices: {}\n`)
    const { stdout } = await product('remove shop redis', workspace)
    expect(stdout).toContain('features: redis removed')
    expect(workspace.read('products/shop/product.yaml')).toBe(after)
    expect(workspace.read('products/shop/compose.yaml')).toBe('include: []\nservices: {}\n')
  })

  test.each([
    ['a path', `include:\n  - ${REDIS}\n  - ${MAILHOG}\n`],
    ['a map', `include:\n  - path: ${REDIS}\n    env_file: x.env\n  - ${MAILHOG}\n`],
    ['a map with a list', `include:\n  - path: [${REDIS}]\n  - ${MAILHOG}\n`],
    ['a path with a variable', `include:\n  - \${UP:-../..}/features/redis/compose.yaml\n  - ${MAILHOG}\n`],
    ['two entries', `include:\n  - ${REDIS}\n  - ${MAILHOG}\n  - ../../features/redis/more.yaml\n`],
  ])('removes %s from include:', async (_, before) => {
    const workspace = shop('features: [redis, mailhog]\n', before)
    await done('remove shop redis', workspace)
    expect(workspace.read('products/shop/compose.yaml')).toBe(`include:\n  - ${MAILHOG}\n`)
  })

  test('says that the merged section stays until --prune', async () => {
    const workspace = shop('features: [redis, mail]\n', `include: [${REDIS}]\n`)
    await done('env --merge shop', workspace)
    const stdout = await done('remove shop redis', workspace)
    expect(stdout).toContain('  kept     the section of redis in the .env\n')
    expect(stdout).toContain('  next     product env --merge shop --prune\n')
    expect(workspace.read('products/shop/.env')).toContain('REDIS_HOST_PORT')
    await done('env --merge shop --prune', workspace)
    expect(workspace.read('products/shop/.env')).not.toContain('REDIS_HOST_PORT')
    const before = workspace.all()
    expect(await done('remove shop redis', workspace)).toContain('nothing to do')
    expect(workspace.all()).toEqual(before)
  })

  test('lists the others where the product had every feature', async () => {
    const workspace = shop('# mine\n', 'services: {}\n')
    await done('remove shop redis', workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe('# mine\nfeatures: [mail, mailhog]\n')
  })

  test('removes one of two features that do not exist', async () => {
    const workspace = shop('features: [gone, lost]\n', 'services: {}\n')
    const { exitCode, stdout, stderr } = await product('remove shop gone', workspace)
    expect(stdout).toContain('features: gone removed')
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('lost, but')])
    expect(workspace.read('products/shop/product.yaml')).toBe('features: [lost]\n')
  })

  test.each<[string, string, string, string, string]>([
    ['an unknown feature', 'features: [redis]\n', '', 'nope', '[no-feature]'],
    ['an alias', 'allow: &a [redis]\nfeatures: *a\n', '', 'redis', '[cannot-edit]'],
    ['a comment between', 'features: [redis, # mine\n  mail]\n', '', 'redis', '[cannot-edit]'],
    ['a broken product.yaml', 'features: [redis\n', '', 'redis', '[bad-settings]'],
    [
      'an entry with several paths',
      'features: [redis]\n',
      `include: [{ path: [${REDIS}, mine.yaml] }]\n`,
      'redis',
      'from include: by hand.',
    ],
  ])('does nothing at all for %s', async (_, listed, included, name, expected) => {
    expect(await refused(`remove shop ${name}`, shop(listed, included))).toContain(expected)
  })

  test('is wrong usage with an invalid name', async () => {
    expect(await refused('remove shop ../redis', shop('features: []\n', ''), 2)).toContain('[bad-name]')
  })
})

describe('a product whose lists have drifted apart', () => {
  const commands = ['env --merge shop', 'env --merge shop --dry-run', 'check', 'env --merge shop --check']

  test.each(commands)('is reported by product %s', async (line) => {
    const workspace = shop('# x\nfeatures: [redis]\n', `include:\n  - ${REDIS}\n  - ${MAILHOG}\n`)
    const { stderr } = await product(line, workspace)
    expect(stderr).toBe(
      'products/shop/compose.yaml:3: warning: Product shop includes feature mailhog, but products/shop/product.yaml does not list it, so it is not merged [feature-drift]\n' +
        '  Run product add shop mailhog, or product remove shop mailhog.\n',
    )
  })

  test.each([
    ['add', 'features: [mailhog, redis]\n', `include: [${MAILHOG}, ${REDIS}]\n`],
    ['remove', 'features: [mailhog]\n', `include: [${MAILHOG}]\n`],
  ])('is mended by product %s', async (command, listed, included) => {
    const workspace = shop('features: [mailhog, redis]\n', `include: [${MAILHOG}]\n`)
    expect((await product('env --merge shop', workspace)).stderr).toContain(
      'products/shop/product.yaml:1: warning: Product shop lists feature redis, but no Compose file of the product includes it, so it does not run [feature-drift]\n',
    )
    await done(`${command} shop redis`, workspace)
    expect(workspace.read('products/shop/product.yaml')).toBe(listed)
    expect(workspace.read('products/shop/compose.yaml')).toBe(included)
    await done('env --merge shop', workspace)
  })

  test.each<[string, string, string, Files]>([
    ['without a Compose file', '[redis]', '', {}],
    ['whose feature has no Compose file', '[redis, mail]', `include: [${REDIS}]\n`, {}],
    ['that includes no feature', '[redis]', 'include: [own.yaml]\n', { 'products/shop/own.yaml': '' }],
    [
      'with extends:',
      '[redis, mailhog]',
      `include: [${REDIS}]\nservices: { a: { extends: { file: ${MAILHOG}, service: mailhog } } }\n`,
      {},
    ],
    [
      'whose feature includes another',
      '[redis, mailhog]',
      `include: [${MAILHOG}]\n`,
      { 'features/mailhog/compose.yaml': 'include: [../redis/compose.yaml]\nservices: {}\n' },
    ],
    [
      'with the feature in COMPOSE_FILE',
      '[redis, mailhog]',
      `include: [${REDIS}]\n`,
      { 'products/shop/.env': `COMPOSE_FILE=compose.yaml:${MAILHOG}\n` },
    ],
    ['with a path that is unknown', '[redis]', 'include: ["${X}/compose.yaml"]\n', {}],
    ['with a Compose file that is broken', '[redis]', 'include: [\n', {}],
  ])('is not one %s', async (_, listed, included, files) => {
    const { stderr } = await product('env --merge shop', shop(`features: ${listed}\n`, included, files))
    expect(stderr).not.toContain('[feature-drift]')
  })

  test('is one with a comment that has the path, and with an emptied include:', async () => {
    for (const included of [`include:\n  - ${MAILHOG}\n  # - ${REDIS}\n`, 'include: []\n']) {
      const { stderr } = await product('env --merge shop', shop('features: [mailhog, redis]\n', included))
      expect(stderr).toContain('lists feature redis')
    }
  })
})

test('from nothing to two products, as the docs say', async () => {
  const folder = makeFolder()
  await done('init', folder)
  await feature('new redis', folder)
  await done('new shop --features redis', folder)
  await done('new blog --features redis', folder)
  expect(await done('env --merge --all', folder)).toContain('REDIS_HOST_PORT')
  expect(await done('check', folder)).toContain('2 products: 0 collisions')
})

describe('a new product env that git does not ignore', () => {
  test.each<[string, Files, boolean]>([
    ['no rule', {}, false],
    ['a rule', { '.gitignore': '.env\n' }, true],
    ['a rule with CRLF', { '.gitignore': '# x\r\n.env\r\n' }, true],
    ['a rule for another file', { '.gitignore': '.env.*\n' }, false],
    [
      'a rule for its folder',
      { '.gitignore': '/products/*/\n', 'products/shop/.gitignore': '!.env\n' },
      true,
    ],
    ['a rule in its own folder', { 'products/shop/.gitignore': '/.env\n' }, true],
    ['a rule that is taken back', { '.gitignore': '.env\n', 'products/.gitignore': '!.env\n' }, false],
    ['a rule in info/exclude', { '.git/info/exclude': 'products/**/.env\n' }, true],
    ['a rule for the top only', { '.gitignore': '/.env\n' }, false],
  ])('is reported once: %s', async (_, files, isIgnored) => {
    const workspace = workspaceWith({ 'products/shop/product.yaml': 'features: [redis]\n' })
    git(workspace.root, 'init')
    workspace.write(files)
    const { exitCode, stderr } = await product('env --merge shop', workspace)
    const warning =
      'products/shop/.env: warning: Git does not ignore this file, which may hold secrets [env-not-ignored]\n' +
      '  Add this line to .gitignore: .env\n'
    expect([exitCode, stderr]).toEqual([0, isIgnored ? '' : warning])
    // As git itself says.
    const listed = gitOutput(workspace.root, 'ls-files', '--others', '--exclude-standard')
    expect(listed.includes('products/shop/.env\n')).toBe(!isIgnored)
    workspace.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6379\nMORE=1\n' })
    expect((await product('env --merge shop', workspace)).stderr).toBe('')
  })

  test('is not reported outside of git', async () => {
    const workspace = workspaceWith({ 'products/shop/product.yaml': 'features: [redis]\n' })
    expect((await product('env --merge shop', workspace)).stderr).toBe('')
  })
})
