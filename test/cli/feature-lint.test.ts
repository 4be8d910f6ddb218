/** The linter finds nothing, not even a warning, in what `feature new` writes. */
import { expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { demoWorkspace, makeWorkspace } from '../support/workspace.js'

const OPTIONS = [
  'cache --image redis:7',
  'db --image postgres:17',
  'db --image mysql:8.4',
  'db --image mariadb',
  'docs --image mongo:8',
  'www --image nginx:1.27-alpine',
  'www --image example/www:1 --container-port 443',
  'queue --image rabbitmq:4',
  'near --image postgres:17 --port 6379',
  'memcached',
  'elasticsearch',
  'mailpit',
  'minio',
  'grafana',
  'unknown',
  '7zip --port 7700',
  'docker --image docker',
  'yes --image redis',
  'My.Feature_2 --image influxdb:2',
]

test.each(OPTIONS)('feature new %s', async (options) => {
  const [name = ''] = options.split(' ')
  for (const workspace of [makeWorkspace({ 'products/shop/': '' }), demoWorkspace()]) {
    expect(await feature(`new ${options}`, workspace)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await feature(`lint --strict --format github ${name}`, workspace)).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
  }
})

test('the linter would find something', async () => {
  const workspace = demoWorkspace()
  await feature('new cache --image redis:7', workspace)
  const template = workspace.read('features/cache/.env.example') ?? ''
  workspace.write({ 'features/cache/.env.example': template.replace('5380', '6380') })
  const { exitCode, stdout } = await feature('lint --strict --format github cache', workspace)
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: expect.stringContaining('base-port-taken') })
})

test('--fix renames a port variable unless the product env sets it itself', async () => {
  const files = {
    'features/web/.env.example': '# Site\nAPP_PORT=8080\n',
    'features/web/compose.yaml': 'services: { web: { image: web, ports: ["${APP_PORT}:80"] } }\n',
    'products/shop/product.yaml': 'features: [web]\n',
  }
  const workspace = makeWorkspace(files)
  await product('env --merge shop', workspace)
  expect(workspace.read('products/shop/.env')).toContain('\nAPP_PORT=8080\n')
  const own = makeWorkspace({ ...files, 'products/shop/.env': 'APP_PORT=8123\n' })
  expect(await feature('lint --fix', own)).toMatchObject({ exitCode: 1 })
  expect(own.read('features/web/.env.example')).toBe(files['features/web/.env.example'])
  // Only the section of the merge contains the name.
  expect(await feature('lint --fix', workspace)).toMatchObject({ exitCode: 0 })
  expect(workspace.read('features/web/.env.example')).toBe('# Site\nAPP_HOST_PORT=8080\n')
  await product('env --merge --refresh shop', workspace)
  expect(workspace.read('products/shop/.env')).toContain('\nAPP_HOST_PORT=8666\n')
  expect(workspace.read('products/shop/.env')).not.toContain('APP_PORT=')
})

test('feature list shows the base port of a variable that portVariables lists', async () => {
  const workspace = makeWorkspace({
    'features/web/.env.example': 'APP_PORT=8080\nWORKERS=4\n',
    'features/web/feature.yaml': 'portVariables: [APP_PORT]\n',
  })
  const { stdout } = await feature('list --json', workspace)
  const [web] = (JSON.parse(stdout) as { features: { variables: { key: string; base: unknown }[] }[] })
    .features
  expect(web?.variables.map(({ key, base }) => [key, base !== null])).toEqual([
    ['APP_PORT', true],
    ['WORKERS', false],
  ])
})
