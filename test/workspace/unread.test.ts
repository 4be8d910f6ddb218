/** Templates and Compose files under a name, or in a folder, where they are not read. */
import { symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { type Files, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const WEB = 'services:\n  web: { image: web, ports: ["${WEB_HOST_PORT:-8080}:80"] }\n'
const BASE = {
  'features/redis/.env.example': '# Port of redis\nREDIS_HOST_PORT=6380\n',
  'features/redis/compose.yaml':
    'services:\n  redis: { image: redis, ports: ["${REDIS_HOST_PORT}:6379"], environment: { A: "1" } }\n',
  'products/shop/': '',
}

/** The files that a merge reports as not read, each with its next step. */
async function unread(files: Files, line = 'env --merge shop --dry-run'): Promise<Record<string, string>> {
  return unreadIn(makeWorkspace({ ...BASE, ...files }), line)
}

async function unreadIn(workspace: TestWorkspace, line: string): Promise<Record<string, string>> {
  const { stderr } = await product(line, workspace)
  const found = [...stderr.matchAll(/^(\S+): warning: This .*\[skipped-file\]\n {2}(.*)$/gm)]
  expect(new Set(found.map(([, file]) => file)).size).toBe(found.length)
  return Object.fromEntries(found.map(([, file = '', next = '']) => [file, next]))
}

describe('a template', () => {
  test.each([
    '.env.sample',
    '.env.dist',
    '.env.template',
    'env.example',
    'env.sample',
    'example.env',
    'redis.env.example',
    '.env.local.example',
    '.env-example',
  ])('called %s is reported, and read once it has the right name', async (name) => {
    const workspace = makeWorkspace({ [`features/mail/${name}`]: 'MAIL=1\n', 'products/shop/': '' })
    expect(await unreadIn(workspace, 'env --merge shop')).toEqual({
      [`features/mail/${name}`]: `Rename it to .env.example, or add "${name}" to templates: in workspace.yaml.`,
    })
    workspace.write({ 'features/mail/.env.example': 'MAIL=1\n' })
    expect(await unreadIn(workspace, 'env --merge shop')).toEqual({
      [`features/mail/${name}`]: 'Move its variables to features/mail/.env.example, or delete it.',
    })
  })

  test.each(['docker', '.docker', 'deploy', 'compose', 'config', 'env'])(
    'in the folder %s is reported',
    async (folder) => {
      expect(await unread({ [`features/mail/${folder}/.env.example`]: 'MAIL=1\n' })).toEqual({
        [`features/mail/${folder}/.env.example`]: `Move it to features/mail/.env.example, or add "${folder}/.env.example" to templates: in workspace.yaml.`,
      })
    },
  )

  test('of a product is reported', async () => {
    expect(
      await unread({ 'products/shop/.env.dist': 'A=1\n', 'products/shop/docker/env.example': '' }),
    ).toEqual({
      'products/shop/.env.dist':
        'Rename it to .env.example, or add ".env.dist" to templates: in workspace.yaml.',
      'products/shop/docker/env.example':
        'Move it to products/shop/.env.example, or add "docker/env.example" to templates: in workspace.yaml.',
    })
  })

  test('that a Compose file names as an env file is read, by Compose', async () => {
    const compose = 'services:\n  web:\n    image: web\n    env_file: [docker/.env.example]\n'
    const files = { 'products/shop/docker/.env.example': 'A=1\n', 'products/shop/compose.yaml': compose }
    expect(await unread(files)).toEqual({})
  })
})

describe('a Compose file', () => {
  const set = (files: string) => `Set COMPOSE_FILE=${files} in products/shop/.env to use it`

  test.each([
    [
      'compose.prod.yaml',
      'compose.yaml',
      `${set('compose.yaml:compose.prod.yaml')}, or COMPOSE_FILE=compose.yaml to leave it out.`,
    ],
    [
      'docker/docker-compose.prod.yml',
      'docker-compose.yml',
      `${set('docker-compose.yml:docker/docker-compose.prod.yml')}, or COMPOSE_FILE=docker-compose.yml to leave it out.`,
    ],
    [
      'docker/compose.yml',
      'compose.yaml',
      'Include it in products/shop/compose.yaml: include: [docker/compose.yml]',
    ],
    [
      'docker-compose.prod.yml',
      null,
      'Rename it to compose.yaml, or set COMPOSE_FILE=docker-compose.prod.yml in products/shop/.env.',
    ],
    [
      'deploy/compose.yaml',
      null,
      'Move it to products/shop/compose.yaml, or set COMPOSE_FILE=deploy/compose.yaml in products/shop/.env.',
    ],
  ])('of a product, %s beside %s, is reported', async (name, beside, next) => {
    const main: Files =
      beside === null ? {} : { [`products/shop/${beside}`]: 'services: { a: { image: a } }\n' }
    const file = `products/shop/${name}`
    expect(await unread({ ...main, [file]: WEB })).toEqual({ [file]: next })
  })

  test.each([
    [
      'docker-compose.dev.yml',
      null,
      'Rename it to compose.yaml, or add "docker-compose.dev.yml" to composeFiles: in workspace.yaml.',
    ],
    [
      'docker/compose.yaml',
      null,
      'Move it to features/mail/compose.yaml, or add "docker/compose.yaml" to composeFiles: in workspace.yaml.',
    ],
    [
      'docker/compose.yaml',
      'compose.yml',
      'Include it in features/mail/compose.yml: include: [docker/compose.yaml]',
    ],
    [
      'compose.override.yaml',
      'compose.yaml',
      'List it after compose.yaml in the path: of the include: that a product has, or delete it.',
    ],
  ])('of a feature, %s beside %s, is reported', async (name, beside, next) => {
    const main: Files =
      beside === null ? {} : { [`features/mail/${beside}`]: 'services: { a: { image: a } }\n' }
    const file = `features/mail/${name}`
    expect(await unread({ ...main, 'features/mail/.env.example': '', [file]: WEB })).toEqual({ [file]: next })
  })

  test('is read, ports and all, once the next step is taken', async () => {
    const files = {
      'products/shop/compose.yaml': 'services: { a: { image: a } }\n',
      'products/shop/compose.dev.yaml': WEB,
    }
    const workspace = makeWorkspace({ ...BASE, ...files })
    const port = async () => (await product('ports --json', workspace)).stdout.includes('8080')
    const [next = ''] = Object.values(await unreadIn(workspace, 'check'))
    const [line, without] = [...next.matchAll(/COMPOSE_FILE=\S+/g)].map(([text]) => text.replace(/,$/, ''))
    expect(await port()).toBe(false)
    workspace.write({ 'products/shop/.env': `${line}\n` })
    expect([await unreadIn(workspace, 'check'), await port()]).toEqual([{}, true])
    workspace.write({ 'products/shop/.env': `${without}\n` })
    expect([await unreadIn(workspace, 'check'), await port()]).toEqual([{}, false])
  })

  test('in a folder is read, ports and all, once the next step is taken', async () => {
    const workspace = makeWorkspace({
      ...BASE,
      'products/shop/compose.yaml': 'services: {}\n',
      'products/shop/docker/compose.yaml': WEB,
    })
    const [next = ''] = Object.values(await unreadIn(workspace, 'check'))
    const [, file = '', text = ''] = /^Include it in (.*?): (.*)$/.exec(next) ?? []
    workspace.write({ [file]: `${text}\n` })
    expect(await unreadIn(workspace, 'check')).toEqual({})
    expect((await product('ports --json', workspace)).stdout).toContain('8080')
  })

  const PROD = 'features/redis/docker-compose.prod.yml'
  test.each<[string, Files]>([
    ['include', { 'products/shop/compose.yaml': `include: [../../${PROD}]\n` }],
    [
      'a long include',
      {
        'products/shop/compose.yaml': `include:\n  - path:\n      - ../../features/redis/compose.yaml\n      - "../../${PROD}"\n`,
      },
    ],
    [
      'an include of an include',
      {
        'products/shop/compose.yaml': 'include: [../../shared/all.yml]\n',
        'shared/all.yml': `include:\n  - ../${PROD}\n`,
      },
    ],
    ['the include of another product', { 'products/blog/compose.yaml': `include: [../../${PROD}]\n` }],
    [
      'an include with a variable',
      {
        'products/shop/compose.yaml': 'include: ["../../features/redis/docker-compose.${STAGE:-prod}.yml"]\n',
      },
    ],
    [
      'a feature that another product includes with another variable',
      {
        'products/blog/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
        'products/shop/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
        'products/shop/.env': 'STAGE=prod\n',
        'features/redis/compose.yaml': 'include: ["docker-compose.${STAGE:-dev}.yml"]\n',
      },
    ],
    [
      'extends in a project directory of its own',
      {
        'products/shop/compose.yaml': 'include:\n  - { path: ../../all.yml, project_directory: . }\n',
        'all.yml': `services: { r: { extends: { file: ../../${PROD}, service: web } } }\n`,
      },
    ],
    [
      'an include with a variable of the product env',
      {
        'products/shop/compose.yaml': 'include: ["${F}/redis/docker-compose.$STAGE.yml"]\n',
        'products/shop/.env': 'STAGE=prod\nF=../../features\n',
      },
    ],
    [
      'extends',
      {
        'products/shop/compose.yaml': `services:\n  r: { extends: { file: ../../${PROD}, service: web } }\n`,
      },
    ],
    ['the feature', { 'features/redis/compose.yaml': 'include:\n- docker-compose.prod.yml\n' }],
    ['COMPOSE_FILE', { 'products/shop/.env': `COMPOSE_FILE=../../${PROD}\n` }],
    [
      'COMPOSE_FILE of the .env.example',
      { 'products/shop/.env.example': `COMPOSE_FILE=a.yml:../../${PROD}\n` },
    ],
    [
      'COMPOSE_FILE of an instance',
      { 'products/shop/.env': '', 'products/shop/.env.blue': `COMPOSE_FILE=../../${PROD}\n` },
    ],
    [
      'an override',
      {
        'products/shop/compose.yaml': 'services: {}\n',
        'products/shop/compose.override.yml': `include: [../../${PROD}]\n`,
      },
    ],
  ])('that is read by way of %s is not reported', async (_, files) => {
    for (const line of ['env --merge shop --dry-run', 'check', 'list'])
      expect(await unread({ ...files, [PROD]: WEB }, line)).toEqual({})
  })

  test('that COMPOSE_FILE or an include names by an absolute path is not reported', async () => {
    const workspace = makeWorkspace({ ...BASE, [PROD]: WEB, 'products/shop/docker-compose.dev.yml': '' })
    const include = `include: ["${workspace.path(PROD)}"]\n`
    workspace.write({ 'products/shop/docker-compose.dev.yml': include })
    workspace.write({
      'products/shop/.env': `COMPOSE_FILE=${workspace.path('products/shop/docker-compose.dev.yml')}\n`,
    })
    expect(await unreadIn(workspace, 'check')).toEqual({})
  })

  test.each<[string, Files]>([
    [
      'a comment',
      { 'products/shop/compose.yaml': 'services: {} # docker-compose.prod.yml\n# docker-compose.prod.yml\n' },
    ],
    [
      'another product, which has one of the same name',
      {
        'products/blog/.env': 'COMPOSE_FILE=docker-compose.prod.yml\n',
        'products/blog/docker-compose.prod.yml': WEB,
      },
    ],
    [
      'itself',
      {
        'products/shop/docker-compose.prod.yml': `${WEB}  b: { extends: { file: docker-compose.prod.yml, service: web } }\n`,
      },
    ],
  ])('that is named only by %s is reported', async (_, files) => {
    const file = 'products/shop/docker-compose.prod.yml'
    expect(Object.keys(await unread({ [file]: WEB, ...files }, 'check'))).toEqual([file])
  })
})

test.each(['env --merge shop', 'env --merge --all', 'env shop', 'check', 'list', 'ports'])(
  'product %s tells of each file once',
  async (line) => {
    const files = {
      'features/redis/.env.sample': '',
      'products/shop/.env.dist': '',
      'products/shop/.env': '',
      'products/blog/': '',
    }
    expect(Object.keys(await unread(files, line)).sort()).toEqual([
      'features/redis/.env.sample',
      'products/shop/.env.dist',
    ])
  },
)

test('feature list and feature lint tell of them, too, and lint --strict fails', async () => {
  const workspace = makeWorkspace({
    ...BASE,
    'features/redis/docker/.env.example': '',
    'features/mail/.env.sample': '',
  })
  const told = async (line: string) =>
    (await feature(line, workspace)).stderr.match(/^\S+(?=: warning: .*skipped-file)/gm)
  const both = ['features/mail/.env.sample', 'features/redis/docker/.env.example']
  expect(await told('list')).toEqual(both)
  expect(await told('lint')).toEqual(both)
  expect(await told('lint redis')).toEqual(['features/redis/docker/.env.example'])
  expect(await feature('lint redis --strict', workspace)).toMatchObject({ exitCode: 1 })
})

test('what is read, and what an application has of its own, is not reported', async () => {
  const files = {
    'features/redis/.env.dev.example': '',
    'features/redis/.env.prod.example': '',
    'features/redis/docker/Dockerfile': '',
    'features/redis/docker/php/.env.example': '',
    'features/redis/src/.env.example': '',
    'features/redis/config/redis.conf.template': '',
    'features/redis/compose.yaml.bak': '',
    'features/redis/.env.example~': '',
    'products/shop/compose.yaml': 'services: { a: { image: a } }\n',
    'products/shop/compose.override.yaml': 'services: {}\n',
    'products/shop/docker-compose.override.yml.dist': '',
    'products/shop/docker-compose.override.example.yml': '',
    'products/shop/product.yaml': '',
    'products/shop/.env': 'A=1\n',
    'products/shop/.env.local': '',
    'products/shop/.env.test': '',
    'products/shop/env.js.dist': '',
    'products/shop/config/env.ts': '',
    'products/shop/config/database.example.yml': '',
    'products/shop/phpunit.xml.dist': '',
    'products/shop/composer.json': '',
    'products/shop/src/docker-compose.yml': '',
    'products/shop/vite-env.d.ts': '',
    'products/shop/.env.sample/': '',
    'products/shop/docker/.env.dist/': '',
    'docker/.env.example': '',
    'env.example': '',
  }
  const workspace = makeWorkspace({ ...BASE, ...files })
  symlinkSync('/nowhere', workspace.path('products/shop/config/gone'))
  for (const line of ['check', 'env --merge shop', 'env --merge shop --dev'])
    expect((await product(line, workspace)).stderr).not.toContain('[skipped-file]')
  expect((await feature('lint', workspace)).stderr).toBe('')
})
