/** What a hostile or careless file must not bring about: a printed secret, a steered terminal, a steered Compose. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const ENV = 'products/shop/.env'

/** Every way to print something about a product. */
const MODES = [
  'env --merge --dry-run',
  'env --merge --dry-run --json',
  'env --merge --diff',
  'env --merge --check',
  'env --merge --refresh --prune --dry-run',
  'env --merge --refresh --prune --diff',
  'env --merge --refresh --prune --dry-run --json',
  'env --merge --all --dry-run --json',
  'env',
  'env --json',
  'env --generate',
  'env --generate --json',
  'env --merge',
  'env',
  'env --json',
  'env --merge --diff',
  'env --merge --json',
  'env --merge --refresh --diff',
  'env --merge --refresh --json',
  'list --json',
  'ports',
  'ports --json',
]

describe('a secret of the product', () => {
  const SECRET = 'hunter2'
  const REDIS: Files = {
    'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nREDIS_URL=redis\nTOKEN=change-me\n',
  }

  test("is not printed where npm dotenv takes it for the end of a feature's value", async () => {
    const workspace = makeWorkspace({ 'features/a/.env.example': "A='C:\\\\'\n", 'products/shop/': '' })
    await product('env --merge', workspace)
    workspace.write({ [ENV]: `${workspace.read(ENV)}P=${SECRET}\nQ=z'\n` })
    const { stdout } = await product('env', workspace)
    expect(stdout).toContain('npm dotenv reads another value')
    expect(stdout).not.toContain(SECRET)
  })

  test('is printed with --reveal', async () => {
    const workspace = makeWorkspace({ ...REDIS, [ENV]: `TOKEN=${SECRET}\n` })
    for (const mode of ['env', 'env --json', 'env --merge --json', 'env --merge --refresh --diff']) {
      workspace.write({ [ENV]: `TOKEN=${SECRET}\n` })
      expect((await product(`${mode} --reveal`, workspace)).stdout).toContain(SECRET)
    }
  })

  test("is none of a feature's own words, and no port", async () => {
    const workspace = makeWorkspace({
      ...REDIS,
      'features/a/.env.example': 'A_URL=http://localhost:${REDIS_HOST_PORT}/x\n',
      [ENV]: 'REDIS_HOST_PORT=7000\n',
    })
    await product('env --merge', workspace)
    expect((await product('env', workspace)).stdout).toContain('http://localhost:7000/x')
    expect((await product('env --merge --json', workspace)).stdout).toContain('http://localhost:7000/x')
  })
})

describe('an escape sequence does not reach the output', () => {
  const EVIL = '\x1b]0;owned\x07\x1b[31m\x9b2J\u202egpj.exe\u200b\x7f\b'
  const FORBIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e]/

  const WAYS: readonly (readonly [name: string, files: Files])[] = [
    ['from a value of a template', { 'features/a/.env.example': `A=${EVIL}\nB_HOST_PORT=${EVIL}\n` }],
    ['from a comment of a template', { 'features/a/.env.example': `# ${EVIL}\nA=1 # ${EVIL}\n` }],
    ['from the product env', { [ENV]: `A=${EVIL}\n#${EVIL}\nB_HOST_PORT=${EVIL}\n` }],
    ['from a name that Compose refuses', { 'features/a/.env.example': `A${EVIL}=1\n` }],
    ['from a quote that is never closed', { 'features/a/.env.example': `A="${EVIL}\n` }],
    ['from a malformed reference', { 'features/a/.env.example': `A=\${${EVIL}\n` }],
    ['from a required variable', { 'features/a/.env.example': `A=\${X:?${EVIL}}\n` }],
    ['from a section mark', { [ENV]: `# >>> ${EVIL} (${EVIL})\nA=1\n# <<< b${EVIL} 00000000\n` }],
    [
      'from a key of product.yaml',
      { 'products/shop/product.yaml': `"${EVIL.replace(/[\x00-\x1f]/g, '')}\\e[31m": 1\n` },
    ],
    ['from a name in product.yaml', { 'products/shop/product.yaml': 'features: ["\\e[31m\\u202e"]\n' }],
    ['from product.yaml itself', { 'products/shop/product.yaml': `features: [${EVIL}\n` }],
    [
      'from a Compose file',
      { 'products/shop/compose.yaml': `include: ["../../features/x${EVIL}/c.yaml"]\n` },
    ],
    [
      'from an include',
      { 'products/shop/compose.yaml': 'include: ["../../features/\\e[31m\\u009b/c.yaml"]\n' },
    ],
    [
      'from the name of a folder',
      { [`features/a${EVIL}/.env.example`]: 'A=1\n', [`products/${EVIL}/.env`]: 'B=1\n' },
    ],
  ]

  test.each(WAYS)('%s', async (_, files) => {
    const workspace = makeWorkspace({ 'products/shop/': '', 'features/c/.env.example': 'C=1\n', ...files })
    const printed: string[] = []
    for (const mode of MODES) {
      for (const reveal of ['', ' --reveal']) {
        const { stdout, stderr } = await product(mode + reveal, workspace)
        printed.push(stdout + stderr)
      }
    }
    for (const text of printed) expect(text.replaceAll('\r\n', '\n')).not.toMatch(FORBIDDEN)
  })
})

describe('a reserved variable', () => {
  const from = (template: string, settings = ''): TestWorkspace =>
    makeWorkspace({
      'features/a/.env.example': template,
      'products/shop/product.yaml': settings,
    })

  test.each([
    'COMPOSE_FILE',
    'COMPOSE_PROJECT_NAME',
    'COMPOSE_DISABLE_ENV_FILE',
    'DOCKER_HOST',
    'http_proxy',
    'SSL_CERT_FILE',
    'PATH',
    'Path',
    'LD_PRELOAD',
    'GIT_SSH_COMMAND',
    'compose_file',
  ])('(%s) may not be set by a feature, and nothing is written', async (name) => {
    const workspace = from(`A=1\n${name}=x\n`)
    const { exitCode, stderr } = await product('env --merge', workspace)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^features\/a\/\.env\.example:2: error: \w+ .*, so a feature may not set it \[reserved-variable\]\n/,
      ),
    ])
    expect(stderr).toContain(`add "allow: [${name}]" to product.yaml`)
    expect(workspace.read(ENV)).toBeNull()
  })

  test.each([
    'ENV',
    'USER',
    'DOCKER_LOGS',
    'DOCKER_ELK_HTTP_PORT',
    'NODE_OPTIONS',
    'LD_SDK_KEY',
    'GIT_COMMIT',
  ])('is not what an application calls %s', async (name) => {
    const workspace = from(`${name}=x\n`)
    expect(await product('env --merge', workspace)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(workspace.read(ENV)).toContain(`\n${name}=x\n`)
  })

  test('may be set where product.yaml allows it by name', async () => {
    const workspace = from('COMPOSE_PROFILES=x\n', 'allow: [COMPOSE_PROFILES]\n')
    expect((await product('env --merge', workspace)).exitCode).toBe(0)
    expect(workspace.read(ENV)).toContain('COMPOSE_PROFILES=x\n')
  })

  test.each(['allow: [COMPOSE_*]', 'allow: ["*"]', 'allow: [COMPOSE_FILE]', 'allow: [compose_profiles]'])(
    'may not be set with `%s`',
    async (settings) => {
      expect((await product('env --merge', from('COMPOSE_PROFILES=x\n', `${settings}\n`))).exitCode).toBe(1)
    },
  )

  test('may be set by the product itself', async () => {
    const workspace = from('COMPOSE_PROFILES=feature\n')
    workspace.write({ [ENV]: 'COMPOSE_PROFILES=mine\n' })
    expect((await product('env --merge', workspace)).exitCode).toBe(0)
  })

  test.each(['COMPOSER_HOME', 'MY_PATH', 'DOCKERFILE', 'USERS', 'LDAP_HOST'])(
    'is not every variable with a similar name (%s)',
    async (name) => {
      expect((await product('env --merge', from(`${name}=x\n`))).exitCode).toBe(0)
    },
  )
})
