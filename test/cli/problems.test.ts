/** Errors for people: what is wrong, where, and what to do next. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace } from '../support/workspace.js'

const FEATURES = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  'features/mail/.env.example': 'M=1\n',
}
const SETTINGS = 'products/shop/product.yaml'

async function merge(files: Files) {
  const workspace = makeWorkspace({ ...FEATURES, 'products/shop/': '', ...files })
  const ran = await product('env --merge shop', workspace)
  return { ...ran, written: workspace.read('products/shop/.env') !== null }
}

describe('a bad product.yaml', () => {
  const keys = 'The keys are: features, allow, offset, isolate, ports, http, portVariables, instances.'
  const mapping = 'The file must be a mapping: lines of "key: value"'
  const lines = `Write "key: value" lines, with a space after the ":". ${keys}`
  const list = 'Write it like this: features: [redis, mailhog]'
  const whole = 'offset must be a whole number from 0 to 65535'
  const number = 'Write it like this: offset: 250'
  const names = 'Names consist of letters, digits, ".", "_" and "-", and start with a letter or digit.'

  test.each([
    ['an unknown key', 'feature: [redis]\n', '1:1', 'Unknown key "feature"', 'Did you mean features?'],
    ['an unknown key further down', 'features: [redis]\n\nimage: 1\n', '3:1', 'Unknown key "image"', keys],
    [
      'an unknown key inside',
      'instances: { blue: { ofset: 3 } }\n',
      '1:22',
      'Unknown key "ofset" in instances.blue',
      'Did you mean offset?',
    ],
    ['a key twice', 'offset: 1\noffset: 2\n', '2:1', 'offset is set twice', 'Delete one of them.'],
    ['no space after a colon', 'offset:5\n', '1:1', mapping, lines],
    ['a text for a list', 'features: redis\n', '1:11', 'features must be a list', list],
    ['nothing for a list', 'features:\n', '1:10', 'features must be a list', list],
    ['a number for a name', 'features:\n  - redis\n  - 1\n', '3:5', 'features[1] must be text', list],
    ['an invalid name', 'features: [redis, a b]\n', '1:19', 'features[1] is not valid', names],
    ['a text for a number', 'offset: "5"\n', '1:9', whole, number],
    ['a fraction', 'offset: 1.5\n', '1:9', whole, number],
    ['a number below 0', 'offset: -1\n', '1:9', whole, number],
    ['a number over 65535', 'offset: 65536\n', '1:9', whole, number],
    ['a list', '- redis\n', '1:1', mapping, lines],
    ['a text', 'redis\n', '1:1', mapping, lines],
    ['a key that is a list', '? [a]\n: 1\n', '1:3', 'A key must be text', lines],
    ['a key that is empty', ': 1\n', '1:1', 'A key must be text', lines],
    ['a key called __proto__', '__proto__: {}\n', '1:1', 'Unknown key "__proto__"', keys],
    ['an alias without an anchor', 'features: [*nope]\n', '1:11', 'features[0] must be text', list],
    ['an anchor that refers to itself', 'features: &a [*a]\n', '1:14', 'features[0] must be text', list],
    ['a mapping that refers to itself', '&a {features: *a}\n', '1:4', 'features must be a list', list],
    ['a YAML bomb', `a: &a [x,x]\n${bomb()}features: *z\n`, '1:1', 'Unknown key "a"', keys],
    ['UTF-16', Buffer.from('\xff\xfe: 1\n', 'latin1'), '1:1', 'Unknown key "\ufffd\ufffd"', keys],
    ['NUL bytes', 'features: [redis\0]\n', '1:12', 'features[0] is not valid', names],
    [
      'an unknown scheme',
      'ports: { WEB_HOST_PORT: { scheme: md5 } }\n',
      '1:35',
      'ports.WEB_HOST_PORT.scheme must be crc32, sha1 or base32',
      'Write it like this: ports: { WEB_HOST_PORT: { scheme: crc32, base: 8080 } }',
    ],
  ])('with %s', async (_, text, place, message, next) => {
    expect(await refusal(text)).toEqual([`${place}: error: ${message}`, next])
  })

  test.each([
    ['features: [redis\noffset: 3\n', '1:11', 'the "[" on line 1 is never closed'],
    ['offset: 3\nfeatures: [redis', '2:11', 'the "[" on line 2 is never closed'],
    ['features: [\nredis]\n', '2:1', 'line 2 must be indented, as it continues the "[" on line 1'],
    ['instances: { blue: { offset: 3 }\n', '1:12', 'the "{" on line 1 is never closed'],
    ['features: [redis}\n', '1:17', 'the "}" on line 1 does not close the "[" on line 1'],
    ['features: [redis]]\n', '1:18', 'the "]" on line 1 closes nothing'],
    ['features: ["redis]\n', '1:12', `the '"' on line 1 is never closed`],
    ["allow: 'redis\nfeatures: [redis]\n", '1:8', `the "'" on line 1 is never closed`],
    ['features:\n\t- redis\n', '2:1', 'line 2 is indented with a tab; use spaces'],
    ['features:\n  - redis\n - mail\n', '3:1', 'line 3 is not indented like those around it'],
    ['features: [redis]\noffset:5\n', '2:1', 'line 2 is not "key: value", with a space after the ":"'],
    ['features: a: b\n', '1:11', 'line 1 has a second ":"; quote the value if the ":" belongs to it'],
    ['features: [@redis]\n', '1:12', 'the value that starts with "@" on line 1 must be quoted'],
    ['features:\n  - *\n', '2:5', 'the value that starts with "*" on line 2 must be quoted'],
    ['features: ["\\q"]\n', '1:13', 'line 1 has a "\\" that escapes nothing; use single quotes'],
    ['features: ["redis" mail]\n', '1:20', 'a "," or a space is missing on line 1'],
    ['features: [redis,, mail]\n', '1:18', 'line 1 has a "," too many'],
    ['features: - redis\n', '1:11', 'the "-" on line 1 must start a line of its own'],
    ['features: [redis] mail\n', '1:19', 'line 1 continues after the end of the value'],
    ['features: [redis]# mine\n', '1:18', 'a space is missing before the "#" on line 1'],
    ['features:\n<<<<<<< HEAD\n  - redis\n=======\n', '2:1', 'line 2 is a conflict marker of git'],
    ['offset: 1\n---\noffset: 2\n', '2:1', 'a second document starts here, but the file may have only one'],
    ['# [ "\nfeatures: &a &b [redis]\n', '2:14', 'line 2: A node can have at most one anchor'],
  ])('that is not YAML: %j', async (text, place, fault) => {
    expect(await refusal(text)).toEqual([
      `${place}: error: The file is not valid YAML`,
      `Fix the YAML: ${fault}.`,
    ])
  })

  test.each([
    ['opened lists', '['.repeat(20_000)],
    ['lists', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['mappings', '{a: '.repeat(5000) + '}'.repeat(5000)],
    ['items', `\n${'- '.repeat(20_000)}`],
    ['lines', Array.from({ length: 2000 }, (_, depth) => `\n${' '.repeat(depth + 1)}a:`).join('')],
  ])('with deeply nested %s', async (_, value) => {
    const [message, next] = await refusal(`features: ${value}\n`)
    expect(message).toMatch(/^\d+:\d+: error: The file is too large$/)
    expect(next).toBe('Fix the YAML: it is nested too deeply, or has too many items.')
  })

  test('may have brackets and quotes in its comments and texts', async () => {
    const text = '# [ { "\n\'features\': [redis] # ] \'\n"instances": { it: { } }\nallow: [A]\n'
    expect(await merge({ [SETTINGS]: text })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  /** Place and message of the first problem, and its next step. */
  async function refusal(text: string | Uint8Array): Promise<string[]> {
    const { exitCode, stderr, written } = await merge({ [SETTINGS]: text })
    expect([exitCode, written]).toEqual([1, false])
    const [, place, next] =
      /^products\/shop\/product\.yaml:(.*) \[bad-settings\]\n {2}(.*)\n/.exec(stderr) ?? []
    return [place ?? stderr, next ?? '']
  }

  test('shows all that does not fit at once', async () => {
    const { stderr } = await merge({ [SETTINGS]: 'feature: 1\noffset: x\nallow: [1]\n' })
    expect(stderr.match(/^products\/shop\/product\.yaml:\d+:\d+: error: /gm)).toHaveLength(3)
  })

  test('is no list that names a feature by an alias a thousand times', async () => {
    const { exitCode } = await merge({ [SETTINGS]: `features: [&r redis${', *r'.repeat(1000)}]\n` })
    expect(exitCode).toBe(0)
  })

  test('is none that is empty, with a BOM, or with Windows line ends', async () => {
    for (const text of [
      '',
      '\ufeff',
      '# only this\n',
      '---\n',
      '{}',
      '\ufefffeatures:\r\n  - redis\r\noffset: 5\r\n',
    ]) {
      expect(await merge({ [SETTINGS]: text })).toMatchObject({ exitCode: 0, stderr: '' })
    }
  })

  test('may be a workspace.yaml just as well', async () => {
    const { exitCode, stderr } = await merge({ 'workspace.yaml': 'modulus: 0\n' })
    expect([exitCode, stderr]).toEqual([
      1,
      'workspace.yaml:1:10: error: modulus must be a whole number from 1 to 65535 [bad-settings]\n' +
        '  Write it like this: modulus: 2000\n',
    ])
  })

  function bomb(): string {
    const names = 'abcdefghijklmnopqrstuvwxyz'
    return [...names.slice(1)].map((name, i) => `${name}: &${name} [${`*${names[i]},`.repeat(9)}]\n`).join('')
  }
})

describe('a file that cannot be read', () => {
  const next = '\n  Check the file and its permissions (ls -l).\n'

  test.each([
    'products/shop/.env',
    'products/shop/.env.example',
    SETTINGS,
    'products/shop/compose.yaml',
    'features/redis/.env.example',
    'workspace.yaml',
  ])('as %s is a folder, is named, once', async (file) => {
    const workspace = makeWorkspace({ ...FEATURES, 'products/shop/': '' })
    rmSync(workspace.path(file), { force: true })
    mkdirSync(workspace.path(file))
    expect(await product('env --merge shop', workspace)).toMatchObject({
      exitCode: 1,
      stderr: `${file}: error: This file cannot be read: it is a folder, not a file [unreadable-file]${next}`,
    })
  })

  test.each(['products/shop/.env', SETTINGS, 'features/redis/.env.example'])(
    'as %s is a link in a circle, is named, once',
    async (file) => {
      const workspace = makeWorkspace({ ...FEATURES, 'products/shop/': '' })
      rmSync(workspace.path(file), { force: true })
      symlinkSync('b', workspace.path(file))
      symlinkSync(workspace.path(file), workspace.path(file.replace(/[^/]*$/, 'b')))
      expect(await product('env --merge', workspace)).toMatchObject({
        exitCode: 1,
        stderr: `${file}: error: This file cannot be read: its links form a circle [unreadable-file]${next}`,
      })
    },
  )

  test.skipIf(!existsSync('/dev/zero')).each(['/dev/zero', '/dev/null'])(
    'as it is %s, is not waited for',
    async (device) => {
      const workspace = makeWorkspace({ ...FEATURES, 'products/shop/': '' })
      symlinkSync(device, workspace.path('products/shop/product.yaml'))
      expect((await product('env --merge', workspace)).stderr).toContain(
        'it is a device or a pipe, not a file',
      )
    },
  )

  test.skipIf(process.platform === 'win32')('as it is a pipe, is not waited for', async () => {
    const workspace = makeWorkspace({ ...FEATURES, 'products/shop/': '' })
    spawnSync('mkfifo', [workspace.path('products/shop/.env')])
    expect((await product('env --merge', workspace)).stderr).toContain('it is a device or a pipe, not a file')
  })
})

describe('a template that Compose refuses', () => {
  test.each([
    ['a quote that is never closed', 'A=1\nB="x\n', 2, 'the quote " is never closed'],
    ['a space in a name', 'A=1\n\nMY KEY=1\n', 3, 'the name of the variable contains a space'],
    ['a character that no name may have', 'A=1\nB!=1\n', 2, '"!" is not allowed in the name of a variable'],
    ['a malformed reference', 'A=1\n# c\nB=${\n', 3, ''],
  ])('for %s is named with its line', async (_, template, line, reason) => {
    const { exitCode, stderr, written } = await merge({ 'features/bad/.env.example': template })
    expect([exitCode, written]).toEqual([1, false])
    expect(stderr).toMatch(
      new RegExp(
        `^features/bad/\\.env\\.example:${line}: error: .*\\[env-refused\\]\n  (Correct this line|Write a literal dollar)`,
      ),
    )
    expect(stderr).toContain(reason)
  })

  test('is no template with Windows line ends, a BOM or a line of five megabytes', async () => {
    const template = `\ufeffA=1\r\nB=${'x'.repeat(5_000_000)}\r\n`
    expect(await merge({ 'features/big/.env.example': template })).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe('a port', () => {
  test.each([
    ['X_HOST_PORT=http\n', 0, 'port-not-a-number', '"http", which is not a port'],
    ['X_HOST_PORT=\n', 0, 'port-empty', 'has no port'],
    ['X_HOST_PORT=0\n', 0, 'port-empty', 'has no port'],
    ['X_HOST_PORT=65000\n', 1, 'port-out-of-range', '65000 + 586 = 65586 is above 65535'],
    ['X_HOST_PORT=64000-65000\n', 1, 'port-out-of-range', '64000-65000 + 586 = 64586-65586 is above 65535'],
    ['X_PORT_ONE=70000\n', 1, 'port-out-of-range', '70000 + 586'],
  ])('%j ends with %i and [%s]', async (template, code, kind, message) => {
    const { exitCode, stderr, written } = await merge({ 'features/x/.env.example': template })
    expect([exitCode, written]).toEqual([code, code === 0])
    expect(stderr).toMatch(new RegExp(`^features/x/\\.env\\.example:1: .*\\[${kind}\\]\n`))
    expect(stderr).toContain(message)
  })

  test('that a set offset takes too high is a fault of the offset, which then fits', async () => {
    const { stderr } = await merge({ [SETTINGS]: 'features: [redis]\noffset: 59999\n' })
    expect(stderr).toBe(
      'products/shop/product.yaml:2: error: REDIS_HOST_PORT: 6380 + 59999 = 66379 is above 65535, ' +
        'the highest port [port-out-of-range]\n  Set offset: to 59155 or less.\n',
    )
    expect(await merge({ [SETTINGS]: 'features: [redis]\noffset: 59155\n' })).toMatchObject({ stderr: '' })
  })

  test('that no offset brings down is a fault of the template', async () => {
    const files = { 'features/x/.env.example': 'X_HOST_PORT=70000\n', [SETTINGS]: 'offset: 5\n' }
    expect((await merge(files)).stderr).toMatch(
      /^features\/x\/\.env\.example:1: .*\n {2}Lower the base port to 65530/,
    )
  })
})

test('all problems of a run are listed at once', async () => {
  const { exitCode, stderr, written } = await merge({
    'workspace.yaml': 'modulus: x\n',
    [SETTINGS]: 'features: [redis, nope, open, big, steer, empty]\n',
    'products/shop/.env': 'A B=1\n',
    'features/open/.env.example': 'A="1\n',
    'features/big/.env.example': 'B_HOST_PORT=65535\n',
    'features/steer/.env.example': 'PATH=/x\n',
    'features/empty/': '',
  })
  expect([exitCode, written]).toEqual([1, true])
  const codes = [...stderr.matchAll(/\[([a-z-]+)\]$/gm)].map(([, code]) => code).sort()
  expect(codes).toEqual([
    'bad-settings',
    'env-refused',
    'env-refused',
    'no-feature',
    'no-template',
    'port-out-of-range',
    'reserved-variable',
  ])
})

test('a product that is a link to a folder elsewhere works', async () => {
  const workspace = makeWorkspace(FEATURES)
  mkdirSync(workspace.path('elsewhere'))
  symlinkSync('../elsewhere', workspace.path('products/shop'))
  expect((await product('env --merge shop', workspace)).exitCode).toBe(0)
  expect(workspace.read('elsewhere/.env')).toContain('REDIS_HOST_PORT=')
})
