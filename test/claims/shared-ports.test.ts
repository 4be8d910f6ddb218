import { expect, test } from 'vitest'
import { portsIn, SharedPorts, sharedText } from '../../src/claims/shared-ports.js'
import { isPortVariable } from '../../src/ports/variable.js'

type Env = Readonly<Record<string, string>>

/** What is said of `mine`, with the other products' variables. */
function messages(mine: Env, others: Readonly<Record<string, Env>>): string[] {
  const ports = (env: Env) => portsIn(new Map(Object.entries(env)), isPortVariable)
  const shared = new SharedPorts()
  for (const [name, env] of Object.entries(others)) shared.add(name, ports(env))
  const found = shared.sharedWith(ports(mine))
  return found.map(({ owner, ports }) => `${ports[0]?.key}: ${sharedText(ports, owner)}`)
}

const WEB = { WEB_HOST_PORT: '8000' }

test.each<[string, Env, Env, string[]]>([
  ['another number', WEB, { API_HOST_PORT: '8001' }, []],
  ['no port variable', WEB, { PORT: '8000' }, []],
  ['a value that is not a port', WEB, { API_HOST_PORT: 'x8000' }, []],
  [
    'the same number',
    WEB,
    { API_HOST_PORT: '8000' },
    ['WEB_HOST_PORT: Port 8000 (WEB_HOST_PORT) is also used by shop'],
  ],
  ['another address', { A_HOST_PORT: '127.0.0.1:80' }, { A_HOST_PORT: '127.0.0.2:80' }, []],
  [
    'a spelling of the same address',
    { A_HOST_PORT: '[::1]:80' },
    { A_HOST_PORT: '[0::1]:80' },
    ['A_HOST_PORT: Port 80 (A_HOST_PORT) is also used by shop'],
  ],
  [
    'a range around it',
    WEB,
    { A_HOST_PORT: '7990-8000' },
    ['WEB_HOST_PORT: Port 8000 (WEB_HOST_PORT) is also used by shop'],
  ],
  ['a range above it', WEB, { A_HOST_PORT: '8001-8010' }, []],
  [
    'a number in its range',
    { A_HOST_PORT: '8000-8002' },
    { A_HOST_PORT: '8002' },
    ['A_HOST_PORT: Port 8000-8002 (A_HOST_PORT) is also used by shop'],
  ],
  ['a number above its range', { A_HOST_PORT: '8000-8002' }, { A_HOST_PORT: '8003' }, []],
  [
    'a range that meets its range',
    { A_HOST_PORT: '8000-8002' },
    { A_HOST_PORT: '8002-8003' },
    ['A_HOST_PORT: Port 8000-8002 (A_HOST_PORT) is also used by shop'],
  ],
])('%s', (_, mine, theirs, expected) => {
  expect(messages(mine, { shop: theirs })).toEqual(expected)
})

const ports = (count: number): Env =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`P${index}_HOST_PORT`, `${9000 + index}`]))

test('two products with the same ports are one warning', () => {
  expect(messages(ports(3), { shop: ports(3) })).toEqual([
    'P0_HOST_PORT: Ports 9000 (P0_HOST_PORT), 9001 (P1_HOST_PORT) and 9002 (P2_HOST_PORT) are also used by shop',
  ])
  expect(messages(ports(7), { shop: ports(7) })[0]).toMatch(/9004 \(P4_HOST_PORT\) and 2 more are also/)
})

test('each other product has a warning, the one with most ports first, up to five', () => {
  const found = messages(ports(3), { shop: ports(1), blog: ports(3) })
  expect(found.map((message) => message.split(' ').at(-1))).toEqual(['blog', 'shop'])
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`p${index}`, ports(1)]))
  expect(messages(ports(1), many)).toHaveLength(5)
})
