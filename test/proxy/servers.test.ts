/** `product proxy` with the real nginx and the real Caddy, as processes on the loopback address. */
import { type ChildProcess, execFile as execFileOfNode, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ok } from '../cli/claims-support.js'
import { requireOrSkip, run } from '../support/compose.js'
import { makeFolder, makeWorkspace } from '../support/workspace.js'
import { ask, firstEvent, freePort, type Seen, startUpstream, webSocketEcho } from './upstream.js'

const execFile = promisify(execFileOfNode)

const workspace = makeWorkspace()
const upstreams: Server[] = []
/** Host ports of the products. */
const ports = { shop: 0, blue: 0, mail: 0, blog: 0, down: 0 }

beforeAll(async () => {
  for (const name of ['shop', 'blue', 'mail', 'blog'] as const) {
    const { port, server } = await startUpstream(name)
    upstreams.push(server)
    ports[name] = port
  }
  ports.down = await freePort()
  const web = 'services: { web: { image: nginx, ports: ["127.0.0.1:${WEB_HOST_PORT}:80"] } }\n'
  const mail = '  mail: { image: mailhog, ports: ["${MAIL_HOST_PORT}:8025"], profiles: [mail] }'
  workspace.write({
    'products/My_Shop/compose.yaml': `services:\n  web: { image: nginx, ports: ["\${WEB_HOST_PORT}:80"] }\n${mail}\n`,
    'products/My_Shop/.env': `WEB_HOST_PORT=${ports.shop}\nMAIL_HOST_PORT=${ports.mail}\n`,
    'products/blog/compose.yaml': web,
    'products/blog/.env': `WEB_HOST_PORT=${ports.blog}\n`,
    'products/down/compose.yaml': web,
    'products/down/.env': `WEB_HOST_PORT=${ports.down}\n`,
    // For the checks only.
    'products/tls/compose.yaml': 'services: { web: { image: nginx, ports: ["[::1]:9443:443"] } }\n',
    [`products/${'long'.repeat(15)}/compose.yaml`]:
      'services: { web: { image: nginx, ports: ["7001:80"] } }\n',
  })
  await ok('env --merge My_Shop --instance blue', workspace)
  const overlay = workspace.read('products/My_Shop/.env.blue') ?? ''
  workspace.write({
    'products/My_Shop/.env.blue': overlay.replace(/^WEB_HOST_PORT=.*/m, `WEB_HOST_PORT=${ports.blue}`),
  })
})

afterAll(() => {
  for (const server of upstreams) {
    server.closeAllConnections()
    server.close()
  }
})

const SERVERS = {
  nginx: {
    main: `daemon off; master_process off; pid nginx.pid; error_log stderr; events {}
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy;
  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  include products;
}`,
    check: (file: string) => ['nginx', '-p', '.', '-c', file, '-t'],
    run: (file: string) => ['nginx', '-p', '.', '-c', file],
  },
  caddy: {
    main: '{\n\tadmin off\n}\n\nimport products\n',
    // Alone, since it warns of the format of the file that it is given.
    check: () => ['caddy', 'validate', '--adapter', 'caddyfile', '--config', 'products'],
    run: (file: string) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', file],
  },
} as const

function missing(program: string): string | null {
  const gone = [program, 'curl'].find((each) => run(['which', each]).code !== 0)
  return gone === undefined ? null : `no ${gone} found (on Debian: scripts/install-proxies.sh)`
}

describe.each(['nginx', 'caddy'] as const)('%s', (kind) => {
  const isThere = requireOrSkip(kind, missing(kind))
  const folder = makeFolder()
  const env = { HOME: folder.root, XDG_CONFIG_HOME: folder.root, XDG_DATA_HOME: folder.root }
  const { main, check, run: start } = SERVERS[kind]
  let port = 0
  let server: ChildProcess | undefined
  const named = async (name: string) => JSON.parse((await ask(port, `${name}:${port}`)).text) as Seen

  beforeAll(async () => {
    if (!isThere) return
    port = await freePort()
    await ok(`proxy --${kind} --domain localhost:${port} -o ${folder.path('products')}`, workspace)
    folder.write({ main })
    const [program = '', ...args] = start(folder.path('main'))
    const options = { cwd: folder.root, env: { ...process.env, ...env }, stdio: 'ignore' } as const
    server = spawn(program, args, options)
    while (server.exitCode === null && !(await isOpen(port))) await sleep(20)
  })

  afterAll(async () => {
    const ended = server === undefined || server.exitCode !== null ? null : once(server, 'exit')
    server?.kill()
    await ended
  })

  test.runIf(isThere)('accepts the file, without a warning', () => {
    const { code, stdout, stderr } = run(check(folder.path('main')), { cwd: folder.root, env })
    expect({ code, warnings: /warn|emerg/i.exec(`${stdout}${stderr}`) }, stderr).toEqual({
      code: 0,
      warnings: null,
    })
  })

  test.runIf(isThere)('reaches each product, instance and service by its name', async () => {
    const names = ['my-shop.localhost', 'my-shop-blue.localhost', 'mail.my-shop.localhost', 'blog.localhost']
    const seen = await Promise.all(names.map(named))
    expect(seen.map(({ name }) => name)).toEqual(['shop', 'blue', 'mail', 'blog'])
    expect(seen[0]?.headers).toMatchObject({
      host: `my-shop.localhost:${port}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': `my-shop.localhost:${port}`,
      'x-forwarded-proto': 'http',
    })
    const other = await ask(port, `nothing.localhost:${port}`)
    expect(other.text).not.toContain('headers')
  })

  test.runIf(isThere)('passes on websockets, events and large uploads', async () => {
    expect(await webSocketEcho(port, `blog.localhost:${port}`, 'hello')).toBe('hello')
    expect(await firstEvent(port, `blog.localhost:${port}`)).toBe('data: 1\n\n')
    const { status, text } = await ask(port, `blog.localhost:${port}`, 64)
    expect({ status, bytes: (JSON.parse(text) as Seen).bytes }).toEqual({
      status: 200,
      bytes: 64 * 1024 ** 2,
    })
  })

  test.runIf(isThere)('says how to start a product that does not answer', async () => {
    const { status, type, text } = await ask(port, `down.localhost:${port}`)
    expect({ status, type }).toEqual({ status: 502, type: 'text/html; charset=utf-8' })
    expect(text).toContain('<h1>down does not answer</h1>')
    expect(text).toContain('<pre>product compose down up -d</pre>')
  })

  test.runIf(isThere)('keeps the cookies of products apart', async () => {
    // Not synchronous: the products are in this process.
    const cookie = async (url: string) => {
      const { stdout } = await execFile('curl', ['-sS', '-b', 'jar', '-c', 'jar', url], { cwd: folder.root })
      return (JSON.parse(stdout) as Seen).headers['cookie']
    }
    await cookie(`http://my-shop.localhost:${port}/login`)
    expect(await cookie(`http://my-shop.localhost:${port}/`)).toBe('session=shop')
    expect(await cookie(`http://blog.localhost:${port}/`)).toBeUndefined()
    expect(await cookie(`http://my-shop-blue.localhost:${port}/`)).toBeUndefined()
    await cookie(`http://localhost:${ports.shop}/login`)
    expect(await cookie(`http://localhost:${ports.blog}/`), 'by port').toBe('session=shop')
  })
})

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
