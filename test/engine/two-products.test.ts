/**
 * The promise of the tool, with nothing faked in between: two products of the demo workspace, with the env files
 * that the built command wrote, run on one engine at the same time and do not get in each other's way.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Env, requireOrSkip, runCompose } from '../support/compose.js'
import { type Engine, mustRun, openEngine, runAll } from './engine.js'
import { type Images, imagesMissing, makeImages } from './images.js'
import { eventually, redis, smtpGreeting, webPage } from './talk.js'
import { takeTurn } from './turn.js'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const CLI = join(REPOSITORY, 'dist/product.cjs')
const PRODUCTS = ['my_first_app', 'my_second_app'] as const
type Product = (typeof PRODUCTS)[number]

/** Frozen here, not computed: crc32(product) % 1000 over the base ports of the features. */
const PORTS = {
  my_first_app: { redis: 6971, smtp: 1616, mail: 8616, phpmyadmin: 8672, web: 8000 },
  my_second_app: { redis: 7227, smtp: 1872, mail: 8872, phpmyadmin: null, web: 8001 },
} as const

const SERVICES: Record<Product, readonly string[]> = {
  my_first_app: ['mailer', 'mailhog', 'phpmyadmin', 'redis', 'web'],
  my_second_app: ['mailhog', 'redis', 'web'],
}

let endTurn: (() => Promise<void>) | undefined
let engine: Engine | undefined
let images: Images | undefined
let workspace = ''

const productDir = (product: Product) => join(workspace, 'products', product)

/**
 * A developer may have the demo itself running, in projects named after the products' folders, and `down -v` takes
 * the volumes with it. So these projects have names of their own; always the same, so that a run clears away what a
 * killed one left behind.
 */
const projectEnv = (product: Product): Env => ({
  ...engine!.env,
  COMPOSE_PROJECT_NAME: `product-env-test-${product}`,
})

function compose(product: Product, ...args: readonly string[]): string {
  const { code, stdout, stderr } = runCompose(productDir(product), args, projectEnv(product))
  if (code !== 0) throw new Error(`compose ${args.join(' ')} (${product}): exit ${code}\n${stderr}`)
  return stdout
}

function takeDown(product: Product): void {
  compose(product, 'down', '--volumes', '--remove-orphans', '--timeout', '1')
}

/** Start of the id of the service's container, which is also its hostname: it tells who answers on a host port. */
const containerId = (product: Product, service: string) => compose(product, 'ps', '-q', service).slice(0, 12)

describe('two products on one engine', () => {
  beforeAll(async () => {
    endTurn = await takeTurn()
    const opened = await openEngine()
    const missing = 'missing' in opened ? opened.missing : imagesMissing()
    if ('engine' in opened) engine = opened.engine
    if (!requireOrSkip('a Docker engine', missing)) return
    if (!existsSync(CLI)) throw new Error(`${CLI} is not built: npm run build`)

    workspace = mkdtempSync(join(tmpdir(), 'product-env-engine-'))
    // Without the .env of a developer's own demo, which would be kept, as it should.
    const isMerged = (path: string) => /\.env(\.(?!.*example$).*)?$/.test(path)
    for (const part of ['features', 'products']) {
      cpSync(join(REPOSITORY, part), join(workspace, part), {
        recursive: true,
        filter: (path) => !isMerged(path),
      })
    }
    for (const product of PRODUCTS) {
      mustRun([process.execPath, CLI, 'env', '--merge', product], { cwd: workspace })
    }
    for (const product of PRODUCTS) takeDown(product)
    images = makeImages(engine!)
    for (const product of PRODUCTS) compose(product, 'up', '--detach', '--wait', '--pull', 'never')
  }, 420_000)

  afterAll(async () => {
    const isUp = workspace !== '' && engine !== undefined
    await runAll([
      ...(isUp ? PRODUCTS : []).map((product) => () => takeDown(product)),
      () => images?.remove(),
      () => engine?.close(),
      () => endTurn?.(),
      () => workspace !== '' && rmSync(workspace, { recursive: true, force: true }),
    ])
  }, 120_000)

  beforeEach((context) => {
    if (!images) context.skip('no Docker engine')
  })

  test.each(PRODUCTS)('every service of %s runs', (product) => {
    const running = compose(product, 'ps', '--services', '--status', 'running')
    expect(running.trim().split('\n').sort()).toEqual(SERVICES[product])
  })

  test('a SET in the redis of one is not seen in the other', async () => {
    const [first, second] = [PORTS.my_first_app.redis, PORTS.my_second_app.redis]
    expect(await redis(first, 'SET', 'whose', 'first')).toBe('+OK\r\n')
    expect(await redis(second, 'GET', 'whose')).toBe('$-1\r\n')
    expect(await redis(second, 'SET', 'whose', 'second')).toBe('+OK\r\n')
    expect(await redis(first, 'GET', 'whose')).toBe('$5\r\nfirst\r\n')
  })

  test("a setting of the product's own reaches its redis, and only its own", async () => {
    const memory = async (product: Product) => redis(PORTS[product].redis, 'CONFIG', 'GET', 'maxmemory')
    expect(await memory('my_first_app')).toContain(`\r\n${128 * 1024 ** 2}\r\n`)
    expect(await memory('my_second_app')).toContain(`\r\n${32 * 1024 ** 2}\r\n`)
  })

  const pages = PRODUCTS.flatMap((product) => [
    { product, service: 'web', image: 'nginx:1.27-alpine', port: PORTS[product].web },
    { product, service: 'mailhog', image: 'mailhog/mailhog:v1.0.1', port: PORTS[product].mail },
    { product, service: 'phpmyadmin', image: 'phpmyadmin:5', port: PORTS[product].phpmyadmin },
  ])
  test.each(pages.filter(({ port }) => port !== null))(
    '$service of $product answers on host port $port',
    async ({ product, service, image, port }) => {
      const { status, text } = await eventually(() => webPage(port!))
      expect(status).toBe(200)
      if (images!.made.has(image)) expect(text).toContain(`HOSTNAME=${containerId(product, service)}\n`)
    },
  )

  test.each(PRODUCTS)('mailhog of %s takes mail on its own host port', async (product) => {
    const greeting = await eventually(() => smtpGreeting(PORTS[product].smtp))
    expect(greeting).toMatch(/^220 /)
    if (images!.made.has('mailhog/mailhog:v1.0.1'))
      expect(greeting).toContain(containerId(product, 'mailhog'))
  })

  test('a container sees what was merged, with the name of its product filled in', () => {
    const environment = compose('my_first_app', 'exec', '-T', 'mailer', 'env')
    expect(environment).toContain('MAIL_FROM=no-reply@my_first_app.test\n')
    expect(environment).toContain('MAIL_FROM_NAME=The team of my_first_app\n')
  })

  test.each(PRODUCTS)('a second merge while %s runs changes nothing', (product) => {
    const file = join(productDir(product), '.env')
    const before = readFileSync(file)
    mustRun([process.execPath, CLI, 'env', '--merge', product], { cwd: workspace })
    expect(readFileSync(file)).toEqual(before)
  })

  /** crc32("swarm_app") % 1000 = 913. Without IPVS in the kernel, the swarm's ports are there but do not answer, so nobody asks them. */
  test('a swarm runs what product stack prints', async (context) => {
    if (!engine!.isOwn) return context.skip('this engine is not the test’s own')
    const folder = join(workspace, 'products/swarm_app')
    cpSync(productDir('my_second_app'), folder, {
      recursive: true,
      filter: (path) => !path.endsWith('/.env'),
    })
    const example = join(folder, '.env.example')
    writeFileSync(example, readFileSync(example, 'utf8').replace('8001', '8002'))
    const { docker, env } = engine!
    docker('swarm', 'init', '--advertise-addr', '127.0.0.1')
    try {
      mustRun([process.execPath, CLI, 'stack', 'swarm_app', '-o', 'stack.yaml'], { cwd: workspace, env })
      docker('stack', 'deploy', '--resolve-image', 'never', '-c', join(workspace, 'stack.yaml'), 'swarm_app')
      await eventually(async () => {
        const services = docker('service', 'ls', '--format', '{{.Name}} {{.Replicas}} {{.Ports}}')
        expect(services.split('\n').sort()).toEqual([
          'swarm_app_mailhog 1/1 *:1938->1025/tcp, *:8938->8025/tcp',
          'swarm_app_redis 1/1 *:7293->6379/tcp',
          'swarm_app_web 1/1 *:8002->80/tcp',
        ])
      }, 60_000)
      const web = docker('ps', '--quiet', '--filter', 'label=com.docker.swarm.service.name=swarm_app_web')
      expect(docker('exec', web, 'env')).toContain('REDIS_URL=redis://redis:6379')
    } finally {
      docker('stack', 'rm', 'swarm_app')
      docker('swarm', 'leave', '--force')
    }
  })
})
