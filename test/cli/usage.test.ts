/** Wrong usage, help, and how the output is dressed. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
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
    [
      'env --merge --generate',
      '--merge and --generate cannot be combined; --merge creates a missing .env too',
    ],
    ['env --diff', '--diff needs --merge'],
    ['env --dry-run shop', '--dry-run needs --merge'],
    ['env --check', '--check needs --merge'],
    ['env --refresh', '--refresh needs --merge'],
    ['env --prune --generate', '--prune needs --merge'],
    ['env --merge shop --all', '--all and the name shop cannot be combined'],
    ['env --merge --dev --prod', '--dev and --prod cannot be combined'],
    ['env --merge=shop', '--merge'],
  ])('product %s', async (line, message) => {
    const { exitCode, stdout, stderr } = await product(line, workspace)
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^error: /)])
    expect(stderr).toContain(message)
    expect(workspace.read('products/shop/.env')).toBeNull()
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

describe('help and version', () => {
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
