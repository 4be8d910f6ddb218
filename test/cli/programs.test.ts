/** `product compose` and `product run` with real processes: a stand-in for `docker` records how it is run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
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
  const entry = fileURLToPath(new URL('../../src/bin/product.ts', import.meta.url))
  const options = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' } as const
  await build({ entryPoints: [entry], outfile: bin, ...options })
  folder.write({ 'bin/docker': DOCKER })
  chmodSync(folder.path('bin/docker'), 0o755)
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
