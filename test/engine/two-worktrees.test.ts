/**
 * Copies in git worktrees on one engine, each started by a plain `docker compose up`: a product of the demo, and a project
 * that pins everything that a host has only once.
 */
import { cpSync, existsSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { requireOrSkip, runCompose } from '../support/compose.js'
import { commitAll, git } from '../support/git.js'
import { demoWorkspace, makeFolder, type TestWorkspace } from '../support/workspace.js'
import { type Engine, openEngine, runAll } from './engine.js'
import { type Images, imagesMissing, makeImages } from './images.js'
import { eventually, redis, webPage } from './talk.js'
import { takeTurn } from './turn.js'

/** A name of its own: `down` must never take the volumes of a developer who has the demo running. */
const NAME = 'product-env-copy'

/** Frozen here, not computed: the product's own 8190, and redis's 6380 + crc32(NAME) % 1000; the copy adds crc32(`NAME@blue`) % 1000. */
const DEMO = {
  shop: { folder: `shop/products/${NAME}`, web: 8190, redis: 6380 + 669 },
  blue: { folder: `blue/products/${NAME}`, web: 8190 + 110, redis: 6380 + 669 + 110 },
} as const

const PINNED = {
  shop: { folder: 'pinned', web: 18_190 },
  blue: { folder: 'pinned-blue', web: 18_190 + 717 },
} as const

const CHECKOUTS = ['shop', 'blue'] as const
type Checkout = (typeof CHECKOUTS)[number]

const pinnedFile = (data: string) => `name: ${NAME}-pinned
services:
  web:
    build: .
    image: ${NAME}-pinned/web
    container_name: ${NAME}-pinned-web
    ports: ["18190:80"]
    volumes: ["${data}:/data"]
    networks: [front]
networks:
  front:
    name: ${NAME}-pinned-net
    ipam: { config: [{ subnet: 10.213.77.0/24 }] }
`

let endTurn: (() => Promise<void>) | undefined
let engine: Engine | undefined
let images: Images | undefined
let folder: TestWorkspace | undefined

function compose(where: string, ...args: readonly string[]): string {
  const ran = runCompose(folder!.path(where), args, engine!.env)
  if (ran.code !== 0)
    throw new Error(`compose ${args.join(' ')} in ${where}: exit ${ran.code}\n${ran.stderr}`)
  return ran.stdout
}

const down = (where: string) => compose(where, 'down', '--volumes', '--remove-orphans', '--timeout', '1')
const FOLDERS = [...Object.values(DEMO), ...Object.values(PINNED)].map((each) => each.folder)

/** The demo with one product under the test's name, and the other project, each with a worktree beside it. */
async function checkouts(): Promise<TestWorkspace> {
  const all = makeFolder()
  const demo = demoWorkspace()
  cpSync(demo.path('products/my_second_app'), demo.path(`products/${NAME}`), { recursive: true })
  for (const other of ['my_first_app', 'my_second_app'])
    rmSync(demo.path(`products/${other}`), { recursive: true })
  const example = demo.read(`products/${NAME}/.env.example`) ?? ''
  demo.write({
    [`products/${NAME}/.env.example`]: example.replace('WEB_HOST_PORT=8001', 'WEB_HOST_PORT=8190'),
    '.gitignore': '.env\n',
  })
  cpSync(demo.root, all.path('shop'), { recursive: true })
  all.write({
    'pinned/compose.yaml': pinnedFile(all.path('outside/data')),
    'pinned/Dockerfile': 'FROM nginx:1.27-alpine\nLABEL built=here\n',
    'outside/data/': '',
    'outside/data-blue/': '',
  })
  for (const [checkout, copy] of [
    ['shop', 'blue'],
    ['pinned', 'pinned-blue'],
  ] as const) {
    commitAll(all.path(checkout))
    git(all.path(checkout), 'worktree', 'add', `../${copy}`)
  }
  for (const [where, line] of [
    [DEMO.shop.folder, 'env --merge'],
    [DEMO.blue.folder, 'env --merge'],
    [PINNED.blue.folder, 'env --merge --as blue'],
  ] as const) {
    const { exitCode, stderr } = await product(line, all.path(where))
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  }
  return all
}

describe('two worktrees on one engine', () => {
  beforeAll(async () => {
    endTurn = await takeTurn()
    const opened = await openEngine()
    const missing = 'missing' in opened ? opened.missing : imagesMissing()
    if ('engine' in opened) engine = opened.engine
    if (!requireOrSkip('a Docker engine', missing)) return
    folder = await checkouts()
    for (const each of FOLDERS) down(each)
    images = makeImages(engine!)
    for (const each of FOLDERS) compose(each, 'up', '--detach', '--wait', '--pull', 'never')
  }, 420_000)

  afterAll(async () => {
    const isUp = folder !== undefined && engine !== undefined
    await runAll([
      ...(isUp ? FOLDERS : []).map((each) => () => down(each)),
      () => images?.remove(),
      () => engine?.close(),
      () => endTurn?.(),
    ])
  }, 120_000)

  beforeEach((context) => {
    if (!images) context.skip('no Docker engine')
  })

  test.each(CHECKOUTS)('the demo in %s answers on its own ports', async (checkout: Checkout) => {
    const { web, folder: where } = DEMO[checkout]
    const id = compose(where, 'ps', '-q', 'web').slice(0, 12)
    const { status, text } = await eventually(() => webPage(web))
    expect(status).toBe(200)
    if (images!.made.has('nginx:1.27-alpine')) expect(text).toContain(`HOSTNAME=${id}\n`)
  })

  test.each(CHECKOUTS)('what the project in %s pins is its own', async (checkout: Checkout) => {
    const { web, folder: where } = PINNED[checkout]
    const id = compose(where, 'ps', '-q', 'web').slice(0, 12)
    expect((await eventually(() => webPage(web))).status).toBe(200)
    compose(where, 'exec', '-T', 'web', 'sh', '-c', `echo ${checkout} > /data/name`)
    const suffix = checkout === 'shop' ? '' : '-blue'
    expect(folder!.read(`outside/data${suffix}/name`)).toBe(`${checkout}\n`)
    const { docker } = engine!
    expect(docker('inspect', '--format', '{{.Name}} {{.Config.Image}}', id)).toMatch(
      suffix === '' ? /^\/\S+-pinned-web \S+\/web$/ : /^\/\S+-pinned-web-blue \S+\/web:latest-blue$/,
    )
    const networks = docker('network', 'ls', '--format', '{{.Name}}').split('\n')
    expect(networks).toContain(`${NAME}-pinned-net${suffix}`)
  })

  test('one goes down with its volumes, and the other keeps its data', async () => {
    expect(await redis(DEMO.shop.redis, 'SET', 'whose', 'own')).toBe('+OK\r\n')
    expect(await redis(DEMO.blue.redis, 'GET', 'whose')).toBe('$-1\r\n')
    down(DEMO.blue.folder)
    expect(await redis(DEMO.shop.redis, 'GET', 'whose')).toBe('$3\r\nown\r\n')
    expect(existsSync(folder!.path(`blue/products/${NAME}/.env`))).toBe(true)
  })
})
