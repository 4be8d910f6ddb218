/** `product page`: its text, and that no text of a file becomes markup. */
import { expect, test } from 'vitest'
import { pageHtml } from '../../src/report/page.js'
import { collectPage, type Page } from '../../src/tasks/page.js'
import { openWorkspace } from '../../src/workspace/workspace.js'
import { product } from '../support/cli.js'
import { containerOf, engineOf, everywhere, fakeMachine, SILENT } from '../support/machine.js'
import { makeWorkspace } from '../support/workspace.js'

const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\u202e</title></style>`

const files = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  'features/redis/compose.yaml':
    'services: { redis: { image: redis, ports: ["${REDIS_HOST_PORT}:6379"] } }\n',
  'products/blog/product.yaml': 'features: []\noffset: 3\n',
  'products/blog/compose.yaml': `services:
  "<b>": { image: nginx, ports: ["6385:80", "127.0.0.1:8443:443", "53:53", "53:53/udp", "1234"] }
  media: { image: rtp, ports: ["10000-12047:10000-12047/udp", "20000-20002:20000-20002"] }
  missing: { extends: { file: "<i>.yaml", service: x } }
`,
  'products/shop/product.yaml': 'features: [redis]\noffset: 5\ninstances: { blue: { offset: 7 } }\n',
  'products/shop/compose.yaml': 'include: [../../features/redis/compose.yaml]\n',
}
const here = makeWorkspace(files)
await product('env --merge shop --instance blue', here)

/** Its tags, with the texts of attributes left out. No text contains `<` or `>`, unless it is not escaped. */
const tagsOf = (page: string) => page.match(/<[^>]*>/g)?.map((tag) => tag.replace(/="[^"]*"/g, ''))

/** The texts of the elements that a pattern finds, without tags. */
const textsOf = (page: string, pattern: RegExp) =>
  [...page.matchAll(pattern)].map(([text]) =>
    text
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )

test('shows each product and instance with its ports and links', async () => {
  const { stdout, stderr, exitCode } = await product('page', here)
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[compose-missing]')])
  expect(textsOf(stdout, /<p>.*ports.*<\/p>/g)[0]).toBe(
    '2 products, 1 instance, 9 ports, 1 collision. Not read, so ports may be missing: products/blog/compose.yaml',
  )
  const [blog = '', shop = '', blue = ''] = textsOf(stdout, /<li class="card" id=[\s\S]*?<\/ul><\/li>/g)
  expect(blog).toContain('1 blog offset +3 (set), not merged yet localhost:6385')
  expect(blog).toContain('localhost:6385 &lt;b&gt; ✕ https://127.0.0.1:8443 &lt;b&gt; random')
  expect(blog).toContain('10000-12047/udp media')
  expect(shop).toBe('2 shop offset +5 (set), merged 6385 redis · REDIS_HOST_PORT ✕')
  expect(blue).toBe('3 shop@blue offset +7 (set), merged 6387 redis · REDIS_HOST_PORT')
  expect(textsOf(stdout, /<li class="card" data-of[\s\S]*?<\/ul><\/li>/g)).toEqual([
    'blog , shop 6385 &lt;b&gt;, REDIS_HOST_PORT',
  ])
})

test('links by name and by port if there are names, the front door first', async () => {
  const web = 'services: { api: { image: x, ports: ["7000:80"] }, web: { image: x, ports: ["8000:80"] } }\n'
  const where = makeWorkspace({ 'products/shop/compose.yaml': web, 'workspace.yaml': 'domain: localhost\n' })
  const links = async () =>
    [...(await product('page', where)).stdout.matchAll(/href="(http[^"]*)"/g)].map(([, url]) => url)
  expect(await links()).toEqual([
    'http://shop.localhost:8000',
    'http://localhost:8000',
    'http://shop.localhost:7000',
    'http://localhost:7000',
  ])
  where.write({ 'workspace.yaml': '' })
  expect(await links()).toEqual(['http://localhost:8000', 'http://localhost:7000'])
})

test('draws each claimed port once, and what has it', async () => {
  const { stdout } = await product('page', here)
  const squares = [...stdout.matchAll(/<a href="(#[^"]*)" aria-label="([^"]*)"/g)].map(
    ([, target, title]) => `${target} ${title}`,
  )
  expect(squares).toEqual([
    '#blog 53: 1 blog &lt;b&gt;, 1 blog &lt;b&gt; udp',
    '#_collisions 6385: 1 blog &lt;b&gt; collides with 2 shop REDIS_HOST_PORT',
    '#shop@blue 6387: 3 shop@blue REDIS_HOST_PORT',
    '#blog 8443: 1 blog &lt;b&gt;',
    '#blog 10000-10999: 1 blog media 10000-12047 udp',
    '#blog 11000-11999: 1 blog media 10000-12047 udp',
    '#blog 12000-12039: 1 blog media 10000-12047 udp',
    '#blog 12040-12047: 1 blog media 10000-12047 udp',
    '#blog 20000-20002: 1 blog media 20000-20002',
  ])
  expect(textsOf(stdout, /<h3>12000.*<\/h3>/g)).toEqual(['12000-12999 48 ports of 1000 claimed'])
})

test('marks what is up with --live, and tells what is missing', async () => {
  const directory = here.path('products/shop')
  const machine = {
    engine: engineOf([containerOf('x', { project: 'shop', service: 'redis', directory }), []]),
  }
  const { stdout } = await product('page --live', here, { machine })
  expect(textsOf(stdout, /<b class="live.*<\/b>/g)).toEqual(['○ down', '● up', '○ down'])
  expect(stdout).toContain('1 up when this page was written')
  expect(stdout.match(/<rect class="up"/g)).toHaveLength(1)
  const services = {
    'products/blog/compose.yaml':
      'services: { a: { image: x, ports: ["80:80"] }, b: { image: x, ports: ["81:80"] } }\n',
  }
  const partly = makeWorkspace(services)
  const container = containerOf('x', {
    project: 'blog',
    service: 'a',
    directory: partly.path('products/blog'),
  })
  const engine = engineOf([container, everywhere(90, 80)])
  const half = (await product('page --live', partly, { machine: { engine } })).stdout
  expect(textsOf(half, /<b class="live.*<\/b>/g)).toEqual([
    '◐ partly up, without b; runs on 90; up -d moves it',
  ])
  expect(half.match(/<rect class="up"/g)).toHaveLength(1)
  const silent = await product('page --live', here, { machine: { engine: SILENT } })
  expect(textsOf(silent.stdout, /<b class="live.*<\/b>/g)).toEqual(Array(3).fill('? unknown'))
  expect(silent.stderr).toContain('[no-engine]')
  expect((await product('page', here, { machine })).stdout).not.toMatch(/class="live|up when/)
})

test('is written with -o, as the same bytes each time', async () => {
  const where = makeWorkspace({
    'products/shop/compose.yaml': 'services: { web: { image: nginx, ports: ["80:80"] } }\n',
  })
  const written = await product('page -o ports.html', where)
  expect(written).toEqual({ exitCode: 0, stdout: '  written  ports.html\n', stderr: '' })
  const text = where.read('ports.html')
  expect(text).toBe((await product('page', where)).stdout)
  await product('page --output ports.html', where)
  expect(where.read('ports.html')).toBe(text)
  where.write({ 'mine.html': '<!doctype html>\n<p>Mine</p>\n' })
  expect((await product('page -o mine.html', where)).stderr).toContain('[foreign-file]')
  const failed = await product('page -o none/ports.html', where)
  expect([failed.exitCode, failed.stdout]).toEqual([1, ''])
  expect(failed.stderr).toContain('[cannot-write]')
})

test('says that there is no product', async () => {
  const { stdout, exitCode } = await product('page', makeWorkspace())
  expect(exitCode).toBe(0)
  expect(stdout).toContain('The workspace has no products yet.')
  expect(stdout).toContain('No product claims a port.')
})

/** The fields in which a file, a folder or a person can put any text. */
const FREE = /^(?:product|instance|variable|service|directory|missing|unread|url|path)$/

/** Puts a text before each free text of a page. An object that occurs twice stays one, as claims do. */
function withTexts(page: Page, text: string): Page {
  const copies = new Map<object, object>()
  const copyOf = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return FREE.test(key) || (key === 'address' && value) ? text + value : value
    if (Array.isArray(value)) return value.map((each) => copyOf(each, key))
    if (typeof value !== 'object' || value === null) return value
    const copy = copies.get(value) ?? {}
    if (!copies.has(value)) {
      copies.set(value, copy)
      for (const [name, each] of Object.entries(value)) Object.assign(copy, { [name]: copyOf(each, name) })
    }
    return copy
  }
  return copyOf(page, '') as Page
}

test('never takes a text for markup', async () => {
  const workspace = await openWorkspace(here.root)
  const directory = here.path('products/shop')
  const machine = fakeMachine({
    engine: engineOf([containerOf('x', { project: 'blog', service: '<b>', directory }), []]),
  })
  const { page } = await collectPage(workspace, machine)
  const harmless = pageHtml(withTexts(page, 'x'))
  const hostile = pageHtml(withTexts(page, HOSTILE))
  expect(hostile).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(hostile).not.toContain('\u202e')
  expect(tagsOf(hostile)).toEqual(tagsOf(harmless))
  expect(tagsOf(harmless)?.length).toBeGreaterThan(100)
})
