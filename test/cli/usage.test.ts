/** Wrong usage, help, and how the output is dressed. */
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { makeWorkspace } from '../support/workspace.js'

const workspace = makeWorkspace({
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nX_HOST_PORT=x\n',
  'products/shop/': '',
})

describe('wrong usage ends with 2 and says why', () => {
  test.each([
    ['env --unknown', "unknown option '--unknown'"],
    ['env --merg', '(Did you mean --merge?)'],
    ['unknown', "unknown command 'unknown'"],
    ['evn', '(Did you mean env?)'],
    ['env shop blog', 'too many arguments'],
    ['env -C', "option '-C, --workspace <dir>' argument missing"],
    ['env --merge --generate', "option '--merge' cannot be used with option '--generate'"],
    ['env --merge --remove', "option '--merge' cannot be used with option '--remove'"],
    [
      'env --generate --instance blue',
      "option '--generate' cannot be used with option '--instance <instance>'",
    ],
    [
      'env --merge --as a --instance b',
      "option '--as <name>' cannot be used with option '--instance <instance>'",
    ],
    ['env --merge --verify --check', "option '--verify' cannot be used with option '--check'"],
    ['env --merge --diff --json', '--diff cannot be used with --json'],
    ['env --diff', '--diff needs --merge'],
    ['env --dry-run shop', '--dry-run needs --merge or --generate or --remove'],
    ['env --check', '--check needs --merge'],
    ['env --refresh', '--refresh needs --merge'],
    ['env --prune --generate', '--prune needs --merge'],
    ['env --merge shop --all', '--all cannot be used with the name shop'],
    ['env --merge --dev --prod', "option '--dev' cannot be used with option '--prod'"],
    ['env --merge=shop', '--merge'],
  ])('product %s', async (line, message) => {
    const { exitCode, stdout, stderr } = await product(line, workspace)
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^error: /)])
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/\n\nRun it with --help for its arguments and options\.\n$/)
    expect(workspace.read('products/shop/.env')).toBeNull()
  })

  test.each([
    ['product', ['env', '--merge', 'a b']],
    ['product', ['env', '--merge', '--instance', 'a b']],
    ['product', ['env', '--merge', '--as', 'a b']],
    ['product', ['env', '--remove', '--instance', 'a b']],
    ['product', ['ports', 'a b']],
    ['product', ['ports', 'shop@a b']],
    ['product', ['ports', '--feature', 'a b']],
    ['product', ['port', 'a b', 'REDIS_HOST_PORT']],
    ['product', ['port', 'shop@a b', 'REDIS_HOST_PORT']],
    ['product', ['port', 'shop', '--base', '0x50']],
    ['product', ['port', 'shop', 'a b']],
    ['product', ['whois', '70000']],
    ['product', ['check', 'a b']],
    ['feature', ['new', 'a b']],
    ['feature', ['new', 'mail', '--add-to', 'a b']],
    ['feature', ['new', 'mail', '--port', '080']],
    ['feature', ['new', 'mail', '--container-port', '70000']],
    ['feature', ['new', 'mail', '--image', 'a b']],
    ['feature', ['lint', 'a b']],
  ] as const)('a malformed argument: %s %j', async (name, args) => {
    const { exitCode, stdout, stderr } = await (name === 'product' ? product : feature)(args, workspace)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/\n\nRun it with --help for its arguments and options\.\n$/)
  })

  test('product, alone', async () => {
    const { exitCode, stderr } = await product('', workspace)
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^Usage: product /)])
  })

  test('an escape sequence in an argument does not reach the terminal', async () => {
    for (const args of [
      ['\x1b[31mred'],
      ['env', '--\x1b[31mred'],
      ['env', '--all', '--merge', '\x1b[31mred'],
      ['env', '--merge', '\x1b[31mred'],
      ['env', '-C', '\x1b[31mred'],
    ]) {
      const { exitCode, stdout, stderr } = await product(args, workspace)
      expect(exitCode).toBeGreaterThan(0)
      expect(stdout + stderr).not.toContain('\x1b')
    }
  })
})

describe('a name that does not exist ends with 1', () => {
  test.each([
    'env --merge shopp',
    'env --remove --instance blue',
    'env --instance blue',
    'ports shopp',
    'ports shop@blue',
    'ports --feature reddis',
    'port shopp REDIS_HOST_PORT',
    'port shop@blue REDIS_HOST_PORT',
    'port shop REDDIS_HOST_PORT',
    'check shopp',
    'check shop@blue',
    '-C nowhere list',
  ])('product %s', async (line) => {
    const { exitCode, stderr } = await product(line, workspace)
    expect([exitCode, stderr]).toEqual([1, expect.not.stringContaining('--help')])
  })

  test.each(['new mail --add-to shopp', 'lint reddis'])('feature %s', async (line) => {
    expect(await feature(line, workspace)).toMatchObject({ exitCode: 1 })
  })
})

describe('help and version', () => {
  test.each([
    [
      'product',
      product,
      [
        '',
        'env',
        'list',
        'ports',
        'port',
        'whois',
        'check',
        'page',
        'compose',
        'stack',
        'run',
        'proxy',
        'init',
        'new',
        'add',
        'remove',
        'completion',
      ],
    ],
    ['feature', feature, ['', 'list', 'new', 'lint']],
  ] as const)('every --help of %s has two examples and names its page', async (name, run, commands) => {
    const known = (await run('--help', '/')).stdout.matchAll(/^ {2}([a-z]+) \[/gm)
    expect([...known].map(([, command]) => command)).toEqual([...commands.slice(1), 'help'])
    for (const command of commands) {
      const { stdout } = await run(`${command} --help`, '/')
      const usage = `  \\$ ${name} ${command}.*\n`
      expect(stdout, command).toMatch(new RegExp(`\nExamples:\n${usage}${usage}\nDocs: docs/`))
      const page = /Docs: docs\/(\S+)/.exec(stdout)?.[1]
      expect(existsSync(new URL(`../../docs/${page}`, import.meta.url)), command).toBe(true)
    }
  })

  test.each(['--help', '-h', 'help', 'env --help', 'help env'])('product %s is a result', async (line) => {
    const { exitCode, stdout, stderr } = await product(line, '/')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Usage: product /)
  })

  test.each(['-V', '--version'])('product %s prints one line', async (line) => {
    expect(await product(line, '/')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\S+\n$/) })
  })
})

describe('colour', () => {
  const line = 'env --merge --dry-run'

  test('is there on a terminal', async () => {
    const { stdout, stderr } = await product(line, workspace, { terminal: true })
    expect(stdout).toContain('\x1b[1mshop\x1b[22m  offset 586')
    expect(stderr).toContain('\x1b[33mwarning\x1b[39m')
  })

  test.each([
    ['the output is no terminal', { terminal: false }],
    ['NO_COLOR is set', { terminal: true, env: { NO_COLOR: '1' } }],
    ['the terminal is dumb', { terminal: true, env: { TERM: 'dumb' } }],
  ])('is not there where %s', async (_, shell) => {
    const { stdout, stderr } = await product(line, workspace, shell)
    expect(stdout + stderr).not.toContain('\x1b')
  })

  test('is there where NO_COLOR is empty', async () => {
    const { stdout } = await product(line, workspace, { terminal: true, env: { NO_COLOR: '' } })
    expect(stdout).toContain('\x1b')
  })

  test('is never in JSON or a diff', async () => {
    for (const option of ['--json', '--diff']) {
      const { stdout } = await product(`env --merge ${option}`, workspace, { terminal: true })
      expect(stdout).not.toContain('\x1b')
    }
  })
})
