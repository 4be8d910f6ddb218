/**
 * Two instances of one product, the product itself and `--instance blue`, on one engine at the same time, with the
 * env files and the overlay that the command wrote; and what `--live` and `whois` say of them.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { thisMachine } from '../../src/live/machine.js'
import { product } from '../support/cli.js'
import { requireOrSkip, runCompose, run as runProgram } from '../support/compose.js'
import { demoWorkspace, makeFolder, type TestWorkspace } from '../support/workspace.js'
import { type Engine, openEngine, runAll } from './engine.js'
import { type Images, imagesMissing, makeImages } from './images.js'
import { eventually, redis, smtpGreeting, webPage } from './talk.js'
import { takeTurn } from './turn.js'

/**
 * A product of the demo under a name of its own: Compose calls a project after the folder, and `down` must never take
 * the volumes of a developer who has the demo running.
 */
const NAME = 'product-env-pair'
const INSTANCES = [null, 'blue'] as const
type Instance = (typeof INSTANCES)[number]

/** Frozen here, not computed: the base ports + crc32(name) % 1000, and the product's own 8190. */
const PORTS = {
  product: { smtp: 1025 + 630, mail: 8025 + 630, redis: 6380 + 630, web: 8190 },
  blue: { smtp: 1025 + 798, mail: 8025 + 798, redis: 6380 + 798, web: 8190 + 798 },
} as const
const portsOf = (instance: Instance) => PORTS[instance ?? 'product']
const projectOf = (instance: Instance) => (instance === null ? NAME : `${NAME}-${instance}`)
const nameOf = (instance: Instance) => (instance === null ? NAME : `${NAME}@${instance}`)

const CLI = fileURLToPath(new URL('../../dist/product.cjs', import.meta.url))

let endTurn: (() => Promise<void>) | undefined
let engine: Engine | undefined
let images: Images | undefined
let workspace: TestWorkspace | undefined

function compose(instance: Instance, ...args: readonly string[]): string {
  const overlay = instance === null ? [] : ['--env-file', '.env', '--env-file', `.env.${instance}`]
  const ran = runCompose(workspace!.path(`products/${NAME}`), [...overlay, ...args], engine!.env)
  if (ran.code !== 0)
    throw new Error(`compose ${args.join(' ')} (${nameOf(instance)}): exit ${ran.code}\n${ran.stderr}`)
  return ran.stdout
}

function takeDown(instance: Instance): void {
  compose(instance, 'down', '--volumes', '--remove-orphans', '--timeout', '1')
}

/** Runs `product` with this engine. */
const run = (line: string, where = workspace!) => {
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...engine!.env }
  return product(line, where, { env, machine: thisMachine(env) })
}

/** Starts a redis in the foreground, and ends it once it runs. @returns the exit code */
async function stopped(command: readonly string[], how: 'Ctrl-C' | 'TERM'): Promise<number | null> {
  const line = ['exec', ...command.map((word) => `'${word}'`)].join(' ')
  // Ctrl-C comes from a terminal, which sends it to all processes in the foreground.
  const [file = '', ...args] = how === 'TERM' ? command : ['script', '-qec', line, '/dev/null']
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...engine!.env }
  const child = spawn(file, args, { cwd: workspace!.path(`products/${NAME}`), env, timeout: 30_000 })
  let output = ''
  let isRunning = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (isRunning || !output.includes('Ready to accept connections')) return
    isRunning = true
    if (how === 'TERM') child.kill('SIGTERM')
    else child.stdin.write('\x03')
  })
  const [exitCode] = await once(child, 'close')
  return exitCode
}

/** A demo product with one feature's mail and redis, under the test's name. */
function pairWorkspace(): TestWorkspace {
  const demo = demoWorkspace()
  cpSync(demo.path('products/my_second_app'), demo.path(`products/${NAME}`), { recursive: true })
  for (const other of ['my_first_app', 'my_second_app'])
    rmSync(demo.path(`products/${other}`), { recursive: true })
  const example = demo.read(`products/${NAME}/.env.example`) ?? ''
  demo.write({
    [`products/${NAME}/.env.example`]: example.replace('WEB_HOST_PORT=8001', 'WEB_HOST_PORT=8190'),
  })
  return demo
}

describe('two instances of one product on one engine', () => {
  beforeAll(async () => {
    endTurn = await takeTurn()
    const opened = await openEngine()
    const missing = 'missing' in opened ? opened.missing : imagesMissing()
    if ('engine' in opened) engine = opened.engine
    if (!requireOrSkip('a Docker engine', missing)) return
    if (!existsSync(CLI)) throw new Error(`${CLI} is not built: npm run build`)

    workspace = pairWorkspace()
    const { exitCode, stderr } = await product(`env --merge ${NAME} --instance blue`, workspace)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const instance of INSTANCES) takeDown(instance)
    images = makeImages(engine!)
    for (const instance of INSTANCES) compose(instance, 'up', '--detach', '--wait', '--pull', 'never')
  }, 420_000)

  afterAll(async () => {
    const isUp = workspace !== undefined && engine !== undefined
    await runAll([
      ...(isUp ? INSTANCES : []).map((instance) => () => takeDown(instance)),
      () => images?.remove(),
      () => engine?.close(),
      () => endTurn?.(),
    ])
  }, 120_000)

  beforeEach((context) => {
    if (!images) context.skip('no Docker engine')
  })

  test.each(INSTANCES)('every service of %s runs in a project of its own', (instance) => {
    const { docker } = engine!
    const names = docker(
      'ps',
      '--filter',
      `label=com.docker.compose.project=${projectOf(instance)}`,
      '--format',
      '{{.Names}}',
    )
    const project = projectOf(instance)
    expect(names.split('\n').sort()).toEqual(
      ['mailhog', 'redis', 'web'].map((name) => `${project}-${name}-1`),
    )
  })

  test.each(INSTANCES)('%s answers on its own ports', async (instance) => {
    const { web, mail, smtp } = portsOf(instance)
    for (const port of [web, mail]) expect((await eventually(() => webPage(port))).status).toBe(200)
    expect(await eventually(() => smtpGreeting(smtp))).toMatch(/^220 /)
    if (images!.made.has('nginx:1.27-alpine')) {
      const id = compose(instance, 'ps', '-q', 'web').slice(0, 12)
      expect((await webPage(web)).text).toContain(`HOSTNAME=${id}\n`)
    }
  })

  test('a SET in the redis of one is not seen in the other, nor in its volume', async () => {
    const [own, blue] = [PORTS.product.redis, PORTS.blue.redis]
    expect(await redis(own, 'SET', 'whose', 'own')).toBe('+OK\r\n')
    expect(await redis(blue, 'GET', 'whose')).toBe('$-1\r\n')
    const volumes = engine!.docker('volume', 'ls', '--quiet', '--filter', `name=${NAME}`).split('\n').sort()
    expect(volumes).toEqual(INSTANCES.map((instance) => `${projectOf(instance)}_redis-data`).sort())
  })

  test('product ports --live knows each port as its own', async () => {
    const { stdout, stderr, exitCode } = await run('ports --live --json')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const { ports } = JSON.parse(stdout) as { ports: { instance: Instance; service: string; now: string }[] }
    expect(ports.map(({ instance, now }) => [instance, now])).toEqual(
      ports.map(({ instance, service }) => [instance, `in use by this product's own stack (${service})`]),
    )
    expect(ports).toHaveLength(8)
    expect((await run('check --live')).exitCode).toBe(0)
  })

  test.each(INSTANCES)('product whois names the container of %s', async (instance) => {
    const { stdout } = await run(`whois ${portsOf(instance).redis}`)
    expect(stdout).toContain(`  ${nameOf(instance)}  redis    REDIS_HOST_PORT`)
    expect(stdout).toContain(`container ${projectOf(instance)}-redis-1`)
  })

  test('a port that a foreign process took is told: by the merge, by ports and by check', async () => {
    const port = 6380 + 445
    const server: Server = createServer()
    await new Promise<void>((resolve) => void server.listen(port, () => resolve()))
    try {
      const process_ = new RegExp(`in use by .* \\(pid ${process.pid}: .*\\)`)
      const merged = await run(`env --merge ${NAME} --instance green`)
      expect(merged.exitCode).toBe(0)
      expect(merged.stderr).toMatch(
        new RegExp(`gets REDIS_HOST_PORT ${port}, but that port is ${process_.source}`),
      )
      const live = await run(`ports --live`)
      const line = live.stdout.split('\n').find((each) => each.includes(`${NAME}@green  redis`))
      expect(line).toMatch(process_)
      const checked = await run('check --live')
      expect(checked.exitCode).toBe(1)
      expect(checked.stdout).toMatch(new RegExp(`error: ${NAME}@green REDIS_.*${process_.source}`, 'm'))
      expect((await run(`whois ${port}`)).stdout).toMatch(process_)
    } finally {
      server.close()
      await run(`env ${NAME} --instance green --remove`)
    }
  })

  test('product compose runs each of them, and starts nothing into a port that is held', async () => {
    const composeOf = (instance: Instance, ...args: readonly string[]) =>
      runProgram([process.execPath, CLI, 'compose', nameOf(instance), ...args], {
        cwd: workspace!.root,
        env: engine!.env,
        timeoutMs: 60_000,
      })
    for (const instance of INSTANCES) {
      const running = composeOf(instance, 'ps', '--services', '--status', 'running')
      expect(running.stdout.trim().split('\n').sort()).toEqual(['mailhog', 'redis', 'web'])
      const up = composeOf(instance, 'up', '--detach', '--pull', 'never')
      expect(up.stderr).toContain(`  http://localhost:${portsOf(instance).web}\n`)
      expect(up.code).toBe(0)
    }
    compose('blue', 'stop', '--timeout', '1', 'redis')
    const { redis: port } = PORTS.blue
    const server: Server = createServer()
    await new Promise<void>((resolve) => void server.listen(port, () => resolve()))
    const refused = composeOf('blue', 'up', '--detach', '--pull', 'never')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(
      new RegExp(`error: ${NAME}@blue REDIS_HOST_PORT ${port} is in use by .* \\(pid ${process.pid}: .*\\)`),
    )
    expect(composeOf(null, 'up', '--detach', '--pull', 'never').code).toBe(0)
    await new Promise((resolve) => server.close(resolve))
    expect(composeOf('blue', 'up', '--detach', '--pull', 'never').code).toBe(0)
  })

  test('product list --live knows what runs, and what runs on a former port', async () => {
    const rowsOf = async () => {
      const { stdout, stderr } = await run('list --live')
      expect(stderr).toBe('')
      return stdout.split('\n').flatMap((row) => / merged +(.*?) +products/.exec(row)?.[1] ?? [])
    }
    expect(await rowsOf()).toEqual(['up', 'up'])
    compose('blue', 'stop', '--timeout', '1', 'redis')
    expect(await rowsOf()).toEqual(['up', 'partly up, without redis'])
    compose('blue', 'start', 'redis')
    const template = workspace!.read('features/redis/.env.example') ?? ''
    workspace!.write({ 'features/redis/.env.example': template.replace('6380', '6390') })
    await run(`env --merge ${NAME} --refresh`)
    expect((await rowsOf())[0]).toBe(`up; runs on ${PORTS.product.redis}; up -d moves it`)
    workspace!.write({ 'features/redis/.env.example': template })
    await run(`env --merge ${NAME} --refresh`)
    expect(await rowsOf()).toEqual(['up', 'up'])
  })

  test('a second checkout does not take over the containers of the first', async () => {
    const clone = makeFolder()
    cpSync(workspace!.root, clone.root, { recursive: true, filter: (path) => !/\.env(\.blue)?$/.test(path) })
    const error = `Compose project ${NAME} was started from ${workspace!.path(`products/${NAME}`)}: \`up\` here`
    const { redis: port } = PORTS.product
    expect(await redis(port, 'SET', 'whose', 'own')).toBe('+OK\r\n')
    for (const line of [
      `env --merge ${NAME}`,
      'check --live',
      `compose ${NAME} up -d`,
      `compose ${NAME} down -v`,
    ]) {
      const { exitCode, stderr, programs } = await run(line, clone)
      expect({ line, exitCode, programs }).toEqual({ line, exitCode: 1, programs: [] })
      expect(stderr).toContain(error)
      expect(stderr).not.toContain('port-held')
    }
    expect((await run('list --live', clone)).stdout).toMatch(/ up .*\.\.\/.*\n$/)
    expect(await redis(port, 'GET', 'whose')).toBe('$3\r\nown\r\n')
    expect((await run(`env --merge ${NAME} --as clone`, clone)).exitCode).toBe(0)
    expect((await run(`compose ${NAME} up -d`, clone)).programs).toHaveLength(1)
  })

  test('product compose up ends as plain Compose does, on Ctrl-C and on TERM', async () => {
    const env = ['--env-file', '.env', '--env-file', '.env.blue']
    const commands = [
      ['docker', 'compose', ...env],
      [process.execPath, CLI, 'compose', nameOf('blue')],
    ]
    compose('blue', 'stop', '--timeout', '1', 'redis')
    for (const how of ['Ctrl-C', 'TERM'] as const) {
      const ends = []
      for (const command of commands) {
        const exitCode = await stopped([...command, 'up', '--no-deps', 'redis'], how)
        ends.push({ exitCode, running: compose('blue', 'ps', '--services', '--status', 'running') })
      }
      expect(ends, how).toEqual([ends[0], ends[0]])
      expect(ends[0]?.running.split('\n').sort(), how).toEqual(['', 'mailhog', 'web'])
    }
  })

  test('one goes down by the command that its removal names, and the other stays with its data', async () => {
    const down = `docker compose -p ${NAME}-blue down`
    const removed = await run(`env ${NAME} --instance blue --remove`)
    expect(removed.stderr).toMatch(
      new RegExp(`blue still has containers: 3 of .*\\n  Remove them: ${down}\\n$`),
    )
    expect((await run('list --live')).stdout).toContain(`\n  ${NAME}-blue  products/${NAME}  ${down}\n`)
    runProgram([...down.split(' '), '--timeout', '1'], {
      cwd: workspace!.root,
      env: engine!.env,
      timeoutMs: 60_000,
    })
    expect((await run('list --live')).stdout).not.toContain('blue')
    await run(`env --merge ${NAME} --instance blue`)
    expect(await redis(PORTS.product.redis, 'GET', 'whose')).toBe('$3\r\nown\r\n')
    expect((await run(`ports --live ${NAME} --json`)).stdout).toContain('"now": "free"')
  })
})
