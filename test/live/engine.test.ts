/** Containers that a real engine publishes are seen as theirs and no one else's. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { describeState } from '../../src/live/describe.js'
import { thisMachine } from '../../src/live/machine.js'
import { lookAtPorts } from '../../src/live/ports.js'
import { readSockets } from '../../src/live/sockets.js'
import type { Stack } from '../../src/live/state.js'
import { type Engine, mustRun, openEngine } from '../engine/engine.js'
import { eventually } from '../engine/talk.js'
import { type Env, requireOrSkip, run, runCompose } from '../support/compose.js'
import { freePort } from './support.js'

/** Names of our own, so that a run meets no other run's. */
const NAME = `product-env-live-${process.pid}`
const IMAGE = `${NAME}:1`

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

  const look = async (
    port: number,
    stack: Stack | null,
    extra: { protocol?: string; address?: string } = {},
  ) => {
    const machine = thisMachine({ ...process.env, ...engine!.env })
    const wanted = { protocol: 'tcp', address: '', from: port, to: port, stack, ...extra }
    const report = await lookAtPorts([wanted], [stackOf('first'), stackOf('second')], machine)
    expect(report.engine).toMatchObject({ remote: false, silence: null })
    return report.ports[0]!.runs[0]!.state
  }

  test('a stack sees its own container, another product names it', async () => {
    const container = { project: `${NAME}-first`, service: 'web', directory: join(folder, 'first') }
    expect(await look(ports.web, stackOf('first'))).toMatchObject({ kind: 'own', container })
    expect(await look(ports.web, stackOf('second'))).toMatchObject({
      kind: 'other-product',
      stack: { product: 'first' },
      container,
    })
  })
  test('the same project name from another folder is another checkout', async () => {
    const elsewhere = { ...stackOf('first'), directory: join(folder, 'second') }
    const machine = thisMachine({ ...process.env, ...engine!.env })
    const wanted = { protocol: 'tcp', address: '', from: ports.web, to: ports.web, stack: elsewhere }
    const report = await lookAtPorts([wanted], [elsewhere], machine)
    expect(report.ports[0]?.runs[0]?.state.kind).toBe('container')
  })
  test('a container that is nobody’s is named', async () => {
    const state = await look(ports.plain, stackOf('first'))
    expect(describeState(state)).toBe(`in use by container ${NAME}-plain, image ${IMAGE}`)
  })
  test('an address that is published holds that address only', async () => {
    expect((await look(ports.loopback, null, { address: '127.0.0.1' })).kind).toBe('other-product')
    expect((await look(ports.loopback, null)).kind).toBe('other-product')
    expect((await look(ports.loopback, null, { address: '127.0.0.2' })).kind).toBe('free')
  })
  test('udp and tcp are told apart', async () => {
    expect((await look(ports.udp, stackOf('first'), { protocol: 'udp' })).kind).toBe('own')
    expect((await look(ports.udp, stackOf('first'))).kind).toBe('free')
  })
  test.runIf(process.getuid?.() === 0)(
    'a container on the host’s network is known by its process',
    async () => {
      const isHeld = () => readSockets()?.some(({ port }) => port === ports.host)
      await eventually(async () => expect(isHeld()).toBe(true))
      expect(await look(ports.host, stackOf('first'))).toMatchObject({
        kind: 'own',
        container: { service: 'onhost' },
      })
    },
  )
  test('an engine behind TCP, by DOCKER_HOST or by a context, is remote: only its word counts', async () => {
    const { endpoint } = await thisMachine({ ...process.env, ...engine!.env }).engine()
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
      const wanted = [ports.web, held].map((port) => {
        return { protocol: 'tcp', address: '', from: port, to: port, stack: stackOf('first') }
      })
      const report = await lookAtPorts(wanted, [], thisMachine(env))
      expect(report.engine).toMatchObject({ endpoint: host, remote: true, silence: null })
      expect(report.ports.map(({ runs }) => runs[0]?.state)).toMatchObject([
        { kind: 'own', container: { service: 'web' } },
        { kind: 'free', by: 'engine' },
      ])
    }
  })
  test('a port that nobody has is free', async () => {
    expect(await look(ports.free, stackOf('first'))).toEqual({ kind: 'free', by: 'bind' })
  })
})
