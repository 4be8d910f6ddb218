/** `product compose` with a host that runs nothing; test/cli/programs.test.ts has real processes. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { commitAll, git } from '../support/git.js'
import { type Files, makeFolder, makeWorkspace } from '../support/workspace.js'

const FILES: Files = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  'products/shop/compose.yaml': 'services: { redis: { image: redis, ports: ["${REDIS_HOST_PORT}:6379"] } }\n',
}
const MERGED: Files = { ...FILES, 'products/shop/.env': 'REDIS_HOST_PORT=7000\n' }

/** Returns the line that Compose is run with, and where. */
const lineOf = ({ programs }: Awaited<ReturnType<typeof product>>) =>
  programs.map(({ line, cwd }) => `${cwd}$ ${line.join(' ')}`)

describe('product compose', () => {
  test('merges, and runs Compose in the folder of the product', async () => {
    const workspace = makeWorkspace(FILES)
    const ran = await product('compose shop ps --all', workspace, { env: { PWD: '/', A: 'b' } })
    const folder = workspace.path('products/shop')
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' })
    expect(ran.stderr).toContain('adjusted 1 feature port(s) (+586)')
    expect(ran.programs).toEqual([
      { line: ['docker', 'compose', 'ps', '--all'], cwd: folder, env: { PWD: folder, A: 'b' } },
    ])
    expect(workspace.read('products/shop/.env')).toContain('REDIS_HOST_PORT=6966\n')
    const again = await product('compose shop ps', workspace)
    expect([again.exitCode, again.stdout, again.stderr]).toEqual([0, '', ''])
  })

  test.each([
    ['up -d --help'],
    ['-V'],
    ['--print --no-merge -C /'],
    ['run --rm web sh -c exit -- --x'],
    ['-- --help'],
  ])('passes on %s', async (args) => {
    const ran = await product(`compose shop ${args}`, makeWorkspace(MERGED))
    expect(ran.programs.map(({ line }) => line.join(' '))).toEqual([`docker compose ${args}`])
  })

  test('passes on arguments with blanks, and empty ones', async () => {
    const ran = await product(['compose', 'shop', 'exec', 'a b', ''], makeWorkspace(MERGED))
    expect(ran.programs[0]?.line).toEqual(['docker', 'compose', 'exec', 'a b', ''])
  })

  test.each([0, 1, 17, 130, 143])('ends with the exit code %i of Compose', async (exitCode) => {
    const ended = { exitCode, failure: null }
    expect((await product('compose shop ps', makeWorkspace(MERGED), { ended })).exitCode).toBe(exitCode)
  })

  test('takes the product in the current directory for a dot', async () => {
    const workspace = makeWorkspace({ ...MERGED, 'products/blog/': '' })
    const ran = await product('compose . ps', workspace.path('products/shop'))
    expect(lineOf(ran)).toEqual([`${workspace.path('products/shop')}$ docker compose ps`])
    const outside = await product('compose . ps', workspace)
    expect([outside.exitCode, outside.programs]).toEqual([1, []])
  })

  test('takes -C before the name', async () => {
    const workspace = makeWorkspace(MERGED)
    for (const line of [`-C ${workspace.root} compose shop ps`, `compose -C ${workspace.root} shop ps`])
      expect((await product(line, '/')).programs).toHaveLength(1)
  })

  test('runs docker-compose where the plugin is missing, and reports that both are', async () => {
    const workspace = makeWorkspace(MERGED)
    const standalone = { machine: { composeCommand: ['docker-compose'] as const } }
    expect((await product('compose shop ps', workspace, standalone)).programs[0]?.line).toEqual([
      'docker-compose',
      'ps',
    ])
    const none = await product('compose shop ps', workspace, { machine: { composeCommand: null } })
    expect([none.exitCode, none.programs]).toEqual([1, []])
    expect(none.stderr).toBe(
      'error: Neither `docker compose` nor `docker-compose` is installed [no-compose]\n  Install Docker Compose.\n',
    )
  })

  test('runs nothing after an error of the merge', async () => {
    const workspace = makeWorkspace({ ...FILES, 'features/redis/.env.example': 'REDIS_HOST_PORT=65380\n' })
    const ran = await product('compose shop up', workspace)
    expect([ran.exitCode, ran.programs, ran.stdout]).toEqual([1, [], ''])
    expect(ran.stderr).toContain('[port-out-of-range]')
  })

  test('runs nothing for a product or instance that does not exist', async () => {
    const workspace = makeWorkspace(MERGED)
    for (const [name, next] of [
      ['shpo', 'Did you mean shop?'],
      ['shop@blue', 'Run: product env --merge shop --instance blue'],
    ]) {
      const ran = await product(`compose ${name} up`, workspace)
      expect([ran.exitCode, ran.programs, ran.stderr]).toEqual([
        1,
        [],
        expect.stringContaining(`  ${next}\n`),
      ])
    }
    expect(Object.keys(workspace.all())).toEqual(Object.keys(makeWorkspace(MERGED).all()))
  })

  test('needs a name', async () => {
    const ran = await product('compose', makeWorkspace(MERGED))
    expect([ran.exitCode, ran.stderr]).toEqual([
      2,
      expect.stringContaining("missing required argument 'product[@instance]'"),
    ])
  })
})

describe('an instance', () => {
  test('is run with the env files that it reads', async () => {
    const workspace = makeWorkspace(FILES)
    await product('env --merge shop --instance blue', workspace)
    const ran = await product('compose shop@blue ps', workspace)
    const options = '--env-file .env --env-file .env.blue'
    expect(lineOf(ran)).toEqual([`${workspace.path('products/shop')}$ docker compose ${options} ps`])
    const unmerged = await product('compose --no-merge shop@blue ps', workspace)
    expect(lineOf(unmerged)).toEqual(lineOf(ran))
  })

  test('of a project without an .env is run with its own alone', async () => {
    const folder = makeFolder()
    folder.write({ 'shop/compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"] } }\n' })
    await product('env --merge --instance blue', folder.path('shop'))
    for (const line of ['compose shop@blue ps', 'compose --no-merge .@blue ps']) {
      const ran = await product(line, folder.path('shop'))
      expect(lineOf(ran)).toEqual([`${folder.path('shop')}$ docker compose --env-file .env.blue ps`])
    }
  })
})

test.each(['shop', 'shop@blue', '.'])('a copy in a worktree needs no options: %s', async (name) => {
  const folder = makeFolder()
  folder.write({ 'shop/compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"] } }\n' })
  commitAll(folder.path('shop'))
  git(folder.path('shop'), 'worktree', 'add', '../blue')
  const ran = await product(`compose ${name} up`, folder.path('blue'))
  expect(lineOf(ran)).toEqual([`${folder.path('blue')}$ docker compose up`])
  expect(folder.read('blue/compose.override.yaml')).toContain('name: shop-blue')
})

describe('--print', () => {
  test('prints the command line, and runs and writes nothing', async () => {
    const workspace = makeWorkspace({ ...FILES, "products/it's/compose.yaml": '' })
    const before = workspace.all()
    const ran = await product(['compose', '--print', 'shop', 'exec', 'web', 'echo', "it's $5", ''], workspace)
    expect([ran.exitCode, ran.stderr, ran.programs]).toEqual([0, expect.stringContaining('skipped'), []])
    expect(ran.stdout).toBe(
      `cd ${workspace.path('products/shop')} && docker compose exec web echo 'it'\\''s $5' ''\n`,
    )
    expect(workspace.all()).toEqual(before)
  })

  test('names the env files of an instance as the merge leaves them', async () => {
    const workspace = makeWorkspace(FILES)
    await product('env --merge shop --instance blue', workspace)
    const { stdout } = await product('compose --print shop@blue up -d', workspace)
    const line = 'docker compose --env-file .env --env-file .env.blue up -d'
    expect(stdout).toBe(`cd ${workspace.path('products/shop')} && ${line}\n`)
  })
})

describe('--no-merge', () => {
  test('writes nothing', async () => {
    const workspace = makeWorkspace(FILES)
    const before = workspace.all()
    const ran = await product('compose --no-merge shop up', workspace)
    expect([ran.exitCode, ran.stderr, ran.programs.length]).toEqual([0, '', 1])
    expect(workspace.all()).toEqual(before)
  })
})

describe('a variable of the shell', () => {
  const WARNING =
    'products/shop/.env:1: warning: The shell sets REDIS_HOST_PORT, which wins over the value here [shell-wins]\n' +
    '  Run: unset REDIS_HOST_PORT\n'

  test('that wins is reported, without its value', async () => {
    const env = { REDIS_HOST_PORT: '4711' }
    const ran = await product('compose shop ps', makeWorkspace(MERGED), { env })
    expect([ran.exitCode, ran.stderr, ran.programs.length]).toEqual([0, WARNING, 1])
  })

  test('with the same value, or of another name, is not', async () => {
    const env = { REDIS_HOST_PORT: '7000', COMPOSE_FILE: '', HOME: '/' }
    expect((await product('compose shop ps', makeWorkspace(MERGED), { env })).stderr).toBe('')
  })

  test('that keeps Compose from the env file is reported', async () => {
    const env = { COMPOSE_ENV_FILES: '/x' }
    const { stderr } = await product('compose shop ps', makeWorkspace(MERGED), { env })
    expect(stderr).toContain('[env-file-off]')
  })

  test.each(['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME'])('%s is reported for every product', async (name) => {
    const { stderr } = await product('compose shop ps', makeWorkspace(MERGED), { env: { [name]: 'x' } })
    expect(stderr).toContain(
      `warning: The shell sets ${name}, which wins over the product's own [shell-wins]`,
    )
  })
})
