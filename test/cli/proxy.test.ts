/** `product proxy`, from the outside; test/proxy has the real servers. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ProxyKind, proxyConfig } from '../../src/report/proxy.js'
import type { ProxySite } from '../../src/tasks/proxy.js'
import { product } from '../support/cli.js'
import { commitAll, git } from '../support/git.js'
import { type Files, makeFolder, makeWorkspace } from '../support/workspace.js'
import { ok } from './claims-support.js'

function web(name: string, ports: string, more = ''): string {
  return `services: { ${name}: { image: nginx, ports: [${ports}]${more} } }\n`
}

/** `HOST UPSTREAM`, in order. */
function sitesOf(config: string): string[] {
  const lines = config.matchAll(/server_name (\S+);[^}]*proxy_pass (\S+);/g)
  return [...lines].map(([, host, upstream]) => `${host} ${upstream}`)
}

async function sites(files: Files, options = ''): Promise<string[]> {
  return sitesOf(await ok(`proxy --nginx ${options}`, makeWorkspace(files)))
}

async function commandOf(files: Files): Promise<string | undefined> {
  const config = await ok('proxy --caddy', makeWorkspace(files))
  return /<pre>([^<]*)<\/pre>/.exec(config)?.[1]
}

describe('the names', () => {
  test('are those of the product, of its instances, and of services before them', async () => {
    const blue = makeWorkspace({
      'products/My_App/compose.yaml': web('web', '"${WEB_HOST_PORT}:80", "${TLS_HOST_PORT}:443"'),
      'products/My_App/.env': 'WEB_HOST_PORT=127.0.0.1:8000\nTLS_HOST_PORT=8443\nADMIN_HOST_PORT=[::]:8900\n',
    })
    await ok('env --merge My_App --instance Blue.1 --offset 1', blue)
    expect(sitesOf(await ok('proxy --nginx --domain dev.test', blue))).toEqual([
      'admin.my-app-blue-1.dev.test http://[::1]:8901',
      'admin.my-app.dev.test http://[::1]:8900',
      'my-app-blue-1.dev.test http://127.0.0.1:8001',
      'my-app.dev.test http://127.0.0.1:8000',
      'web-443.my-app-blue-1.dev.test https://127.0.0.1:8444',
      'web-443.my-app.dev.test https://127.0.0.1:8443',
    ])
  })

  test('have the domain of workspace.yaml', async () => {
    const files = { 'products/a/compose.yaml': web('a', '"8001:80"'), 'workspace.yaml': 'domain: test\n' }
    expect(await sites(files)).toEqual(['a.test http://127.0.0.1:8001'])
    expect(await sites(files, '--domain localhost')).toEqual(['a.localhost http://127.0.0.1:8001'])
  })

  test('leave out ports without a number or a valid address, and count a container port once', async () => {
    const ports = '"127.0.0.1:8001:80", "[::1]:8001:80", "${NOT_SET}:8080"'
    const files = {
      'products/a/compose.yaml': web('a', ports),
      'products/a/.env': 'UI_HOST_PORT=999.0.0.1:8002\nWEB_HOST_PORT=70000\n',
    }
    expect(await sites(files)).toEqual(['a.localhost http://127.0.0.1:8001'])
  })

  test('include the copies in other worktrees, with their folders', async () => {
    const folder = makeFolder()
    folder.write({ 'shop/compose.yaml': web('web', '"8001:80"') })
    commitAll(folder.path('shop'))
    git(folder.path('shop'), 'worktree', 'add', '../blue')
    await product('env --merge', folder.path('blue'))
    const { stdout: config } = await product('proxy --nginx', folder.path('shop'))
    expect(sitesOf(config).map((site) => site.split(' ')[0])).toEqual([
      'shop-blue.localhost',
      'shop.localhost',
    ])
    expect(config).toContain(
      'Start it in ../blue, then reload this page:<pre>product compose shop@blue up -d',
    )
  })

  test.each<[string, Files, string]>([
    [
      'two equal ones',
      {
        'products/a_b/compose.yaml': web('web', '"8001:80"'),
        'products/a.b/compose.yaml': web('web', '"8002:80"'),
      },
      'products/a_b/compose.yaml:1: error: a.b web and a_b web would have the same host name, a-b.localhost [bad-host-name]',
    ],
    [
      'one that is too long',
      { [`products/${'x'.repeat(64)}/compose.yaml`]: web('web', '"8001:80"') },
      'which has more than 63 characters between two dots [bad-host-name]',
    ],
    [
      'one that is empty',
      {
        'products/a/compose.yaml':
          'services: { web: { image: a, ports: ["80:80"] }, _: { image: a, ports: ["81:80"] } }',
      },
      'The host name of a _ would be .a.localhost, which has nothing between two dots [bad-host-name]',
    ],
  ])('are an error with %s, and nothing is printed or written', async (_, files, message) => {
    const workspace = makeWorkspace(files)
    const { exitCode, stdout, stderr } = await product('proxy --nginx', workspace)
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
    await product('proxy --nginx -o out', workspace)
    expect(workspace.read('out')).toBeNull()
  })
})

test('the page of a stopped product has the command that starts the port', async () => {
  const compose = (more: string) => ({ 'products/a/compose.yaml': web('web', '"8001:80"', more) })
  expect(await commandOf(compose(''))).toBe('product compose a up -d')
  expect(await commandOf(compose(', profiles: [tools, x]'))).toBe('product compose a --profile tools up -d')
  const active = { 'products/a/.env': 'COMPOSE_PROFILES=tools\n' }
  expect(await commandOf({ ...compose(', profiles: [tools]'), ...active })).toBe('product compose a up -d')
  expect(await commandOf({ 'products/a/.env': 'WEB_HOST_PORT=8001\n' })).toBe('product run a COMMAND')
})

test('the page names no command for the stack of a feature that SPLENT starts', async () => {
  const folder = makeFolder()
  folder.write({
    'shop_app/pyproject.toml':
      '[project]\nname = "shop_app"\n[tool.splent]\nfeatures = ["splent_feature_ui"]\n',
    'shop_app/docker/docker-compose.yml': web('shop', '"5800:5000"'),
    'splent_feature_ui/docker/.env.example': 'UI_HOST_PORT=8080\n',
    'splent_feature_ui/docker/docker-compose.yml': web('ui', '"${UI_HOST_PORT}:8080"'),
  })
  const { stdout } = await product('proxy --nginx', folder)
  const pages = stdout.match(/Nothing answers[^"]*/g)
  expect(pages).toEqual([
    'Nothing answers at http://127.0.0.1:5800.<p>Start it, then reload this page:<pre>product compose shop_app up -d</pre>',
    'Nothing answers at http://127.0.0.1:8585.<p>Start it, then reload this page.',
  ])
})

describe('-o', () => {
  const files = { 'products/a/compose.yaml': web('a', '"8001:80"'), 'notes.txt': 'mine\n' }

  test('writes a file that everybody may read, and only if it changes', async () => {
    const workspace = makeWorkspace(files)
    expect(await ok('proxy --caddy -o names.caddy', workspace)).toBe('  written  names.caddy: 1 host name\n')
    expect(workspace.read('names.caddy')).toBe(await ok('proxy --caddy', workspace))
    expect(await ok('proxy --caddy -o names.caddy', workspace)).toBe('  current  names.caddy: 1 host name\n')
    expect(await ok('proxy --nginx -o names.caddy', workspace)).toContain('  written  ')
  })

  test.each([
    ['notes.txt', 'notes.txt: error: This file was not written by product-env, so it is not overwritten'],
    ['nowhere/names', 'nowhere/names: error: This file cannot be written'],
    ['products', 'products: error: This file cannot be read'],
  ])('refuses %s', async (file, message) => {
    const workspace = makeWorkspace(files)
    const { exitCode, stdout, stderr } = await product(`proxy --nginx -o ${file}`, workspace)
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
    expect(workspace.read('notes.txt')).toBe('mine\n')
  })
})

test.each([
  ['proxy', 'product proxy needs --nginx or --caddy'],
  ['proxy --nginx --caddy', "option '--caddy' cannot be used with option '--nginx'"],
  ['proxy --nginx --domain a;b', 'Use lower-case letters'],
  ['proxy --nginx --domain localhost:0', 'Use a port from 1 to 65535'],
])('%s is wrong usage', async (line, message) => {
  const { exitCode, stderr } = await product(line, makeWorkspace())
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) })
})

describe('no text can add to the configuration', () => {
  const harmless = { host: 'a.localhost', upstream: 'http://127.0.0.1:1', guessedFrom: null } as const
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"; } $host {', "\n'\r\\", '</pre>{$HOME}'),
  )
  const hostile = fc.record({ owner: text, service: text, variable: text, command: text, folder: text })
  /** Without comments and what is in quotes. */
  const frame = (config: string) => config.replace(/^# .*/gm, '#').replace(/"[^"]*"/g, '""')

  test.each<ProxyKind>(['nginx', 'caddy'])('of %s', (kind) => {
    const config = (site: Omit<ProxySite, keyof typeof harmless>) =>
      proxyConfig(kind, [{ ...harmless, ...site }], 80)
    const start = { command: 'x', folder: 'x' }
    const expected = frame(config({ owner: 'x', service: 'x', variable: 'x', start }))
    fc.assert(
      fc.property(hostile, ({ owner, service, variable, ...start }) => {
        const page = config({ owner, service, variable, start })
        expect(frame(page)).toBe(expected)
        const [, html] = /"(<!doctype[^"]*)"/.exec(page) ?? []
        expect(html).not.toMatch(/[${}\\]|<(?!\/?(?:!doctype|html|meta|title|body|h1|p|pre)\b)|[^ -~]/)
      }),
      { numRuns: 50 },
    )
  })
})
