/** `feature list`. */
import { expect, test } from 'vitest'
import { readPage } from '../docs/pages.js'
import { feature } from '../support/cli.js'
import { demoWorkspace, makeFolder, makeWorkspace } from '../support/workspace.js'

interface Listed {
  readonly ok: boolean
  readonly features: readonly Record<string, unknown>[]
  readonly problems: readonly { readonly code: string }[]
}

test('shows ports, variables, services and products of each feature', async () => {
  const { exitCode, stdout, stderr } = await feature('list', demoWorkspace())
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain(
    [
      'redis',
      '  ports      REDIS_HOST_PORT 6380',
      '  variables  REDIS_URL, REDIS_MAXMEMORY',
      '  services   redis (redis:7-alpine)',
      '  products   my_first_app, my_second_app',
      '',
    ].join('\n'),
  )
  expect(stdout.match(/^\w+$/gm)).toEqual(['mail', 'mailhog', 'phpmyadmin', 'redis'])
})

test('has the same as JSON', async () => {
  const { stdout } = await feature('list --json', demoWorkspace())
  const { ok, features, problems } = JSON.parse(stdout) as Listed
  expect({ ok, problems }).toEqual({ ok: true, problems: [] })
  expect(features.at(-1)).toEqual({
    feature: 'redis',
    template: 'features/redis/.env.example',
    composeFile: 'features/redis/compose.yaml',
    variables: [
      { key: 'REDIS_HOST_PORT', line: 5, base: '6380' },
      { key: 'REDIS_URL', line: 8, base: null },
      { key: 'REDIS_MAXMEMORY', line: 11, base: null },
    ],
    services: [{ service: 'redis', image: 'redis:7-alpine' }],
    products: ['my_first_app', 'my_second_app'],
  })
})

test('knows a feature with nothing in it, ranges, addresses, and a variable that is stated twice', async () => {
  const workspace = makeWorkspace({
    'features/empty/': '',
    'features/odd/.env.example':
      'A_HOST_PORT=1\nB_HOST_PORT=127.0.0.1:8000-8010\nC_HOST_PORT=auto\nA_HOST_PORT="8100"\n',
    'features/odd/docker-compose.yml': 'services: { "a b": { image: "x:${T:-1}" } }\n',
    'products/shop/product.yaml': 'features: [odd]\n',
  })
  const { stdout } = await feature('list --json', workspace)
  const { features } = JSON.parse(stdout) as Listed
  expect(features[0]).toMatchObject({
    template: null,
    composeFile: null,
    variables: [],
    services: [],
    products: [],
  })
  expect(features[1]).toMatchObject({
    composeFile: 'features/odd/docker-compose.yml',
    variables: [
      { key: 'A_HOST_PORT', line: 4, base: '8100' },
      { key: 'B_HOST_PORT', base: '127.0.0.1:8000-8010' },
      { key: 'C_HOST_PORT', base: null },
    ],
    services: [{ image: 'x:1' }],
    products: ['shop'],
  })
})

test('tells what is wrong with a feature, and lists it all the same', async () => {
  const workspace = makeWorkspace({
    'features/odd/.env.example': "A=1\nB='\n",
    'features/odd/compose.yaml': 'services: [\n',
  })
  const { exitCode, stdout, stderr } = await feature('list', workspace)
  expect(exitCode).toBe(1)
  expect(stdout).toContain('odd\n  variables  A\n')
  expect(stderr).toMatch(/features\/odd\/\.env\.example:2: error: .*\[env-refused\]/)
  expect(stderr).toMatch(/features\/odd\/compose\.yaml:\d+:\d+: error: .*\[compose-refused\]/)
})

test('escapes what would steer the terminal', async () => {
  const workspace = makeWorkspace({ 'features/odd/compose.yaml': 'services: { a: { image: "x\\e[31m" } }\n' })
  expect((await feature('list', workspace)).stdout).toContain('a (x\\x1b[31m)')
})

test('says so where there is no feature, or no workspace', async () => {
  const empty = makeWorkspace()
  expect(await feature('list', empty)).toMatchObject({
    exitCode: 0,
    stdout: 'The workspace has no features yet. Create one: feature new redis\n',
    stderr: '',
  })
  const { exitCode, stdout } = await feature('list --json', empty)
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ version: 1, ok: true, features: [], problems: [] })
  expect((await feature('list', makeFolder())).stderr).toContain('[no-workspace]')
})

test('has the fields that docs/json.md has', async () => {
  const { stdout } = await feature('list --json', demoWorkspace())
  const section = readPage('docs/json.md').split('## `feature list --json`\n')[1]?.split('\n## ')[0] ?? ''
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field)
  expect(Object.keys((JSON.parse(stdout) as Listed).features[0] ?? {})).toEqual(documented)
})

test('prints the JSON document outside of a workspace, too', async () => {
  const { exitCode, stdout, stderr } = await feature('list --json', makeFolder())
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, features: [], problems: [{ code: 'no-workspace' }] })
  expect(stderr).toContain('[no-workspace]')
  expect(exitCode).toBe(1)
})
