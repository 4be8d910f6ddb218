/** The form of a model that `docker stack deploy` takes: by a table, and by the real `docker stack config`. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { swarmModel } from '../../src/compose/swarm.js'
import { product } from '../support/cli.js'
import { composeConfig, composeMissing, requireOrSkip, run } from '../support/compose.js'
import { makeFolder } from '../support/workspace.js'

const model = (service: object, more: object = {}) => ({
  name: 'shop',
  services: { web: { image: 'web:1', command: null, ...service } },
  networks: { default: { name: 'shop_default', ipam: {} } },
  ...more,
})

const published = (port: object) => ({ ports: [{ mode: 'ingress', target: 80, protocol: 'tcp', ...port }] })

describe('a service', () => {
  test.each<[string, object, object]>([
    [
      'a port is a number',
      published({ published: '8080' }),
      { ports: [expect.objectContaining({ published: 8080 })] },
    ],
    [
      'dependencies are names',
      { depends_on: { db: { condition: 'service_started' } } },
      { depends_on: ['db'] },
    ],
    [
      'restart',
      { restart: 'on-failure:3' },
      { deploy: { restart_policy: { condition: 'on-failure', max_attempts: 3 } } },
    ],
    ['restart: "no"', { restart: 'no' }, { deploy: { restart_policy: { condition: 'none' } } }],
    [
      'restart beside deploy',
      { restart: 'always', deploy: { restart_policy: { condition: 'none' } } },
      { deploy: { restart_policy: { condition: 'none' } } },
    ],
    [
      'CPUs are text',
      { deploy: { resources: { limits: { cpus: 0.5 } } } },
      { deploy: { resources: { limits: { cpus: '0.5' } } } },
    ],
    ['hosts', { extra_hosts: ['a=::1'] }, { extra_hosts: ['a:::1'] }],
    [
      'a mode is octal',
      { configs: [{ source: 'c', mode: '0440' }] },
      { configs: [{ source: 'c', mode: 0o440 }] },
    ],
    [
      'a size is a number',
      { volumes: [{ type: 'tmpfs', target: '/t', tmpfs: { size: '1024' } }] },
      { volumes: [{ type: 'tmpfs', target: '/t', tmpfs: { size: 1024 } }] },
    ],
    [
      'networks',
      { networks: { a: null, b: { aliases: ['x'], priority: 5 } } },
      { networks: { a: {}, b: { aliases: ['x'] } } },
    ],
  ])('%s', (_, service, expected) => {
    const { document, losses } = swarmModel(model(service))
    expect(losses).toEqual([])
    expect(document).toEqual({
      version: '3.9',
      services: { web: { image: 'web:1', ...expected } },
      networks: { default: { ipam: {} } },
    })
  })

  test.each<[string, object, string, boolean]>([
    ['a build', { build: { context: '.' } }, 'Swarm builds no image', false],
    [
      'a build alone',
      { build: { context: '.' }, image: undefined },
      'Swarm builds no image, and the service has none',
      true,
    ],
    ['a name', { container_name: 'web' }, 'Swarm names containers itself', false],
    [
      'a condition',
      { depends_on: { db: { condition: 'service_healthy' } } },
      'Swarm does not wait for db',
      false,
    ],
    [
      'a bind mount',
      { volumes: [{ type: 'bind', source: '/x', target: '/x', bind: { create_host_path: true } }] },
      '/x must exist on each node',
      false,
    ],
    [
      'an address',
      published({ published: '80', host_ip: '127.0.0.1' }),
      'on every address of every node',
      false,
    ],
    ['a port of its own choice', published({}), 'Swarm chooses the host port of 80', false],
    ['a range', published({ published: '80-90' }), 'Swarm does not choose a port from 80-90', true],
    ['an unknown key', { gpus: [] }, 'Swarm has no gpus', false],
    ['a key that Swarm ignores', { privileged: true }, 'Swarm has no privileged', false],
  ])('loses %s', (_, service, message, isError) => {
    const { losses } = swarmModel(model(service))
    expect(losses).toEqual([
      {
        service: 'web',
        message: expect.stringContaining(message),
        next: expect.stringMatching(/\.$/),
        isError,
      },
    ])
  })

  test('loses networks and configs that a cluster cannot have', () => {
    const more = {
      networks: {
        a: { name: 'shop_a', driver: 'bridge', enable_ipv6: false },
        b: { name: 'b', external: true },
      },
      configs: { c: { name: 'shop_c', content: 'x' }, d: { name: 'd', file: '/d' } },
    }
    const { document, losses } = swarmModel(model({}, more))
    expect(document).toMatchObject({ networks: { a: {}, b: { name: 'b', external: true } } })
    expect(losses.map(({ message, isError }) => [message, isError])).toEqual([
      ['Network a is an overlay network on a cluster', false],
      ['c has no file, but Swarm takes configs only from files', true],
    ])
  })
})

const COMPOSE = `include: [db.yaml]
services:
  web:
    image: nginx:1
    build: .
    container_name: shop-web
    ports: ["\${WEB_HOST_PORT}:80", "8000-8001:90-91/udp"]
    depends_on: { db: { condition: service_healthy } }
    volumes: [".:/x", "data:/data", { type: tmpfs, target: /t, tmpfs: { size: 1m } }]
    environment: { YES: "on", MONEY: "a$$b", TIME: "1:30" }
    restart: unless-stopped
    configs: [{ source: c, mode: 0440 }]
    deploy: { resources: { limits: { cpus: 0.5, memory: 50m } } }
    extra_hosts: ["a:1.2.3.4"]
    gpus: all
    shm_size: 64m
    ulimits: { nofile: { soft: 1, hard: 2 } }
    healthcheck: { test: [CMD, "true"], interval: 5s, start_interval: 1s }
configs: { c: { file: ./compose.yaml } }
volumes: { data: }
networks: { default: { driver: bridge } }
x-note: 1
`

describe('the real docker', () => {
  test('accepts what product stack prints', async (context) => {
    if (!requireOrSkip('Docker Compose', composeMissing())) return context.skip()
    const folder = makeFolder()
    folder.write({
      'shop/compose.yaml': COMPOSE,
      'shop/db.yaml': 'services:\n  db:\n    image: postgres:17\n    profiles: []\n',
      'shop/.env': 'WEB_HOST_PORT=30001\n',
    })
    const cwd = folder.path('shop')
    const compose = (args: readonly string[]) => {
      const { code, stdout, stderr } = composeConfig(cwd, args.slice(1))
      return { isSuccess: code === 0, stdout, stderr }
    }
    const { exitCode, stdout, stderr } = await product('stack shop', cwd, { machine: { compose } })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('[swarm-ignores]') })
    expect(stderr.match(/\[swarm-ignores\]/g)).toHaveLength(7)
    expect(stderr).toContain('compose.yaml:3: warning: Service web: Swarm builds no image [swarm-ignores]')
    folder.write({ 'stack.yaml': stdout })
    const {
      code,
      stdout: read,
      stderr: refusal,
    } = run(['docker', 'stack', 'config', '-c', folder.path('stack.yaml')])
    expect({ code, refusal }).toEqual({ code: 0, refusal: '' })
    expect(parse(read).services.web).toMatchObject({
      ports: expect.arrayContaining([expect.objectContaining({ published: 30_001, target: 80 })]),
      environment: { YES: 'on', MONEY: 'a$b', TIME: '1:30' },
    })

    const where = { machine: { compose } }
    expect((await product('stack shop -o ../s.yaml', cwd, where)).stdout).toBe('  written  ../s.yaml\n')
    expect((await product('stack shop -o ../s.yaml', cwd, where)).stdout).toBe('  current  ../s.yaml\n')
    expect(folder.read('s.yaml')).toBe(stdout)
    const foreign = await product('stack shop -o compose.yaml', cwd, where)
    expect([foreign.exitCode, foreign.stderr]).toEqual([1, expect.stringContaining('[foreign-file]')])
  })
})
