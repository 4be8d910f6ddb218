/** SPLENT workspaces: every form of reference and value. The expected values follow by hand from SPLENT's rules. */
import { describe, expect, test } from 'vitest'
import { decode, encode } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { readEnv } from '../../src/env/read.js'
import { feature, product } from '../support/cli.js'
import { type Files, makeFolder, type TestWorkspace } from '../support/workspace.js'

const CACHE = '.splent_cache/features'
const compose = (service: string, port: string) =>
  `services:\n  ${service}:\n    image: ${service}:1\n    ports: ["${port}"]\n`

/** crc32("shop_app") % 1000 = 505, crc32("blog_app") % 1000 = 181 */
const FILES: Files = {
  'shop_app/pyproject.toml': `[project]
name = "shop_app"

[tool.splent]
cli_version = "1.22.2"
features = [
    "splent_io/splent_feature_redis@v1.5.7",
    "splent-io/splent_feature_auth",
    "splent_feature_mail@v2.0.0", # with its environments
    "my-org/splent_feature_search@v1",
    "plain",
    "features/splent_io/splent_feature_old",
]
features_dev = ["splent_feature_mailhog", "splent_feature_auth"]
features_prod = ["splent_feature_nginx@v1.2.0"]

[tool.splent.config]
AUTH_LOGIN = false
# What the visitor reads.
TITLE = "Quiénes #1"
LOCALES = ["es", "en"]
RATE = 1.0
STATED = "from the product's config"
ODD_HOST_PORT = 7000
`,
  'shop_app/docker/.env.dev.example':
    '# By hand\nSPLENT_APP=shop_app\nSTATED="from the env"\nDB=__PRODUCT___db\n',
  'shop_app/docker/.env.example': 'SPLENT_APP=shop_app\nSTATED=everywhere\n',
  'shop_app/docker/docker-compose.dev.yml': compose('shop_web', '5800:5000'),
  'shop_app/docker/docker-compose.prod.yml': compose('shop_web_deploy', '5900:5000'),

  'blog_app/pyproject.toml':
    '[project.optional-dependencies]\nfeatures = ["splent_feature_redis@v1.6.0", "splent_feature_auth"]\n',
  'blog_app/docker/.env.example': 'REDIS_URL=redis://mine\n',
  'blog_app/docker/docker-compose.yml': compose('blog_web', '5801:5000'),

  [`${CACHE}/splent_io/splent_feature_redis@v1.5.7/docker/.env.example`]:
    'REDIS_HOST_PORT=6380\nREDIS_URL=redis://splent_feature_redis:6379\n',
  [`${CACHE}/splent_io/splent_feature_redis@v1.5.7/docker/docker-compose.yml`]: compose(
    'splent_feature_redis',
    '${REDIS_HOST_PORT}:6379',
  ),
  [`${CACHE}/splent_io/splent_feature_redis@v1.6.0/docker/.env.example`]:
    'REDIS_HOST_PORT=6390\nREDIS_URL=redis://splent_feature_redis:6379\n',
  'splent_feature_auth/pyproject.toml':
    '[tool.splent]\ncli_version = "1"\n\n[tool.splent.config]\nAUTH_LOGIN = true\nAUTH_LAYOUT = ""\nLIMIT = 5\nSTATED = "auth"\n',
  [`${CACHE}/splent_io/splent_feature_mail@v2.0.0/docker/.env.dev.example`]:
    'MAIL_HOST_PORT=2500\nMAIL=dev\n',
  [`${CACHE}/splent_io/splent_feature_mail@v2.0.0/docker/.env.prod.example`]:
    'MAIL_HOST_PORT=25\nMAIL=prod\n',
  [`${CACHE}/splent_io/splent_feature_mail@v2.0.0/docker/.env.example`]: 'MAIL=never\n',
  [`${CACHE}/my_org/splent_feature_search@v1/docker/.env.example`]:
    'SEARCH_PORT_ONE=9200\nSEARCH_NAME=__PRODUCT___search\nLIMIT=1\n',
  [`${CACHE}/my_org/splent_feature_search@v1/pyproject.toml`]:
    '[tool.splent.config]\nLIMIT = 9\nADMIN_HOST_PORT = 9300\n',
  'plain/docker/Dockerfile': 'FROM scratch\n',
  'splent_feature_old/docker/.env': 'OLD=1\n',
  'splent_feature_old/docker/.env.example': 'OLD=2\n',
  'splent_feature_mailhog/docker/.env.example': 'MAILHOG_PORT_TWO=8025\n',
  [`${CACHE}/splent_io/splent_feature_nginx@v1.2.0/docker/.env.example`]:
    'NGINX_HTTP_HOST_PORT=80\nNGINX_FEATURE_HOST_DIR=__FEATURE_HOST_DIR__\n',
  'splent_cli/pyproject.toml': '[project]\nname = "splent_cli"\n',
}

const SHARED = {
  ...{ SPLENT_APP: 'shop_app', SPLENT_NETWORK: 'shop_app_network', AUTH_LOGIN: 'false', AUTH_LAYOUT: '' },
  ...{ TITLE: 'Quiénes #1', LOCALES: 'es,en', RATE: '1.0', ODD_HOST_PORT: '7000' },
  ...{ ADMIN_HOST_PORT: '9805', REDIS_HOST_PORT: '6885', REDIS_URL: 'redis://splent_feature_redis:6379' },
  ...{ SEARCH_PORT_ONE: '9705', SEARCH_NAME: 'shop_app_search', OLD: '1' },
}

const CASES: readonly [string, string, (root: string) => Readonly<Record<string, string>>][] = [
  [
    'shop_app --dev',
    'shop_app/docker/.env',
    () => ({
      ...SHARED,
      // splent_feature_auth is listed again in features_dev, so that its configuration is the last.
      ...{ STATED: 'from the env', DB: 'shop_app_db', SPLENT_ENV: 'dev', LIMIT: '5' },
      ...{ MAIL_HOST_PORT: '3005', MAIL: 'dev', MAILHOG_PORT_TWO: '8530' },
    }),
  ],
  [
    'shop_app --prod',
    'shop_app/docker/.env.deploy',
    (root) => ({
      ...SHARED,
      ...{ STATED: 'everywhere', SPLENT_ENV: 'prod', LIMIT: '9', MAIL_HOST_PORT: '530', MAIL: 'prod' },
      NGINX_HTTP_HOST_PORT: '585',
      NGINX_FEATURE_HOST_DIR: `${root}/${CACHE}/splent_io/splent_feature_nginx@v1.2.0`,
    }),
  ],
  [
    'blog_app --dev',
    'blog_app/docker/.env',
    () => ({
      ...{ SPLENT_ENV: 'dev', SPLENT_NETWORK: 'blog_app_network', REDIS_URL: 'redis://mine' },
      ...{ REDIS_HOST_PORT: '6571', AUTH_LOGIN: 'true', AUTH_LAYOUT: '', LIMIT: '5', STATED: 'auth' },
    }),
  ],
]

function splent(files: Files = {}): TestWorkspace {
  const folder = makeFolder()
  folder.write({ ...FILES, ...files })
  return folder
}

function valuesIn(folder: TestWorkspace, file: string): Record<string, string> {
  const { values } = readEnv(parseEnv(encode(folder.read(file) ?? '')))
  return Object.fromEntries([...values].map(([key, value]) => [key, decode(value)]))
}

describe('a merge', () => {
  test.each(CASES)('%s has SPLENT’s variables, ports and values', async (line, file, expected) => {
    const folder = splent()
    const before = folder.all()
    const merged = await product(`env --merge ${line}`, folder.root)
    expect([merged.exitCode, merged.stderr]).toEqual([0, ''])
    expect(valuesIn(folder, file)).toEqual(expected(folder.root))
    const text = folder.read(file) as string
    expect(folder.all()).toEqual({ ...before, [file]: text })

    const again = await product(`env --merge ${line}`, folder.root)
    expect(again.stdout).toContain('nothing to do')
    expect(folder.read(file)).toBe(text)
  })

  test('keeps what the product env says, and adds what its template has gained', async () => {
    const folder = splent({ 'shop_app/docker/.env': '# Mine\nAUTH_LOGIN=maybe\nSPLENT_NETWORK=shared\n' })
    await product('env --merge --dev', folder.path('shop_app/src/..'))
    expect(folder.read('shop_app/docker/.env')).toMatch(/^# Mine\nAUTH_LOGIN=maybe\nSPLENT_NETWORK=shared\n/)
    expect(valuesIn(folder, 'shop_app/docker/.env')).toMatchObject({
      ...{ AUTH_LOGIN: 'maybe', SPLENT_NETWORK: 'shared', STATED: 'from the env', DB: 'shop_app_db' },
    })
  })

  test('takes the comments of the configuration along, and names where each value comes from', async () => {
    const folder = splent()
    const { stdout } = await product('env --merge shop_app --json', folder.root)
    expect(folder.read('shop_app/docker/.env')).toContain(
      "# >>> @shop_app (shop_app/pyproject.toml)\nAUTH_LOGIN=false\n# What the visitor reads.\nTITLE='Quiénes #1'\n",
    )
    const { entries } = JSON.parse(stdout).products[0]
    const title = entries.find(({ key }: { key: string }) => key === 'TITLE')
    expect(title).toMatchObject({ file: 'shop_app/pyproject.toml', line: 20 })
  })

  test('keeps the section of a pinned feature when its version changes', async () => {
    const folder = splent()
    await product('env --merge shop_app', folder.root)
    const toml = FILES['shop_app/pyproject.toml'] as string
    folder.write({ 'shop_app/pyproject.toml': toml.replace('v1.5.7', 'v1.6.0') })
    await product('env --merge shop_app --refresh', folder.root)
    expect(valuesIn(folder, 'shop_app/docker/.env')).toMatchObject({ REDIS_HOST_PORT: '6895' })
    expect(folder.read('shop_app/docker/.env')?.match(/# >>> splent_feature_redis /g)).toHaveLength(1)
  })

  test('reads SPLENT’s variables of the shell', async () => {
    const folder = splent()
    const env = { WORKING_DIR: folder.root, SPLENT_APP: 'shop_app', SPLENT_ENV: 'prod' }
    const host = { ...env, SPLENT_HOST_PROJECT_DIR: '/host/splent' }
    const { exitCode } = await product('env --merge', makeFolder().root, { env: host })
    expect(exitCode).toBe(0)
    expect(valuesIn(folder, 'shop_app/docker/.env.deploy')['NGINX_FEATURE_HOST_DIR']).toBe(
      `/host/splent/${CACHE}/splent_io/splent_feature_nginx@v1.2.0`,
    )
  })

  test('prunes the section of a configuration that is gone', async () => {
    const folder = splent()
    await product('env --merge blog_app', folder.root)
    folder.write({ 'splent_feature_auth/pyproject.toml': '[tool.splent]\ncli_version = "1"\n' })
    expect((await product('env --merge blog_app', folder.root)).stdout).toContain(
      'sections of @splent_feature_auth',
    )
    await product('env --merge blog_app --prune', folder.root)
    expect(folder.read('blog_app/docker/.env')).not.toContain('AUTH_LOGIN')
  })

  test('writes a configuration below the ports to which it refers', async () => {
    const toml = '[tool.splent.config]\nURL = "http://localhost:${REDIS_HOST_PORT}"\n'
    const folder = splent({ 'splent_feature_auth/pyproject.toml': toml })
    expect((await product('env --merge blog_app', folder.root)).stderr).toBe('')
    expect(valuesIn(folder, 'blog_app/docker/.env')['URL']).toBe('http://localhost:6571')
  })

  test('reports the values that SPLENT would write over', async () => {
    const folder = splent({ 'blog_app/docker/.env': 'SPLENT_ENV=prod\nDB=__PRODUCT___db\n' })
    const { stderr } = await product('env --merge blog_app', folder.root)
    expect(stderr.match(/^\S+ warning: .*/gm)).toEqual([
      'blog_app/docker/.env:1: warning: SPLENT_ENV is not dev, which SPLENT would set [env-differs]',
      'blog_app/docker/.env:2: warning: DB still contains __PRODUCT__, which SPLENT would replace [env-differs]',
    ])
    folder.write({ 'blog_app/docker/.env': 'SPLENT_ENV=dev\nDB=blog_app_db\n' })
    expect((await product('env --merge blog_app', folder.root)).stderr).toBe('')
  })

  test.each<[string, Files, string]>([
    [
      'a missing pinned feature',
      { 'blog_app/pyproject.toml': '[tool.splent]\nfeatures = [\n  "ns.io/redis@v9",\n]\n' },
      `blog_app/pyproject.toml:3: error: Product blog_app has a feature ns_io/redis@v9, but ${CACHE}/ns_io/redis@v9 does not exist`,
    ],
    [
      'a reference that is not one',
      { 'blog_app/pyproject.toml': '[tool.splent]\nfeatures = ["../../etc"]\n' },
      'blog_app/pyproject.toml:2: error: "../../etc" is not a feature [bad-settings]',
    ],
    [
      'two versions of a feature',
      { 'blog_app/pyproject.toml': '[tool.splent]\nfeatures = ["a@v1"]\nfeatures_dev = ["a@v2"]\n' },
      'blog_app/pyproject.toml:3: error: a@v2 is another version of a@v1, which the product has, too [bad-settings]',
    ],
    [
      'TOML that is not valid',
      { 'blog_app/pyproject.toml': '[tool.splent]\nfeatures = []\nx = \n' },
      'blog_app/pyproject.toml:3:5: error: The file is not valid TOML [bad-settings]',
    ],
    [
      'TOML of a feature that is not valid',
      { 'splent_feature_auth/pyproject.toml': '[tool.splent.config]\nA = "b\n' },
      'splent_feature_auth/pyproject.toml:2:',
    ],
    [
      'values that are not text',
      { 'splent_feature_auth/pyproject.toml': '[tool.splent.config]\nA = { b = 1 }\n' },
      'splent_feature_auth/pyproject.toml:2: warning: "A" is not added',
    ],
  ])('reports %s', async (_, files, expected) => {
    const { stderr } = await product('env --merge blog_app', splent(files).root)
    expect(stderr).toContain(expected)
  })

  test.each([
    ['true', 'true'],
    ['1_000', '1000'],
    ['1e3', '1000.0'],
    ['1e16', '1e+16'],
    ['0.00001', '1e-05'],
    ['-inf', '-inf'],
    ['"a $B c"', 'a  c'],
    ["'C:\\dir'", 'C:\\dir'],
    ['"two\\nlines"', 'two\nlines'],
    ['[1, true, "x"]', '1,True,x'],
    ['[]', ''],
  ])('writes %s as SPLENT does', async (value, expected) => {
    const folder = splent({ 'splent_feature_auth/pyproject.toml': `[tool.splent.config]\nA = ${value}\n` })
    await product('env --merge blog_app', folder.root)
    expect(valuesIn(folder, 'blog_app/docker/.env')['A']).toBe(expected)
  })
})

describe('other commands', () => {
  test('list and show the ports of products and of their features’ own stacks', async () => {
    const folder = splent()
    await product('env --merge --all', folder.root)
    const { stdout } = await product('ports --json', folder.root)
    const rows = JSON.parse(stdout).ports.map((row: Record<string, unknown>) => [
      ...[row['product'], row['feature'], row['variable'], row['service'], row['from']],
    ])
    expect(rows).toContainEqual([
      'shop_app',
      'splent_feature_redis',
      'REDIS_HOST_PORT',
      'splent_feature_redis',
      6885,
    ])
    expect(rows).toContainEqual(['shop_app', null, null, 'shop_web', 5800])
    expect(rows).toContainEqual(['blog_app', 'splent_feature_redis', 'REDIS_HOST_PORT', null, 6571])
  })

  test.each([
    ['', '-p shop_app_dev -f docker-compose.dev.yml'],
    ['prod', '-p shop_app_prod -f docker-compose.prod.yml --env-file .env.deploy'],
  ])('compose passes SPLENT’s project and files (SPLENT_ENV=%s)', async (SPLENT_ENV, options) => {
    const { stdout } = await product('compose --print shop_app up -d', splent().root, { env: { SPLENT_ENV } })
    expect(stdout).toMatch(new RegExp(`/shop_app/docker && docker compose ${options} up -d\n$`))
  })

  test('compose reads an instance with the env file of its environment', async () => {
    const folder = splent()
    const { stdout } = await product('env --merge blog_app --prod --instance blue', folder.root)
    expect(stdout).toContain('docker compose --env-file .env.deploy --env-file .env.blue up')
    const { stdout: line } = await product('compose --print blog_app@blue ps', folder.root, {
      env: { SPLENT_ENV: 'prod' },
    })
    expect(line).toContain('--env-file .env.deploy --env-file .env.blue ps')
  })

  test('feature list knows which products use a pinned version', async () => {
    const { stdout } = await feature('list --json', splent().root)
    const features = JSON.parse(stdout).features as { feature: string; products: string[] }[]
    const users = Object.fromEntries(features.map((each) => [each.feature, each.products]))
    expect(users).toMatchObject({
      'splent_feature_redis@v1.5.7': ['shop_app'],
      'splent_feature_redis@v1.6.0': ['blog_app'],
      splent_feature_auth: ['blog_app', 'shop_app'],
      plain: ['shop_app'],
    })
    expect(users).not.toHaveProperty('splent_cli')
  })

  test.each(['new cart', 'add shop_app redis', 'remove shop_app redis'])(
    '%s names SPLENT’s command',
    async (line) => {
      const { exitCode, stderr } = await product(line, splent().root)
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('splent feature:attach')])
    },
  )
})

describe('a SPLENT workspace', () => {
  test('is not made a workspace of another kind', async () => {
    const folder = splent()
    const { exitCode, stderr } = await product('init', folder.root)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${folder.root} is a workspace already`)])
    expect((await product('init', folder.path('shop_app/docker'))).stderr).toContain(
      'is inside the workspace',
    )
  })

  test('has no list of features in product.yaml', async () => {
    const folder = splent({ 'blog_app/product.yaml': 'offset: 7\nfeatures: [plain]\n' })
    const { stderr } = await product('env --merge blog_app', folder.root)
    expect(stderr).toContain(
      'blog_app/product.yaml:2: error: In a SPLENT workspace, pyproject.toml lists the features of a product [bad-settings]',
    )
  })

  test('suggests a pinned feature that is named without its version', async () => {
    const { stderr } = await feature('lint splent_feature_redis', splent().root)
    expect(stderr).toContain('Did you mean splent_feature_redis@v1.5.7?')
  })

  test('keeps pinned features as they are', async () => {
    const folder = splent()
    const before = folder.all()
    const fixable = `${CACHE}/splent_io/splent_feature_redis@v1.5.7/docker/docker-compose.yml`
    folder.write({ [fixable]: `${before[fixable]}    container_name: redis\n` })
    const written = folder.all()
    const { stdout } = await feature('lint --fix', folder.root)
    expect(stdout).toContain('Release a version that does this, and pin it: ')
    expect(folder.read(fixable)).toBe(written[fixable])
  })
})

/** What SPLENT's check:infra finds in a feature. */
describe('feature lint', () => {
  const service = (lines: string) => `services:\n  web:\n    image: web:1\n${lines}`
  test.each<[string, string, string, string]>([
    ['a literal port', service('    ports: ["9200:9200"]\n'), '', 'literal-port'],
    ['container_name', service('    container_name: web\n'), '', 'container-name'],
    ['a placeholder that stays', service('    container_name: __PRODUCT___web\n'), '', 'container-name'],
    [
      'a variable without the suffix',
      service('    ports: ["${WEB_PORT}:80"]\n'),
      'WEB_PORT=80\n',
      'port-not-shifted',
    ],
    ['a port without a default', service('    ports: ["${WEB_HOST_PORT}:80"]\n'), 'A=1\n', 'port-missing'],
    ['a port without a template', service('    ports: ["${WEB_HOST_PORT}:80"]\n'), '', 'port-missing'],
    ['a writable bind mount', service('    volumes: ["./data:/data"]\n'), '', 'shared-bind-mount'],
    ['a volume that is not declared', service('    volumes: ["data:/data"]\n'), '', 'undeclared-volume'],
    [
      'a network with one name',
      `${service('    networks: [n]\n')}networks:\n  n:\n    external: true\n`,
      '',
      'shared-resource',
    ],
  ])('finds %s', async (_, composeFile, template, code) => {
    const folder = splent({
      'splent_feature_web/docker/docker-compose.yml': composeFile,
      ...(template === '' ? {} : { 'splent_feature_web/docker/.env.example': template }),
    })
    const { stdout } = await feature('lint splent_feature_web', folder.root)
    expect(stdout).toContain(`[${code}]`)
  })

  test('compares no two versions of one feature', async () => {
    const redis = `${CACHE}/splent_io/splent_feature_redis`
    const template = FILES[`${redis}@v1.5.7/docker/.env.example`] as string
    const used = FILES[`${redis}@v1.5.7/docker/docker-compose.yml`] as string
    const filesIn = (each: string) => ({
      [`${each}/docker/.env.example`]: template,
      [`${each}/docker/docker-compose.yml`]: used,
    })
    const folder = splent({ ...filesIn(`${redis}@v1.6.0`), ...filesIn('splent_feature_redis') })
    expect((await feature('lint', folder.root)).stdout).not.toContain('[base-port-taken]')
    folder.write(filesIn('plain'))
    expect((await feature('lint', folder.root)).stdout).toContain('[base-port-taken]')
  })

  test('knows the network of the product and the folder of a feature', async () => {
    const network = 'networks:\n  n:\n    external: true\n    name: ${SPLENT_NETWORK:-splent_network}\n'
    const mount = '    volumes: ["${WEB_DIR}/conf:/conf:ro"]\n    networks: [n]\n'
    const folder = splent({
      'splent_feature_web/docker/docker-compose.yml': `${service(mount)}${network}`,
      'splent_feature_web/docker/.env.example':
        '# The folder of this feature\nWEB_DIR=__FEATURE_HOST_DIR__\n',
    })
    const { stdout } = await feature('lint splent_feature_web', folder.root)
    expect(stdout).not.toMatch(/\[(?:undeclared-volume|shared-resource)\]/)
  })
})
