/** Links: a template is followed within the workspace and within its own folder, a product env to an env file. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { type Files, makeFolder, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const SECRET = 'planted-in-a-file-of-the-users'

/** A workspace, and links in it: path → where it leads, from the root of the workspace unless absolute. */
function withLinks(files: Files, links: Readonly<Record<string, string>>): TestWorkspace {
  const workspace = makeWorkspace({ 'products/shop/': '', ...files })
  for (const [file, target] of Object.entries(links)) {
    mkdirSync(workspace.path(file.replace(/\/[^/]*$/, '')), { recursive: true })
    symlinkSync(target.startsWith('/') ? target : workspace.path(target), workspace.path(file))
  }
  return workspace
}

/** A folder beside the workspace, with these files. */
function elsewhere(files: Files): TestWorkspace {
  const folder = makeFolder()
  folder.write(files)
  return folder
}

describe('a template that is a link out of the workspace', () => {
  const credentials = () =>
    elsewhere({ '.aws/credentials': `AWS_SECRET=${SECRET}\n` }).path('.aws/credentials')

  test.each([
    ['features/x/.env.example', 'env --merge shop'],
    ['features/x/.env.example', 'env --merge shop --diff --reveal'],
    ['features/x/.env.example', 'env --merge shop --json'],
    ['features/x/.env.example', 'list'],
    ['features/x/.env.example', 'check'],
    ['features/x/.env.prod.example', 'env --merge shop --prod'],
    ['products/shop/.env.example', 'env --merge shop'],
    ['products/shop/.env.example', 'env --generate shop'],
    ['products/shop/.env.dev.example', 'env --generate shop --dev'],
  ])('%s is refused by %s', async (file, line) => {
    const workspace = withLinks({}, { [file]: credentials() })
    const { exitCode, stdout, stderr } = await product(line, workspace)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      `${file}: error: This file is a link out of the workspace, so it is not read [foreign-link]\n` +
        '  Replace the link with a file, or link the whole folder instead.\n',
    )
    expect(stdout + stderr).not.toContain(SECRET)
    expect(workspace.read('products/shop/.env')).toBeNull()
  })

  test.each(['list', 'lint', 'lint --fix', 'lint x', 'new cache'])(
    'is refused by feature %s',
    async (line) => {
      const workspace = withLinks({}, { 'features/x/.env.example': credentials() })
      const { exitCode, stdout, stderr } = await feature(line, workspace)
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[foreign-link]')])
      expect(stdout + stderr).not.toContain(SECRET)
    },
  )

  test('is refused by way of a linked folder, too', async () => {
    const home = elsewhere({ '.aws/credentials': `AWS_SECRET=${SECRET}\n` })
    const links = { 'features/home': home.root, 'features/x/.env.example': 'features/home/.aws/credentials' }
    const { stdout, stderr } = await product('env --merge shop --reveal --diff', withLinks({}, links))
    expect(stderr).toContain('features/x/.env.example: error:')
    expect(stdout + stderr).not.toContain(SECRET)
  })

  test('is refused if the path of the workspace is the beginning of where it leads', async () => {
    const parent = elsewhere({
      'ws/products/shop/': '',
      'ws/features/x/': '',
      'ws-backup': `AWS_SECRET=${SECRET}\n`,
    })
    symlinkSync(parent.path('ws-backup'), parent.path('ws/features/x/.env.example'))
    expect((await product('env --merge shop', parent.path('ws'))).stderr).toContain('[foreign-link]')
  })

  test('is refused in a linked folder that it leads out of', async () => {
    const shared = elsewhere({ 'redis/': '', 'all.env': `AWS_SECRET=${SECRET}\n` })
    symlinkSync('../all.env', shared.path('redis/.env.example'))
    const workspace = withLinks({}, { 'features/redis': shared.path('redis') })
    expect((await product('env --merge shop', workspace)).stderr).toContain('[foreign-link]')
  })
})

describe('a template is read', () => {
  const merged = async (workspace: TestWorkspace, where: string | TestWorkspace = workspace) => {
    expect(await product('env --merge shop', where)).toMatchObject({ exitCode: 0, stderr: '' })
    return workspace.read('products/shop/.env')
  }

  test('that is a link to another one of the workspace', async () => {
    const files = { 'features/redis/.env.example': 'A=1\n' }
    const links = { 'features/cache/.env.example': 'features/redis/.env.example' }
    expect(await merged(withLinks(files, links))).toContain('A=1')
  })

  test('in a feature, a product or a folder of all features that is a link to elsewhere', async () => {
    const shared = elsewhere({
      'redis/.env.example': 'A=1\n',
      'shop/.env.example': 'B=1\n',
      'shop/template': 'C=1\n',
    })
    const feature = withLinks({}, { 'features/redis': shared.path('redis') })
    expect(await merged(feature)).toContain('A=1')
    const workspace = makeFolder()
    workspace.write({ 'products/': '' })
    symlinkSync(shared.root, workspace.path('features'))
    symlinkSync(shared.path('shop'), workspace.path('products/shop'))
    expect(await merged(workspace)).toMatch(/B=1\n[\s\S]*A=1/)
  })

  test('that is a link inside a linked folder', async () => {
    const shared = elsewhere({ 'redis/docker/template': 'A=1\n' })
    symlinkSync('docker/template', shared.path('redis/.env.example'))
    expect(await merged(withLinks({}, { 'features/redis': shared.path('redis') }))).toContain('A=1')
  })

  test('that is a link in a workspace which is reached by a link', async () => {
    const files = { 'features/redis/.env.example': 'A=1\n' }
    const workspace = withLinks(files, { 'features/cache/.env.example': 'features/redis/.env.example' })
    const entry = makeFolder().path('entry')
    symlinkSync(workspace.root, entry)
    expect(await merged(workspace, entry)).toContain('A=1')
  })
})

describe('a product env that is a link to another kind of file', () => {
  const profile = () => elsewhere({ '.profile': `export A=${SECRET}\n` })

  test.each([
    'env --merge shop',
    'env --merge shop --diff --reveal',
    'env shop --reveal',
    'env --generate shop',
    'list',
    'check',
    'ports',
  ])('is neither read nor written by %s', async (line) => {
    const home = profile()
    const files = { 'features/x/.env.example': 'B=1\n', 'products/shop/.env.example': 'C=1\n' }
    const workspace = withLinks(files, { 'products/shop/.env': home.path('.profile') })
    const { exitCode, stdout, stderr } = await product(line, workspace)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      `products/shop/.env: error: This file cannot be read: it is a link to ${home.path('.profile')}, ` +
        'whose name is not that of an env file [foreign-link]\n' +
        '  Link it to a file whose name starts with .env or ends in .env.\n',
    )
    expect(stdout + stderr).not.toContain(SECRET)
    expect(home.all()).toEqual({ '.profile': `export A=${SECRET}\n` })
  })

  test('is not made where that file does not exist', async () => {
    const home = makeFolder()
    const links = { 'products/shop/.env': home.path('.profile') }
    const workspace = withLinks({ 'features/x/.env.example': 'B=1\n' }, links)
    expect((await product('env --merge shop', workspace)).stderr).toContain('[foreign-link]')
    expect(home.all()).toEqual({})
  })

  test('is refused as the overlay of an instance if a command names it, and is nobody\u2019s overlay otherwise', async () => {
    const home = profile()
    const files = { 'products/shop/.env': 'A_HOST_PORT=80\n', 'features/x/.env.example': '' }
    const workspace = withLinks(files, { 'products/shop/.env.blue': home.path('.profile') })
    expect(await product('list', workspace)).toMatchObject({ exitCode: 0, stderr: '' })
    const { exitCode, stderr } = await product('env --merge shop --instance blue', workspace)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('products/shop/.env.blue: error:')])
    expect(home.read('.profile')).toContain(SECRET)
  })
})

test.each(['.env.shared', 'team.env'])(
  'a product env that is a link to %s is merged into that file',
  async (name) => {
    const shared = elsewhere({ [name]: 'A=1\n' })
    const workspace = withLinks(
      { 'features/x/.env.example': 'B=1\n' },
      { 'products/shop/.env': shared.path(name) },
    )
    expect(await product('env --merge shop', workspace)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(shared.read(name)).toMatch(/^A=1\n[\s\S]*B=1/)
  },
)

describe('a link to nothing', () => {
  test.each([
    ['products/shop/.env.example', 'env --generate shop'],
    ['features/x/.env.example', 'env --merge shop'],
    ['products/shop/product.yaml', 'env --merge shop'],
  ])('called %s is reported as that by %s, and nothing else is', async (file, line) => {
    const workspace = withLinks({}, { [file]: '/none/such' })
    expect(await product(`${line} --quiet`, workspace)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr:
        `${file}: error: This file cannot be read: it is a link to /none/such, which does not exist [unreadable-file]\n` +
        '  Create that file, or correct the link (ls -l).\n',
    })
  })

  test('is a product env that a merge makes', async () => {
    const shared = elsewhere({ 'envs/': '' })
    const links = { 'products/shop/.env': shared.path('envs/shop.env') }
    const workspace = withLinks({ 'features/x/.env.example': 'B=1\n' }, links)
    expect(await product('env --merge shop', workspace)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(shared.read('envs/shop.env')).toContain('B=1')
  })
})
