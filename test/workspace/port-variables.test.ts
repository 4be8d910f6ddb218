// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** `portVariables:` in each of its three places, from the outside. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace } from '../support/workspace.js'

/** A feature `web` that publishes APP_PORT, and whose ADMIN_PORT is also a port inside its container. */
const WEB: Files = {
  'features/web/.env.example': 'APP_PORT=8080\nADMIN_PORT=9000\nWORKERS=4\n',
  'features/web/compose.yaml':
    'services:\n  web:\n    image: web\n    ports: ["${APP_PORT}:80", "${ADMIN_PORT}:${ADMIN_PORT}"]\n    environment: { WORKERS: "${WORKERS}" }\n',
  'products/shop/compose.yaml': 'include: [../../features/web/compose.yaml]\n',
}

/** What a merge writes: crc32("shop") % 1000 is 586. */
async function merged(files: Files): Promise<string[]> {
  const workspace = makeWorkspace({ ...WEB, ...files })
  const { exitCode, stderr } = await product('env --merge shop', workspace)
  if (exitCode !== 0) throw new Error(stderr)
  return (workspace.read('products/shop/.env') ?? '').split('\n').filter((line) => /^\w+=/.test(line))
}

const PLAIN = ['APP_PORT=8080', 'ADMIN_PORT=9000', 'WORKERS=4']
const APP = ['APP_PORT=8666', 'ADMIN_PORT=9000', 'WORKERS=4']
const BOTH = ['APP_PORT=8666', 'ADMIN_PORT=9586', 'WORKERS=4']

describe('a merge', () => {
  test.each<[string, Files, string[]]>([
    ['without a pattern', {}, PLAIN],
    ['workspace.yaml', { 'workspace.yaml': 'portVariables: [APP_PORT]\n' }, APP],
    ['product.yaml', { 'products/shop/product.yaml': 'portVariables: [APP_PORT]\n' }, APP],
    ['feature.yaml', { 'features/web/feature.yaml': 'portVariables: [APP_PORT]\n' }, APP],
    ['feature.yml', { 'features/web/feature.yml': 'portVariables: [APP_PORT]\n' }, APP],
    ['a pattern', { 'workspace.yaml': 'portVariables: ["*_PORT"]\n' }, BOTH],
    [
      'two places',
      {
        'workspace.yaml': 'portVariables: [APP_PORT]\n',
        'features/web/feature.yaml': 'portVariables: [ADMIN_PORT]\n',
      },
      BOTH,
    ],
    ['published in workspace.yaml', { 'workspace.yaml': 'portVariables: [published]\n' }, APP],
    ['published in product.yaml', { 'products/shop/product.yaml': 'portVariables: [published]\n' }, APP],
    ['published in feature.yaml', { 'features/web/feature.yaml': 'portVariables: [published]\n' }, APP],
  ])('%s', async (_, files, expected) => {
    expect(await merged(files)).toEqual(expected)
  })

  test("a feature's patterns are for its own variables", async () => {
    const files = {
      'features/mail/feature.yaml': 'portVariables: ["*_PORT"]\n',
      'features/mail/.env.example': 'SMTP_PORT=2500\n',
    }
    const settings = { 'products/shop/product.yaml': 'features: [web, mail]\n' }
    expect(await merged({ ...files, ...settings })).toEqual([...PLAIN, 'SMTP_PORT=3086'])
  })

  test.each([
    ['portVariables: APP_PORT', 'portVariables must be a list'],
    ['portVariables: ["A B"]', 'portVariables[0] is not valid'],
    ['portVariables: ["*"]', 'portVariables[0] is not valid'],
    ['ports: {}', 'Unknown key "ports"'],
  ])('a feature.yaml with %s stops it', async (text, message) => {
    const workspace = makeWorkspace({ ...WEB, 'features/web/feature.yaml': `${text}\n` })
    const { exitCode, stderr } = await product('env --merge shop', workspace)
    expect([exitCode, workspace.read('products/shop/.env')]).toEqual([1, null])
    expect(stderr).toContain(`features/web/feature.yaml:1:`)
    expect(stderr).toContain(message)
  })

  test('changes nothing the second time', async () => {
    const workspace = makeWorkspace({ ...WEB, 'workspace.yaml': 'portVariables: [published]\n' })
    await product('env --merge shop', workspace)
    const before = workspace.all()
    expect(await product('env --merge shop --check', workspace)).toMatchObject({ exitCode: 0 })
    expect(workspace.all()).toEqual(before)
  })

  test('does not move the ports of a Compose project', async () => {
    const { root, ...project } = makeWorkspace()
    const folder = { root: `${root}/project`, ...project }
    project.write({
      'project/product.yaml': 'portVariables: [APP_PORT, published]\n',
      'project/compose.yaml': 'services: { web: { image: web, ports: ["${APP_PORT}:80"] } }\n',
      'project/.env.example': 'APP_PORT=8080\n',
    })
    expect(await product(`-C ${folder.root} env --merge`, folder)).toMatchObject({ exitCode: 0 })
    expect(project.read('project/.env')).toContain('APP_PORT=8080\n')
  })
})

describe('published leaves a variable alone that is used', () => {
  const service = (more: string) => ({
    'products/shop/compose.yaml': `include: [../../features/web/compose.yaml]\nservices: { api: { image: api, ${more} } }\n`,
  })
  const WORD = { 'workspace.yaml': 'portVariables: [published]\n' }

  test.each<[string, Files]>([
    ['in the environment', service('environment: { PORT: "${APP_PORT}" }')],
    ['in a default', service('command: "--port=${PORT:-${APP_PORT}}"')],
    ['as an address', service('ports: ["${APP_PORT}:8080:80"]')],
    ['as a container port', service('ports: ["8001:${APP_PORT}"]')],
    ['in a long container port', service('ports: [{ target: "${APP_PORT}", published: "8001" }]')],
    ['by a service that reads the product env', service('env_file: .env')],
    ['in the product env', { 'products/shop/.env': 'API=http://web:${APP_PORT}\n' }],
    [
      'in a template',
      {
        'features/api/.env.example': 'API=http://web:${APP_PORT}\n',
        'products/shop/product.yaml': 'features: [web, api]\n',
      },
    ],
  ])('%s', async (_, files) => {
    expect(await merged({ ...WORD, ...files })).toContain('APP_PORT=8080')
  })

  test.each<[string, Files]>([
    ['published twice', service('ports: ["${APP_PORT}:81/udp"]')],
    [
      'published with a default',
      service('ports: [{ target: 81, published: "${APP_PORT:-1}", protocol: udp }]'),
    ],
    [
      'part of a URL of the host',
      { 'products/shop/.env': "API=http://localhost:${APP_PORT}/\nB='$APP_PORT'\n" },
    ],
  ])('but not one that is %s', async (_, files) => {
    expect(await merged({ ...WORD, ...files })).toContain('APP_PORT=8666')
  })
})

describe('with a pattern', () => {
  const PATTERN = { 'workspace.yaml': 'portVariables: [APP_PORT]\n' }

  test('an instance moves the port', async () => {
    const workspace = makeWorkspace({ ...WEB, ...PATTERN })
    await product('env --merge shop --instance blue', workspace)
    const overlay = workspace.read('products/shop/.env.blue') ?? ''
    expect(overlay).toMatch(/^# Base port of web: 8080 \+ 420\nAPP_PORT=8500$/m)
    expect(overlay).not.toContain('ADMIN_PORT')
    expect(overlay).not.toContain('APP_PORT=8666')
  })

  test('product ports shows the port as adjusted, and check finds the next collision', async () => {
    const workspace = makeWorkspace({
      ...WEB,
      ...PATTERN,
      'features/web/compose.yaml': 'services: { web: { image: web, ports: ["${APP_PORT}:80"] } }\n',
      'products/blog/product.yaml': 'offset: 586\n',
      'products/blog/compose.yaml': 'include: [../../features/web/compose.yaml]\n',
    })
    await product('env --merge --all', workspace)
    const { stdout } = await product('ports --json', workspace)
    const ports = JSON.parse(stdout).ports.filter(
      ({ variable }: { variable: string }) => variable === 'APP_PORT',
    )
    expect(ports).toMatchObject([
      { product: 'blog', from: 8666, base: { from: 8080 }, outcome: 'adjusted' },
      { product: 'shop', from: 8666, base: { from: 8080 }, outcome: 'adjusted' },
    ])
    const merge = await product('env --merge shop', workspace)
    expect(merge.stderr).toContain('Port 8666 (APP_PORT) is also used by blog')
    await product('check --fix', workspace)
    await product('env --merge --refresh shop', workspace)
    expect(await product('check', workspace)).toMatchObject({ exitCode: 0 })
  })

  test('the number is shown, and no other value', async () => {
    const workspace = makeWorkspace({
      ...WEB,
      ...PATTERN,
      'products/shop/.env': 'APP_PORT=8123\nPIN=4711\n',
    })
    for (const line of ['env shop', 'env --merge shop --json', 'env --merge shop --diff']) {
      const { stdout } = await product(line, workspace)
      expect(stdout).not.toContain('4711')
    }
    expect((await product('env shop', workspace)).stdout).toContain('8123')
    expect((await product('env --merge shop', workspace)).stdout).toContain('kept 8123, web gives 8666')
  })
})
