/** The linter finds nothing, not even a warning, in what `feature new` writes. */
import { expect, test } from 'vitest'
import { feature } from '../support/cli.js'
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
    expect(await feature(`lint --strict --format github ${name}`, workspace)).toEqual({
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
