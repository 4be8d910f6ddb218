/** `product compose` and `product run` with real processes: a stand-in for `docker` records how it is run. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readPage } from '../docs/pages.js'
import { buildProduct } from '../support/bin.js'
import { commitAll, git } from '../support/git.js'
import { makeFolder, makeWorkspace } from '../support/workspace.js'

const folder = makeFolder()
const bin = folder.path('product.cjs')

/** Prints its arguments, folder and signals; ends with the exit code on its input, or with a signal of its own. */
const DOCKER = `#!${process.execPath}
const { writeSync } = require('node:fs')
const say = (text) => writeSync(1, text + '\\n')
if (process.argv[3] === 'version') process.exit(0)
say(JSON.stringify(process.argv.slice(2)))
say(process.cwd() + ' ' + process.env.PWD)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => { say(signal); if (signal !== 'SIGINT') process.exit(40) })
let input = ''
process.stdin.on('data', (data) => {
  input += data
  if (!input.endsWith('\\n')) return
  say('read ' + input.trim())
  if (input === 'kill\\n') process.kill(process.pid, 'SIGKILL')
  else process.exit(Number(input))
})
say('ready')
`

beforeAll(async () => {
  await buildProduct(bin)
  folder.write({ 'bin/docker': DOCKER })
  folder.write({ 'bin/product': `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n` })
  for (const name of ['docker', 'product']) chmodSync(folder.path(`bin/${name}`), 0o755)
})

/** Starts `product`, in a process group of its own, as a terminal does. */
function start(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: folder.path('bin'), HOME: folder.root },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? (signal as string))),
  )
  return {
    child,
    ended,
    output: () => output,
    until: (text: string) => until(child, () => output.includes(text)),
  }
}

async function until(child: ChildProcess, isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the process has ended')
    await sleep(10)
  }
}

const shop = () => makeWorkspace({ 'features/': '', 'products/shop/compose.yaml': '' })

describe.skipIf(process.platform === 'win32')('product compose', () => {
  test('passes arguments, folder, input and exit code on', async () => {
    const { root, path } = shop()
    const { child, ended, output, until } = start(root, [
      'compose',
      '--no-merge',
      'shop',
      'up',
      '-d',
      '--help',
      '',
    ])
    await until('ready')
    child.stdin.write('17\n')
    expect(await ended).toBe(17)
    const where = path('products/shop')
    expect(output()).toBe(`["compose","up","-d","--help",""]\n${where} ${where}\nready\nread 17\n`)
  })

  test('ends with 128 + n after signal n', async () => {
    const { child, ended, until } = start(shop().root, ['compose', '--no-merge', 'shop', 'logs'])
    await until('ready')
    child.stdin.write('kill\n')
    expect(await ended).toBe(137)
  })

  test.each(['SIGTERM', 'SIGHUP'] as const)('passes %s on once', async (signal) => {
    const { child, ended, output, until } = start(shop().root, ['compose', '--no-merge', 'shop', 'up'])
    await until('ready')
    child.kill(signal)
    expect(await ended).toBe(40)
    expect(output().match(/SIG\w+/g)).toEqual([signal])
  })

  test('leaves Ctrl-C to Compose, which gets it from the terminal', async () => {
    const { child, ended, output, until } = start(shop().root, ['compose', '--no-merge', 'shop', 'up'])
    await until('ready')
    process.kill(-(child.pid as number), 'SIGINT')
    await until('SIGINT')
    child.stdin.write('130\n')
    expect(await ended).toBe(130)
    expect(output().match(/SIG\w+/g)).toEqual(['SIGINT'])
  })
})

describe.skipIf(process.platform === 'win32')('product run', () => {
  test('passes variables, input and exit code on', async () => {
    const { root, write } = shop()
    write({ 'products/shop/.env': 'A="1 2"\nB=${A}3\n' })
    const script = 'read line; echo "$line $A $B $0 $1"; exit 17'
    const { child, ended, output } = start(root, ['run', 'shop', '/bin/sh', '-c', script, '--', '--x y'])
    child.stdin.write('hello\n')
    expect(await ended).toBe(17)
    expect(output()).toBe('hello 1 2 1 23 -- --x y\n')
  })

  test('ends with 127 for a command that does not exist, and with 126 for one that cannot be run', async () => {
    const { root, path, write } = shop()
    write({ file: '' })
    expect(await start(root, ['run', 'shop', 'no-such-command']).ended).toBe(127)
    expect(await start(root, ['run', 'shop', path('file')]).ended).toBe(126)
    write({ 'products/shop/.env': 'A="\\0000"\n' })
    expect(await start(root, ['run', 'shop', '/bin/sh']).ended).toBe(126)
  })
})

/** The recipes of the page, with a `product` and a `docker` on the PATH. */
describe.skipIf(process.platform === 'win32')('docs/running.md', () => {
  const recipe = (language: string, start = '') => {
    const page = readPage('docs/running.md')
    const block = page.split(`\`\`\`${language}\n`).find((text, index) => index > 0 && text.startsWith(start))
    return block?.split('```')[0] ?? ''
  }
  const env = () => ({ PATH: `${folder.path('bin')}:${process.env['PATH']}`, HOME: folder.root })
  const run = (cwd: string, file: string, ...args: readonly string[]) =>
    spawnSync(file, args, { cwd, env: env(), input: '0\n', encoding: 'utf8', timeout: 30_000 })
  const COMPOSE = 'services: { web: { image: nginx, ports: ["${WEB_PORT:-8080}:80"] } }\n'

  test('has npm scripts', { timeout: 60_000 }, () => {
    const { root, write } = makeFolder()
    const server = 'console.log(process.env.WEB_PORT)\n'
    write({
      'package.json': recipe('json'),
      'compose.yaml': COMPOSE,
      '.env': 'WEB_PORT=9100\n',
      'server.js': server,
    })
    const up = run(root, 'npm', 'run', '--silent', 'up')
    expect([up.status, up.stdout]).toEqual([0, expect.stringContaining(`["compose","up","-d"]\n${root} `)])
    expect(up.stderr).toContain('  web  http://localhost:9100\n')
    expect(run(root, 'npm', 'run', '--silent', 'down').stdout).toContain('["compose","down"]\n')
    expect(run(root, 'npm', 'run', '--silent', 'dev').stdout).toBe('9100\n')
  })

  test.skipIf(spawnSync('make', ['--version']).status !== 0)('has a Makefile', () => {
    const { root, path, write } = shop()
    write({ Makefile: recipe('make'), 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n' })
    run(root, 'product', 'env', '--merge', 'shop', '--instance', 'blue')
    const where = `${path('products/shop')} `
    expect(run(root, 'make', '-s', 'up-shop').stdout).toContain(`["compose","up","-d"]\n${where}`)
    const options = '"--env-file",".env","--env-file",".env.blue"'
    expect(run(root, 'make', '-s', 'down-shop@blue').stdout).toContain(
      `["compose",${options},"down"]\n${where}`,
    )
  })

  test('has a workflow for CI', { timeout: 60_000 }, () => {
    const { root, path, write } = makeWorkspace({
      'features/db/.env.example': 'DB_HOST_PORT=5432\n',
      'products/shop/compose.yaml': 'services: { db: { image: db, ports: ["${DB_HOST_PORT}:5432"] } }\n',
      'products/shop/product.yaml': 'offset: 5\ninstances: { ci-7: { offset: 3 } }\n',
      'package.json': '{ "scripts": { "test": "echo port $DB_HOST_PORT" } }\n',
    })
    write({ 'bin/npx': '#!/bin/sh\nexec "$@"\n' })
    chmodSync(path('bin/npx'), 0o755)
    const { jobs } = parse(recipe('yaml')) as { jobs: { test: { steps: { run?: string }[] } } }
    const lines = jobs.test.steps.flatMap(({ run: line }) => line ?? [])
    expect(lines).toHaveLength(5)
    const script = lines.slice(1).join('\n').replace('${{ github.run_id }}', '7')
    const { status, stdout } = run(root, 'sh', '-ec', `PATH=$PWD/bin:$PATH\n${script}`)
    expect(stdout).toContain('["compose","up","-d","--wait"]\n')
    expect(stdout).toContain('port 5440\n')
    expect([status, stdout]).toEqual([0, expect.stringContaining('["compose","down","-v"]\n')])
  })

  test('has a git hook for worktrees', () => {
    const { path, write, read } = makeFolder()
    write({ 'shop/compose.yaml': COMPOSE })
    commitAll(path('shop'))
    write({ 'shop/.git/hooks/post-checkout': recipe('sh', '#!/bin/sh') })
    chmodSync(path('shop/.git/hooks/post-checkout'), 0o755)
    const { status, stderr } = run(path('shop'), 'git', 'worktree', 'add', '../blue')
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')])
    expect(read('blue/compose.override.yaml') ?? read('blue/.env')).toContain('shop-blue')
    git(path('blue'), 'clean', '-fdxq')
    git(path('blue'), 'switch', '-c', 'other')
    expect(read('blue/compose.override.yaml')).toBeNull()
  })
})
