import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PS_FORMAT, parseContainers, parsePorts } from '../../src/live/container.js'
import { askEngine, isRemote, reasonOf, withoutPassword } from '../../src/live/docker.js'
import { run } from '../support/compose.js'
import { temporaryFolder } from './support.js'

describe('the ports of a container', () => {
  const tcp = (address: string, from: number, to = from) => ({ protocol: 'tcp', address, from, to })
  test.each([
    ['', []],
    ['6379/tcp', []],
    ['9000-9001/tcp, 53/udp', []],
    ['0.0.0.0:6971->6379/tcp', [tcp('0.0.0.0', 6971)]],
    ['0.0.0.0:6971->6379/tcp, [::]:6971->6379/tcp', [tcp('0.0.0.0', 6971), tcp('::', 6971)]],
    ['0.0.0.0:6971->6379/tcp, :::6971->6379/tcp', [tcp('0.0.0.0', 6971), tcp('::', 6971)]],
    ['0.0.0.0:8000-8010->80-90/tcp, 443/tcp', [tcp('0.0.0.0', 8000, 8010)]],
    [':::8000-8010->8000-8010/tcp', [tcp('::', 8000, 8010)]],
    ['127.0.0.1:53->53/udp', [{ ...tcp('127.0.0.1', 53), protocol: 'udp' }]],
    ['[2001:db8::1]:80->80/tcp', [tcp('2001:db8::1', 80)]],
    ['2001:db8::1:80->80/tcp', [tcp('2001:db8::1', 80)]],
    ['192.168.1.7:3868->3868/sctp', [{ ...tcp('192.168.1.7', 3868), protocol: 'sctp' }]],
    ['8080->80/tcp', [tcp('', 8080)]],
  ])('%j', (text, published) => {
    expect(parsePorts(text)).toEqual(published)
  })
})

describe('what docker ps prints', () => {
  const id = 'f'.repeat(64)
  const line = (fields: object) => `${JSON.stringify({ id, names: 'redis', image: 'redis:7', ...fields })}\n`

  test('nothing is no container', () => {
    expect(parseContainers('')).toEqual([])
  })
  test('a container of Compose has its labels, commas and all', () => {
    const directory = '/srv/a,com.docker.compose.project=other/app'
    const output = line({ ports: '0.0.0.0:1->2/tcp', project: 'app', service: 'redis', directory })
    expect(parseContainers(output)).toEqual([
      {
        container: { id, name: 'redis', image: 'redis:7', project: 'app', service: 'redis', directory },
        published: [{ protocol: 'tcp', address: '0.0.0.0', from: 1, to: 1 }],
      },
    ])
  })
  test('a container without labels has none', () => {
    const [only] = parseContainers(line({ ports: '', project: '', service: '', directory: '' })) ?? []
    expect(only?.container).toMatchObject({ project: null, service: null, directory: null })
  })
  test.each([
    ['redis', 'redis'],
    ['web/redis,redis', 'redis'],
    ['redis,web/redis', 'redis'],
    ['', 'ffffffffffff'],
  ])('names %j give %j', (names, name) => {
    expect(parseContainers(line({ names }))?.[0]?.container.name).toBe(name)
  })
  test.each(['CONTAINER ID   IMAGE\n', '[]\n', 'null\n', '{"name":"x"}\n'])(
    '%j is something else',
    (output) => {
      expect(parseContainers(output)).toBeNull()
    },
  )
})

test.each([
  [null, false],
  ['unix:///var/run/docker.sock', false],
  ['unix:///Users/me/.colima/docker.sock', false],
  ['npipe:////./pipe/docker_engine', false],
  ['ssh://me@host', true],
  ['tcp://10.0.0.7:2376', true],
  ['tcp://localhost:2375', true],
  ['10.0.0.7:2375', true],
])('endpoint %j is remote: %j', (endpoint, remote) => {
  expect(isRemote(endpoint)).toBe(remote)
})

test.each([
  ['ssh://me:secret@host:22', 'ssh://me@host:22'],
  ['ssh://me@host:22', 'ssh://me@host:22'],
  ['tcp://host:2375', 'tcp://host:2375'],
  ['unix:///a:b@c', 'unix:///a:b@c'],
])('endpoint %j is shown as %j', (endpoint, shown) => {
  expect(withoutPassword(endpoint)).toBe(shown)
})

test.each([
  ['Cannot connect to the Docker daemon at unix:///x. Is it running?\n', /^Cannot connect/],
  ["WARNING: Error loading config file\npermission denied\nSee 'docker ps --help'.\n", /^permission denied$/],
  ['error: no such context\n', /^no such context$/],
  ['\n', /without a word/],
])('of %j the reason is told', (stderr, reason) => {
  expect(reasonOf(stderr)).toMatch(reason)
})

describe('an engine that does not answer', () => {
  const hasClient = run(['docker', '--version']).code === 0

  test.runIf(hasClient)('says why', async () => {
    const env = { ...process.env, DOCKER_HOST: 'unix:///nonexistent' }
    const { endpoint, remote, containers, silence } = await askEngine(env)
    expect({ endpoint, remote, containers }).toEqual({
      endpoint: 'unix:///nonexistent',
      remote: false,
      containers: null,
    })
    expect(silence).toMatchObject({ code: 'no-answer', reason: expect.stringContaining('/nonexistent') })
  })
  test('is not even asked without a client', async () => {
    const engine = await askEngine({ PATH: temporaryFolder() })
    expect(engine).toMatchObject({ endpoint: null, remote: false, containers: null })
    expect(engine.silence?.code).toBe('no-client')
  })

  const fakeClient = (script: string) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, 'docker'), 0o755)
    return { PATH: `${folder}:${process.env['PATH']}` }
  }
  test('is not waited for longer than said, whatever the client has started', async () => {
    const start = performance.now()
    const engine = await askEngine(fakeClient('sleep 5 & sleep 5'), 200)
    expect(engine.silence).toEqual({ code: 'timeout', reason: 'no answer within 0.2 s' })
    expect(performance.now() - start).toBeLessThan(3000)
  })
  test('is remote if the current context is', async () => {
    const engine = await askEngine(
      fakeClient('[ "$1" = context ] && echo ssh://me@host && exit; echo boom >&2; exit 1'),
    )
    expect(engine).toMatchObject({ endpoint: 'ssh://me@host', remote: true })
    expect(engine.silence).toEqual({ code: 'no-answer', reason: 'boom' })
  })
  test('is one whose words are not understood', async () => {
    const engine = await askEngine(fakeClient('echo hello'))
    expect(engine.silence?.code).toBe('no-answer')
  })
  test('is asked for one JSON object a line', async () => {
    const echo = fakeClient(`[ "$1" = ps ] && [ "$4" = '${PS_FORMAT}' ] && echo '{"id":"1"}'`)
    expect((await askEngine(echo)).containers).toHaveLength(1)
  })
})
