/** What a merge says of ports that other products have. */
import { expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { makeWorkspace } from '../support/workspace.js'

const workspace = () =>
  makeWorkspace({
    'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
    'products/shop/product.yaml': 'offset: 5\n',
    'products/blog/product.yaml': 'offset: 5\n',
    'products/wiki/.env': 'WIKI_PORT_ONE=8005\n',
  })

const NEXT = '  Run `product check --fix` to give one of them another offset.\n'

test('a merge warns of the products whose env files have its ports, and writes all the same', async () => {
  const files = workspace()
  const first = await product('env --merge shop', files)
  expect(first.stderr).toBe(
    `products/shop/.env:3: warning: Port 8005 (WEB_HOST_PORT) is also used by wiki [collision]\n${NEXT}`,
  )
  expect(first.exitCode).toBe(0)
  expect(files.read('products/shop/.env')).toContain('WEB_HOST_PORT=8005\n')
  expect((await product('env --merge blog --dry-run', files)).stderr).toContain(
    'also used by shop [collision]',
  )
})

test('products that are merged together warn once a pair', async () => {
  const { stderr } = await product('env --merge --all', workspace())
  const pairs = [...stderr.matchAll(/products\/(\w+)\/.* also used by (\w+) \[collision\]/g)]
  expect(pairs.map(([, one, other]) => `${one} ${other}`)).toEqual(['shop blog', 'wiki blog', 'wiki shop'])
})

test('a run names at most ten pairs and counts the others', async () => {
  const products = Array.from({ length: 6 }, (_, index) => [`products/p${index}/product.yaml`, 'offset: 1\n'])
  const files = makeWorkspace({
    'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
    ...Object.fromEntries(products),
  })
  const { stderr } = await product('env --merge --all', files)
  expect(stderr.match(/also used by/g)).toHaveLength(10)
  expect(stderr).toContain('warning: 5 more pairs of products have host ports in common [collision]\n')
})

test('an instance does not collide with its product', async () => {
  const files = makeWorkspace({
    'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
    'products/shop/product.yaml': 'offset: 5\n',
  })
  expect((await product('env --merge shop --instance blue', files)).stderr).toBe('')
})

test('the instance of another product warns, too', async () => {
  const files = makeWorkspace({
    'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
    'products/shop/product.yaml': 'offset: 4\ninstances: { blue: { offset: 5 } }\n',
    'products/blog/product.yaml': 'offset: 5\n',
  })
  expect((await product('env --merge shop --instance blue', files)).stderr).toBe('')
  expect((await product('env --merge blog', files)).stderr).toContain('also used by shop@blue [collision]')
  expect((await product('env --merge shop', files)).stderr).toBe('')
})

test('a variable of a product and one of its instances warn if both are pinned to one port', async () => {
  const files = makeWorkspace({
    'features/': '',
    'products/shop/.env': 'WEB_HOST_PORT=8000\n',
  })
  await product('env --merge shop --instance blue', files)
  const overlay = files.read('products/shop/.env.blue') ?? ''
  files.write({ 'products/shop/.env.blue': overlay.replace(/WEB_HOST_PORT=\d+/, 'WEB_HOST_PORT=8000') })
  expect((await product('env --merge shop', files)).stderr).toContain('also used by shop@blue [collision]')
})

const COMPOSE = (protocol: string) =>
  `services:\n  dns:\n    image: dns\n    ports: ["$\{DNS_HOST_PORT}:53/${protocol}"]\n`

test.each([
  ['tcp', 'udp', ''],
  ['udp', 'udp', 'Port 5353 (DNS_HOST_PORT) is also used by blog'],
  ['tcp', 'tcp', 'Port 5353 (DNS_HOST_PORT) is also used by blog'],
])('%s and %s of one port warn %j', async (mine, theirs, warning) => {
  const files = makeWorkspace({
    'features/': '',
    'products/shop/.env.example': 'DNS_HOST_PORT=5353\n',
    'products/shop/compose.yaml': COMPOSE(mine),
    'products/blog/.env': 'DNS_HOST_PORT=5353\n',
    'products/blog/compose.yaml': COMPOSE(theirs),
  })
  const { stderr } = await product('env --merge shop', files)
  if (warning === '') expect(stderr).toBe('')
  else expect(stderr).toContain(warning)
})
