/** `product run` with a host that runs nothing; test/cli/programs.test.ts has real processes. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeFolder, makeWorkspace } from '../support/workspace.js'

const FILES: Files = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nREDIS_URL=redis://localhost:${REDIS_HOST_PORT}\n',
  'products/shop/.env.example': 'A=1\n',
  'products/shop/product.yaml': 'offset: 5\ninstances: { blue: { offset: 7 } }\n',
}

describe('product run', () => {
  test('merges, and runs the command with the variables as Compose reads them, where the user stands', async () => {
    const workspace = makeWorkspace({
      ...FILES,
      'products/shop/.env.example': 'A="1\\n2"\nB=${A}3\nEMPTY=\nC=${HOME}/x\n',
    })
    const cwd = workspace.path('features')
    const ran = await product('run shop npm run dev --help', cwd, { env: { HOME: '/home/me', PWD: cwd } })
    expect([ran.exitCode, ran.stdout]).toEqual([0, ''])
    expect(ran.stderr).toContain('adjusted 1 feature port(s) (+5)')
    const env = {
      ...{ A: '1\n2', B: '1\n23', EMPTY: '', C: '/home/me/x' },
      ...{ REDIS_HOST_PORT: '6385', REDIS_URL: 'redis://localhost:6385' },
      ...{ HOME: '/home/me', PWD: cwd },
    }
    expect(ran.programs).toEqual([{ line: ['npm', 'run', 'dev', '--help'], cwd, env }])
  })

  test('puts the variables of an instance on top', async () => {
    const workspace = makeWorkspace(FILES)
    await product('env --merge shop --instance blue', workspace)
    const { programs } = await product('run shop@blue env', workspace)
    expect(programs[0]?.env).toMatchObject({
      REDIS_HOST_PORT: '6387',
      REDIS_URL: 'redis://localhost:6387',
      COMPOSE_PROJECT_NAME: 'shop-blue',
    })
  })

  test('lets the variables of the shell win, and reports it without values', async () => {
    const workspace = makeWorkspace(FILES)
    await product('env --merge shop', workspace)
    const ran = await product('run shop env', workspace, { env: { REDIS_HOST_PORT: '4711' } })
    expect(ran.programs[0]?.env).toMatchObject({
      REDIS_HOST_PORT: '4711',
      REDIS_URL: 'redis://localhost:4711',
    })
    expect(ran.stderr).toMatch(
      /^products\/shop\/\.env:\d+: warning: The shell sets REDIS_HOST_PORT, which wins /,
    )
    expect(ran.stderr).not.toMatch(/4711|6385/)
  })

  test('merges nothing with --no-merge', async () => {
    const workspace = makeWorkspace(FILES)
    const before = workspace.all()
    const ran = await product('run --no-merge shop env', workspace)
    expect([ran.exitCode, ran.stderr, ran.programs[0]?.env]).toEqual([0, '', {}])
    expect(workspace.all()).toEqual(before)
  })

  test('takes two dashes before the command', async () => {
    const { programs } = await product(
      'run . -- npm run dev -- --x',
      makeWorkspace(FILES).path('products/shop'),
    )
    expect(programs[0]?.line).toEqual(['npm', 'run', 'dev', '--', '--x'])
  })

  test('works in a project', async () => {
    const folder = makeFolder()
    folder.write({ 'shop/compose.yaml': '', 'shop/.env': 'PORT=3000\n' })
    const { programs } = await product('run shop env', folder.path('shop'))
    expect(programs[0]?.env).toEqual({ PORT: '3000' })
  })

  test.each([
    ['ENOENT', 127, 'Command nmp was not found'],
    ['EACCES', 126, 'Command nmp cannot be started (EACCES)'],
  ])('reports a command that does not start: %s', async (failure, exitCode, message) => {
    const ran = await product('run --no-merge shop nmp', makeWorkspace(FILES), {
      ended: { exitCode, failure },
    })
    expect([ran.exitCode, ran.stdout]).toEqual([exitCode, ''])
    expect(ran.stderr).toBe(`error: ${message} [no-command]\n  Check its name, and PATH.\n`)
  })

  test('runs nothing if Compose refuses the env file', async () => {
    const workspace = makeWorkspace({ ...FILES, 'products/shop/.env': 'A=${B\n' })
    const ran = await product('run --no-merge shop env', workspace)
    expect([ran.exitCode, ran.programs, ran.stderr]).toEqual([
      1,
      [],
      expect.stringContaining('[env-refused]'),
    ])
  })

  test('needs a command', async () => {
    expect((await product('run shop', makeWorkspace(FILES))).exitCode).toBe(2)
  })
})
