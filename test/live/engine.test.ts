/** Containers that a real engine publishes are seen as theirs and no one else's. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { PortInspector } from '../../src/live/inspector.js'
import { thisMachine } from '../../src/live/machine.js'
import { readSockets } from '../../src/live/sockets.js'
import type { Stack } from '../../src/live/stack.js'
import { type Engine, mustRun, openEngine } from '../engine/engine.js'
import { eventually } from '../engine/talk.js'
import { type Env, requireOrSkip, run, runCompose } from '../support/compose.js'
import { bundle, freePort } from './support.js'

/** Names of our own, so that a run meets no other run's. */
const NAME = `product-env-live-${process.pid}`
const IMAGE = `${NAME}:1`

const isRoot = process.getuid?.() === 0

let engine: Engine | undefined
let folder = ''
let ready = false
const ports = { web: 0, loopback: 0, udp: 0, host: 0, plain: 0, free: 0 }

const stackOf = (product: string): Stack => {
  return { product, instance: null, project: `${NAME}-${product}`, directory: join(folder, product) }
}

function compose(product: string, ...args: string[]): void {
  const { project, directory } = stackOf(product)
  const { code, stderr } = runCompose(directory, ['-p', project, ...args], engine!.env)
  if (code !== 0) throw new Error(`compose ${args.join(' ')}: ${stderr}`)
}

const service = (name: string, lines: readonly string[]) =>
  [`  ${name}:`, `    image: ${IMAGE}`, '    init: true', ...lines.map((line) => `    ${line}`)].join('\n')

describe('with a Docker engine', () => {
  beforeAll(async () => {
    const busybox = run(['sh', '-c', 'command -v busybox']).stdout.trim()
    const opened = await openEngine()
    if ('engine' in opened) engine = opened.engine
    const missing = 'missing' in opened ? opened.missing : busybox === '' ? 'no busybox found' : null
    if (!requireOrSkip('a Docker engine', missing)) return

    // With a comma, by which `docker ps` divides labels.
    folder = mkdtempSync(join(tmpdir(), 'product-env-live,'))
    mkdirSync(join(folder, 'root/bin'), { recursive: true })
    copyFileSync(busybox, join(folder, 'root/bin/busybox'))
    mustRun(['tar', '-C', join(folder, 'root'), '-cf', join(folder, 'root.tar'), '.'])
    const change = 'CMD ["/bin/busybox", "sleep", "600"]'
    engine!.docker('import', '--change', change, join(folder, 'root.tar'), IMAGE)

    for (const key of Object.keys(ports) as (keyof typeof ports)[]) ports[key] = await freePort()
    mkdirSync(join(folder, 'first'))
    const published = [`ports: ["${ports.web}:80", "127.0.0.1:${ports.loopback}:80", "${ports.udp}:53/udp"]`]
    const onHost = [
      'network_mode: host',
      `command: ["/bin/busybox", "httpd", "-f", "-p", "127.0.0.1:${ports.host}"]`,
    ]
    const text = `services:\n${service('web', published)}\n${service('onhost', onHost)}\n`
    writeFileSync(join(folder, 'first/compose.yaml'), text)
    compose('first', 'up', '--detach', '--pull', 'never')
    // A network of its own: an engine without the default bridge, as the tests start one, would publish nothing.
    engine!.docker('network', 'create', NAME)
    const where = ['--network', NAME, '--publish', `${ports.plain}:80`]
    engine!.docker('run', '--detach', '--name', `${NAME}-plain`, ...where, IMAGE)
    ready = true
  }, 60_000)

  afterAll(async () => {
    if (engine && folder !== '') {
      run(['docker', 'rm', '--force', `${NAME}-plain`], { env: engine.env })
      run(['docker', 'network', 'rm', NAME], { env: engine.env })
      compose('first', 'down', '--timeout', '0')
      run(['docker', 'image', 'rm', '--force', IMAGE], { env: engine.env })
      rmSync(folder, { recursive: true, force: true })
    }
    await engine?.close()
  }, 60_000)

  beforeEach((context) => {
    if (!ready) context.skip('no Docker engine')
  })

  const CLIENT = () => ({ ...process.env, ...engine!.env })
  const NO_ENGINE = { PATH: process.env['PATH'], DOCKER_HOST: 'unix:///nonexistent' }

  /** What is said of a port to a stack. */
  const look = async (
    port: number,
    stack: Stack | null,
    extra: { protocol?: string; address?: string } = {},
    env: Readonly<Record<string, string | undefined>> = CLIENT(),
  ) => {
    const machine = thisMachine(env)
    const answer = await machine.engine(() => {})
    expect(answer.silence === null).toBe(env !== NO_ENGINE)
    const stacks = [...(stack === null ? [] : [stack]), stackOf('first'), stackOf('second')]
    const inspector = new PortInspector(machine, answer, stacks)
    const wanted = { protocol: 'tcp', address: '', from: port, to: port, stack, ...extra }
    return (await inspector.runsOf(wanted)).map(({ text }) => text).join()
  }
  const OWN = "in use by this product's own stack (web)"
  const FIRST = `in use by first (container ${NAME}-first-web-1 of project ${NAME}-first)`
  const UNKNOWN = 'in use by a container, not known which'

  test('a stack sees its own container, another product names it', async () => {
    expect(await look(ports.web, stackOf('first'))).toBe(OWN)
    expect(await look(ports.web, stackOf('second'))).toBe(FIRST)
  })
  test('the same project name from another folder is another checkout', async () => {
    mkdirSync(join(folder, 'second'))
    expect(await look(ports.web, { ...stackOf('second'), project: `${NAME}-first` })).toBe(FIRST)
  })
  test('a stack whose folder has moved sees its own container', async () => {
    const moved = join(folder, 'moved')
    renameSync(join(folder, 'first'), moved)
    try {
      expect(await look(ports.web, { ...stackOf('first'), directory: moved })).toBe(OWN)
    } finally {
      renameSync(moved, join(folder, 'first'))
    }
  })
  test('a container that is nobody’s is named', async () => {
    expect(await look(ports.plain, stackOf('first'))).toBe(
      `in use by container ${NAME}-plain, image ${IMAGE}`,
    )
  })
  test('an address that is published holds that address only', async () => {
    expect(await look(ports.loopback, null, { address: '127.0.0.1' })).toBe(FIRST)
    expect(await look(ports.loopback, null)).toBe(FIRST)
    expect(await look(ports.loopback, null, { address: '127.0.0.2' })).toBe('free')
  })
  test('udp and tcp are told apart', async () => {
    expect(await look(ports.udp, stackOf('first'), { protocol: 'udp' })).toBe(OWN)
    expect(await look(ports.udp, stackOf('first'))).toBe('free')
  })
  test('with the engine out of reach, a container is not known by name, but known to be one', async () => {
    for (const port of [ports.web, ports.loopback, ports.plain])
      expect(await look(port, stackOf('first'), {}, NO_ENGINE)).toBe(UNKNOWN)
    expect(await look(ports.udp, stackOf('first'), { protocol: 'udp' }, NO_ENGINE)).toBe(UNKNOWN)
    expect(await look(ports.free, stackOf('first'), {}, NO_ENGINE)).toBe('free')
  })
  test.runIf(isRoot)('a user who may not look at docker-proxy knows it all the same', () => {
    const home = mkdtempSync(join(tmpdir(), 'product-env-live-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    const file = bundle(
      `
        import { PortInspector } from './src/live/inspector.js'
        import { thisMachine } from './src/live/machine.js'
        process.setgroups([])
        process.setgid(65534)
        process.setuid(65534)
        const machine = thisMachine(${JSON.stringify(NO_ENGINE)})
        const inspector = new PortInspector(machine, await machine.engine(() => {}), [])
        const wanted = { protocol: 'tcp', address: '', from: ${ports.web}, to: ${ports.web}, stack: null }
        for (const { text } of await inspector.runsOf(wanted)) console.log(text)
      `,
      home,
    )
    chmodSync(home, 0o755)
    expect(run([process.execPath, file])).toEqual({ code: 0, stdout: `${UNKNOWN}\n`, stderr: '' })
  })
  test.runIf(isRoot)('a container on the host’s network is known by its process', async () => {
    const isHeld = () => readSockets()?.some(({ port }) => port === ports.host)
    await eventually(async () => expect(isHeld()).toBe(true))
    expect(await look(ports.host, stackOf('first'))).toBe(OWN.replace('web', 'onhost'))
  })
  test('an engine behind TCP, by DOCKER_HOST or by a context, is remote: only its word counts', async () => {
    const { endpoint } = await thisMachine(CLIENT()).engine(() => {})
    const path = endpoint?.replace(/^unix:\/\//, '') ?? ''
    // Just a wire, so the engine is the same; what matters is how it is reached.
    const wire = createServer((near) => {
      const far = connect(path)
      near.pipe(far).pipe(near)
      for (const socket of [near, far]) socket.on('error', () => near.destroy() && far.destroy())
    })
    await new Promise<void>((resolve) => void wire.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void wire.close())
    const { port: held } = wire.address() as AddressInfo
    const host = `tcp://127.0.0.1:${held}`

    const bare = { PATH: process.env['PATH'], HOME: folder, DOCKER_CONFIG: join(folder, 'config') }
    mustRun(['docker', 'context', 'create', 'wire', '--docker', `host=${host}`], { env: { ...bare } as Env })
    for (const env of [
      { ...bare, DOCKER_HOST: host },
      { ...bare, DOCKER_CONTEXT: 'wire' },
    ]) {
      expect(await thisMachine(env).engine(() => {})).toMatchObject({ endpoint: host, remote: true })
      expect(await look(ports.web, stackOf('first'), {}, env)).toBe(OWN)
      expect(await look(held, stackOf('first'), {}, env)).toBe('free, as far as the Docker engine knows')
    }
  })
  test('a port that nobody has is free', async () => {
    expect(await look(ports.free, stackOf('first'))).toBe('free')
  })
})
