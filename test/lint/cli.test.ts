// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what templates and Compose files look like
/** `feature lint` as its users run it. */
import { chmodSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { demoWorkspace, makeFolder, makeWorkspace } from '../support/workspace.js'

const LITERAL = 'services:\n  redis:\n    image: redis:7\n    ports:\n      - "6380:6379"\n'
const CLEAN = '# Memory\nREDIS_MEMORY=1mb\n'
const literal = () =>
  makeWorkspace({ 'features/redis/.env.example': CLEAN, 'features/redis/compose.yaml': LITERAL })
const warned = () => makeWorkspace({ 'features/redis/.env.example': 'A=1\nA=1\n' })

describe('feature lint', () => {
  test('finds nothing in the demo workspace', async () => {
    expect(await feature('lint --strict', demoWorkspace())).toMatchObject({
      exitCode: 0,
      stdout: '  linted     4 features: 0 errors, 0 warnings\n',
      stderr: '',
    })
  })

  test('says where, what, which rule and what to do', async () => {
    const { exitCode, stdout, stderr } = await feature('lint', literal())
    expect(stdout).toBe(
      'features/redis/compose.yaml:5:10: error: Service redis publishes the fixed host port 6380, which a merge cannot shift [literal-port]\n' +
        '  Replace it with ${REDIS_HOST_PORT} and set REDIS_HOST_PORT=6380 in features/redis/.env.example.\n' +
        '\n' +
        '  linted     1 feature: 1 error, 0 warnings; --fix resolves 1 of them\n',
    )
    expect(stderr).toBe('')
    expect(exitCode).toBe(1)
  })

  test('proposes no variable that the merge would refuse', async () => {
    const ports = (name: string, port: string) =>
      `services:\n  ${name}:\n    image: x:1\n    ports:\n      - "${port}"\n`
    const workspace = makeWorkspace({
      'features/a/.env.example': '# Key\nKEY=1\n# Where\nHOST=a\n',
      'features/compose/.env.example': '# Key\nKEY=2\n',
      'features/compose/compose.yaml': ports('compose', '6380:1'),
      'features/docker/.env.example': '# Where\nHOST=b\n',
      'features/docker/compose.yaml': ports('elk', '9200:9200'),
      'features/git/.env.example': '',
      'features/git/compose.yaml': ports('ssl-proxy', '8443:1'),
      'features/old/.env.example': '# Port\nCOMPOSE_WEB_PORT=8080\n',
      'features/old/compose.yaml': ports('web', '${COMPOSE_WEB_PORT}:80'),
      'features/web/.env.example': '',
      'features/web/compose.yaml': ports('site', '${COMPOSE_SITE_HOST_PORT:-8081}:80'),
      'products/shop/product.yaml': 'features: [compose, docker, git, web]\n',
    })
    const { stdout } = await feature('lint', workspace)
    const advice = stdout.split('\n').filter((line) => line.startsWith('  ') && !line.includes('linted'))
    const proposed = advice.flatMap(
      (line) => line.replace(/: a merge refuses .*/, '').match(/[A-Z]\w+_[A-Z_]+/g) ?? [],
    )
    expect([...new Set(proposed)].sort()).toEqual([
      'DOCKER_ELK_HOST_PORT',
      'FEATURE_COMPOSE_HOST_PORT',
      'FEATURE_COMPOSE_KEY',
      'FEATURE_COMPOSE_SITE_HOST_PORT',
      'FEATURE_COMPOSE_WEB_HOST_PORT',
      'FEATURE_DOCKER_HOST',
      'FEATURE_GIT_SSL_PROXY_HOST_PORT',
    ])
    await feature('lint --fix', workspace)
    const { stderr } = await product('env --merge shop', workspace)
    expect(stderr).not.toContain('reserved-variable')
    expect(workspace.read('products/shop/.env')).toContain('DOCKER_ELK_HOST_PORT=')
  })

  test('ends with 0 on warnings, and with 1 if it is strict', async () => {
    expect((await feature('lint', warned())).exitCode).toBe(0)
    expect((await feature('lint --strict', warned())).exitCode).toBe(1)
  })

  test('looks at those that are named, and compares them with all', async () => {
    const workspace = makeWorkspace({
      'features/a/.env.example': '# p\nA_HOST_PORT=8000\n',
      'features/b/.env.example': '# p\nB_HOST_PORT=8000\n',
      'features/c/.env.example': 'A=1\nA=2\n',
    })
    const { stdout } = await feature('lint b', workspace)
    expect(stdout.match(/^\S+: warning: .*(?=\[)|\[\S+\]$/gm)?.at(-1)).toBe('[base-port-taken]')
    expect(stdout.match(/^\S+: (?=warning)/gm)).toEqual(['features/b/.env.example:2: '])
    expect(stdout).toContain('linted     1 feature')
  })

  test('does not know a feature that is not there', async () => {
    const { exitCode, stderr } = await feature('lint rediss', literal())
    expect(stderr).toBe('error: Feature rediss does not exist [no-feature]\n  Did you mean redis?\n')
    expect(exitCode).toBe(1)
    expect((await feature('lint ../redis', literal())).stderr).toContain('[bad-name]')
  })

  test('wants a workspace, and options that it knows', async () => {
    expect((await feature('lint', makeFolder())).exitCode).toBe(1)
    expect((await feature('lint --format xml', literal())).exitCode).toBe(2)
    expect((await feature('lint --dry-run', literal())).exitCode).toBe(2)
  })

  test('reads the template of an environment, too, and says once what is in the Compose file', async () => {
    const workspace = literal()
    workspace.write({ 'features/redis/.env.prod.example': 'REDIS_MEMORY=1\nREDIS_MEMORY=2\n' })
    const { stdout } = await feature('lint', workspace)
    const places = stdout.match(/^\S+(?=: (?:error|warning): )/gm)
    expect(places).toEqual(['features/redis/.env.prod.example:2', 'features/redis/compose.yaml:5:10'])
  })

  test('goes on where a file cannot be read', async () => {
    const workspace = literal()
    workspace.write({ 'features/mail/.env.example/': '' })
    const { exitCode, stdout, stderr } = await feature('lint', workspace)
    expect(stderr.match(/unreadable-file/g)).toHaveLength(1)
    expect(stdout).toContain('[literal-port]')
    expect(exitCode).toBe(1)
  })

  test('escapes what a file says', async () => {
    const workspace = makeWorkspace({ 'features/redis/.env.example': 'A=\x1b[31m#x\n' })
    expect((await feature('lint', workspace)).stdout).not.toContain('\x1b')
  })
})

describe('feature lint --format', () => {
  test('json prints one document', async () => {
    const { stdout } = await feature('lint --format json', literal())
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      ok: false,
      features: 1,
      findings: [{ code: 'literal-port', severity: 'error', line: 5, column: 10, fixable: true }],
      changes: [],
      problems: [],
    })
    expect(JSON.parse((await feature('lint --format json', warned())).stdout)).toMatchObject({ ok: true })
  })

  test('json and github say on stdout too that there is nothing to lint', async () => {
    const folder = makeFolder()
    const { exitCode, stdout } = await feature('lint --format json', folder)
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      ok: false,
      features: 0,
      findings: [],
      changes: [],
      problems: [{ code: 'no-workspace' }],
    })
    expect(exitCode).toBe(1)
    expect((await feature('lint --format github', folder)).stdout).toMatch(/^::error.*\n$/)
    expect(JSON.parse((await feature('lint --format json rediss', literal())).stdout)).toMatchObject({
      ok: false,
      problems: [{ code: 'no-feature' }],
    })
    expect((await feature('lint --format github rediss', literal())).stdout).toMatch(/^::error/)
  })

  test('marks as fixable only what --fix resolves, before and after it', async () => {
    const workspace = makeWorkspace({
      'features/other/.env.example': '# p\nOTHER_HOST_PORT=8081\n',
      // The number is taken, and whether the URL has to follow to another one is not known.
      'features/web/.env.example': '# Where\nURL=http://localhost:8081\n',
      'features/web/compose.yaml':
        'services: {web: {image: x, ports: ["8081:8081"], environment: {URL: $URL}}}\n',
      // Of a range no URL can take a part, nor can one hold an address.
      'features/mail/.env.example': '# p\nR_HOST_PORT=127.0.0.1:8025\n# Where\nR_URL=http://localhost:8025\n',
    })
    const before = workspace.all()
    for (const option of ['', ' --fix']) {
      const { findings } = JSON.parse((await feature(`lint --format json${option}`, workspace)).stdout)
      expect(findings).toMatchObject([
        { code: 'url-base-port', fixable: false },
        { code: 'literal-port', fixable: false },
      ])
      expect((await feature(`lint${option}`, workspace)).stdout).not.toContain('resolves')
    }
    expect(workspace.all()).toEqual(before)
  })

  test('github prints annotations', async () => {
    const { stdout, exitCode } = await feature('lint --format github', literal())
    expect(stdout).toMatch(
      /^::error file=features\/redis\/compose\.yaml,line=5,col=10::Service redis .* \[literal-port\]%0AReplace .*\n$/,
    )
    expect(exitCode).toBe(1)
  })
})

describe('feature lint --fix', () => {
  test('writes, says what, and finds nothing afterwards', async () => {
    const workspace = literal()
    const { exitCode, stdout } = await feature('lint --fix', workspace)
    expect(stdout).toBe(
      '  fixed      features/redis/.env.example: literal-port\n' +
        '  fixed      features/redis/compose.yaml: literal-port\n' +
        '\n' +
        '  linted     1 feature: 0 errors, 0 warnings\n',
    )
    expect(exitCode).toBe(0)
    const files = workspace.all()
    expect((await feature('lint --strict', workspace)).exitCode).toBe(0)
    expect((await feature('lint --fix', workspace)).stdout).toContain('fixed      nothing')
    expect(workspace.all()).toEqual(files)
  })

  test('with --dry-run shows the diff and writes nothing', async () => {
    const workspace = literal()
    const before = workspace.all()
    const { stdout } = await feature('lint --fix --dry-run', workspace)
    expect(stdout).toContain('--- a/features/redis/compose.yaml\n+++ b/features/redis/compose.yaml\n')
    expect(stdout).toContain('\n-      - "6380:6379"\n+      - "${REDIS_HOST_PORT}:6379"\n')
    expect(stdout).toContain('\n+REDIS_HOST_PORT=6380\n')
    expect(stdout).toContain('  would fix  features/redis/compose.yaml: literal-port\n')
    expect(stdout).toMatch(/ {2}linted {5}1 feature; would be left: 0 errors, 0 warnings\n$/)
    expect(workspace.all()).toEqual(before)
  })

  test('makes new templates readable for all, and does not give two features one name', async () => {
    const workspace = makeWorkspace({
      'features/a/compose.yaml': LITERAL,
      'features/a_redis/compose.yaml': LITERAL,
    })
    expect((await feature('lint --fix --strict', workspace)).exitCode).toBe(0)
    expect(workspace.read('features/a/.env.example')).toContain('\nA_REDIS_HOST_PORT=6380\n')
    expect(workspace.read('features/a_redis/.env.example')).toContain('\nA_REDIS_REDIS_HOST_PORT=6381\n')
  })

  test('writes nothing at all where one file cannot be written', async () => {
    const workspace = literal()
    workspace.write({ 'features/a/compose.yaml': LITERAL })
    chmodSync(workspace.path('features/redis/compose.yaml'), 0o400)
    const before = workspace.all()
    const { exitCode, stdout, stderr } = await feature('lint --fix', workspace)
    expect(stderr).toContain('features/redis/compose.yaml: error: ')
    expect(stdout).not.toMatch(/fixed +features/)
    expect(stdout).toContain('  fixed      nothing\n')
    expect(stdout).toContain('2 features: 2 errors')
    expect(exitCode).toBe(1)
    expect(workspace.all()).toEqual(before)
    const json = JSON.parse((await feature('lint --fix --format json', workspace)).stdout)
    expect(json).toMatchObject({ ok: false, changes: [], problems: [{ code: 'cannot-write' }] })
  })

  test('says so where it cannot write, and what is still wrong', async () => {
    const workspace = literal()
    chmodSync(workspace.path('features/redis/.env.example'), 0o444)
    const { exitCode, stdout, stderr } = await feature('lint --fix', workspace)
    expect(stderr).toContain('[cannot-write]')
    expect(stdout).toContain('[literal-port]')
    expect(exitCode).toBe(1)
    expect(workspace.read('features/redis/compose.yaml')).toBe(LITERAL)
  })
})
