/** A Compose project on its own: a folder with a Compose file, and no workspace above it. */
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { git } from '../support/git.js'
import { type Files, makeFolder, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const COMPOSE = 'services:\n  web:\n    image: nginx:1\n    ports: ["${WEB_PORT}:80", "9000:9000"]\n'
const EXAMPLE = '# Port of the page\nWEB_PORT=8080\nDB_HOST_PORT=5432\n'

/** The project `shop`, one folder deep. */
function project(files: Files = {}, folder = 'shop'): TestWorkspace {
  const workspace = makeFolder()
  const all = { 'compose.yaml': COMPOSE, ...files }
  workspace.write(Object.fromEntries(Object.entries(all).map(([file, text]) => [`${folder}/${file}`, text])))
  return workspace
}

async function nameOf(folder: string): Promise<string> {
  const { stdout } = await product('list --json', folder)
  return JSON.parse(stdout)
    .products.map(({ product }: { product: string }) => product)
    .join()
}

describe('a merge', () => {
  test('creates the .env from the template, and then has nothing to do', async () => {
    const workspace = project({ '.env.example': EXAMPLE, 'src/': '' })
    expect(await product('env --merge', workspace.path('shop/src'))).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout:
        'shop  offset 0 (original)\n\n  created  .env from .env.example\n  merged   .env.example into product .env\n',
    })
    expect(workspace.read('shop/.env')).toBe(EXAMPLE)
    const again = await product('env --merge', workspace.path('shop'))
    expect(again.stdout).toContain('nothing to do: product .env already holds .env.example')
  })

  test('adds what the .env does not set, with its ports as they are', async () => {
    const workspace = project({ '.env.example': EXAMPLE, '.env': 'WEB_PORT=80' })
    expect((await product('env --merge', workspace.path('shop'))).exitCode).toBe(0)
    expect(workspace.read('shop/.env')).toMatch(
      /^WEB_PORT=80\n\n# >>> shop \(\.env\.example\)\nDB_HOST_PORT=5432\n# <<< shop [0-9a-f]{8}\n$/,
    )
  })

  test('has an offset where product.yaml sets one', async () => {
    const files = {
      '.env.example': EXAMPLE,
      'product.yaml': 'offset: 5\nports: { X_PORT: { scheme: base32 } }\n',
    }
    const { stdout } = await product('env --merge --json', project(files).path('shop'))
    expect(JSON.parse(stdout).products[0].offset).toEqual({ value: 5, from: 'product.yaml' })
  })

  test('says that there is no template', async () => {
    const { exitCode, stdout } = await product('env --merge', project().path('shop'))
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('the project has no .env.example')])
  })

  test.each(['.env.sample', '.env.template', '.env.dist', 'env.example', 'example.env'])(
    'takes %s for a template, but .env.example before it',
    async (name) => {
      const workspace = project({ [name]: 'A=1\n' })
      await product('env --merge', workspace.path('shop'))
      expect(workspace.read('shop/.env')).toBe('A=1\n')
      workspace.write({ 'shop/.env.example': 'B=2\n' })
      await product('env --merge', workspace.path('shop'))
      expect(workspace.read('shop/.env')).toContain('\nB=2\n')
    },
  )
})

describe('every command works:', () => {
  const workspace = project({ '.env.example': EXAMPLE, '.env': EXAMPLE })
  test.each([
    ['list', / shop +\+0 +3 +merged\n/],
    ['ports', /shop +- +WEB_PORT +8080 +pinned/],
    ['check', /checked +3 ports of 1 product: 0 collisions/],
    ['whois 5432', /DB_HOST_PORT/],
    ['port shop DB_HOST_PORT', /^5432\n$/],
    ['env', /DB_HOST_PORT +5432 +product, \.env:3/],
    ['env shop', /DB_HOST_PORT +5432 +product, \.env:3/],
    ['env --generate', /^\.env already exists and is unchanged$/m],
  ])('product %s', async (line, output) => {
    expect(await product(line, workspace.path('shop'))).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(output),
    })
  })

  test.each(['list', 'lint', 'new redis'])(
    'but feature %s, since a project has no features',
    async (line) => {
      const { exitCode, stderr } = await feature(line, workspace.path('shop'))
      expect(exitCode).toBe(1)
      expect(stderr).toContain('shop is a Compose project on its own, which has no features [no-workspace]')
    },
  )

  test('and files for other purposes are not reported', async () => {
    const others = { 'docker-compose.prod.yml': COMPOSE, '.env.sample': '', 'docker/compose.yaml': COMPOSE }
    const { stderr } = await product(
      'env --merge',
      project({ '.env.example': EXAMPLE, ...others }).path('shop'),
    )
    expect(stderr).toBe('')
  })
})

describe('a project is', () => {
  test('a folder whose .env sets COMPOSE_FILE', async () => {
    const workspace = makeFolder()
    workspace.write({ 'shop/.env': 'COMPOSE_FILE=stack.yaml\n', 'shop/stack.yaml': COMPOSE })
    expect(await nameOf(workspace.path('shop'))).toBe('shop')
    expect((await product('ports', workspace.path('shop'))).stdout).toContain(' 9000 ')
  })

  test('the nearest folder upward, but not beyond the top level of the repository', async () => {
    const workspace = project({ 'inner/compose.yaml': COMPOSE, 'inner/src/': '', 'repository/': '' })
    expect(await nameOf(workspace.path('shop/inner/src'))).toBe('inner')
    git(workspace.path('shop/repository'), 'init')
    const { stderr } = await product('list', workspace.path('shop/repository'))
    expect(stderr).toContain('[no-workspace]')
  })

  test('not a product of a workspace, even if that is a repository of its own', async () => {
    const workspace = makeWorkspace({
      'products/shop/compose.yaml': COMPOSE,
      'tools/x/compose.yaml': COMPOSE,
    })
    expect(await nameOf(workspace.path('products/shop'))).toBe('shop')
    expect(await nameOf(workspace.path('tools/x'))).toBe('shop')
    for (const folder of ['products/shop', 'tools/x']) git(workspace.path(folder), 'init')
    expect(await nameOf(workspace.path('products/shop'))).toBe('shop')
    expect(await nameOf(workspace.path('tools/x'))).toBe('x')
  })

  test('named by -C, too', async () => {
    const workspace = project()
    expect((await product(`list -C ${workspace.path('shop')}`, workspace)).stdout).toContain(' shop ')
  })
})

describe('its name is', () => {
  test("Compose's for the folder", async () => {
    expect(await nameOf(project({}, 'My Shop.v2').path('My Shop.v2'))).toBe('myshopv2')
    expect(await nameOf(project({}, 'ä').path('ä'))).toBe('project')
  })

  test.each(['docker', '.docker', 'deploy', 'infra', 'docker-compose'])(
    "the repository's for the folder %s",
    async (folder) => {
      const workspace = project({}, `shop/${folder}`)
      git(workspace.path('shop'), 'init')
      expect(await nameOf(workspace.path(`shop/${folder}`))).toBe('shop')
    },
  )

  test('the same in each worktree', async () => {
    const workspace = project()
    const folder = workspace.path('shop')
    git(folder, 'init')
    git(folder, 'add', '.')
    git(folder, 'commit', '-m', 'x')
    git(folder, 'worktree', 'add', '../blue')
    expect(await nameOf(workspace.path('blue'))).toBe('shop')
  })
})
