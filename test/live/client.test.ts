import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PS_FORMAT, parseContainers, parsePorts } from '../../src/live/container.js'
import {
  askEngine,
  type Engine,
  engineNotice,
  isRemote,
  reasonOf,
  withoutPassword,
} from '../../src/live/engine.js'
import { thisMachine } from '../../src/live/machine.js'
import { run } from '../support/compose.js'
import { LOCAL } from '../support/machine.js'
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
  ['no answer from tcp://me:se@cret@host:1: refused', 'no answer from tcp://me@host:1: refused'],
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

describe('the engine', () => {
  const hasClient = run(['docker', '--version']).code === 0
  /** @returns what `askEngine` was told about waiting, and the engine */
  const ask = async (env: Record<string, string | undefined>, most = 60_000) => {
    const waits: string[] = []
    const engine = await askEngine(env, (name) => waits.push(name), { notice: most / 2, most })
    return { ...engine, waits }
  }
  const fakeClient = (script: string) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, 'docker'), 0o755)
    return { PATH: `${folder}:${process.env['PATH']}` }
  }
  const CONTEXT = '[ "$1" = context ] && echo ssh://me:secret@host && exit'

  test('answers with one JSON object a line', async () => {
    const env = fakeClient(`[ "$1" = ps ] && [ "$4" = '${PS_FORMAT}' ] && echo '{"id":"1"}'`)
    expect(await ask(env)).toEqual({
      endpoint: null,
      remote: false,
      containers: [{ container: expect.objectContaining({ id: '1' }), published: [] }],
      silence: null,
      waits: [],
    })
  })
  test('is remote if the current context is, and its password is not shown', async () => {
    expect(await ask(fakeClient(`${CONTEXT}; echo boom >&2; exit 1`))).toEqual({
      endpoint: 'ssh://me@host',
      remote: true,
      containers: null,
      silence: 'the remote Docker engine ssh://me@host does not answer (boom)',
      waits: [],
    })
  })
  test('is that of DOCKER_HOST, whatever the context', async () => {
    const env = { ...fakeClient(CONTEXT), DOCKER_HOST: 'unix:///run/mine.sock' }
    expect(await ask(env)).toMatchObject({ endpoint: 'unix:///run/mine.sock', remote: false })
  })
  test('is that of the context where DOCKER_HOST is empty', async () => {
    const env = { ...fakeClient(CONTEXT), DOCKER_HOST: '' }
    expect(await ask(env)).toMatchObject({ endpoint: 'ssh://me@host' })
  })
  test('is on this machine if the client names no context', async () => {
    expect(await ask(fakeClient('[ "$1" = context ] && echo; exit 0'))).toMatchObject({
      endpoint: null,
      remote: false,
      containers: [],
    })
    expect(await ask(fakeClient('[ "$1" = context ] && echo ssh://a && exit 1; exit 0'))).toMatchObject({
      endpoint: null,
    })
  })

  test.runIf(hasClient)(
    'that is not there does not answer, for the reason that the client gives',
    async () => {
      const { containers, silence } = await ask({ ...process.env, DOCKER_HOST: 'unix:///nonexistent' })
      expect(containers).toBeNull()
      expect(silence).toMatch(/^the Docker engine does not answer \(.*\/nonexistent.*\)$/)
    },
  )
  test('is not even asked without a client', async () => {
    expect(await ask({ PATH: temporaryFolder() })).toMatchObject({
      containers: null,
      silence: 'no docker client is installed',
    })
  })
  test('behind a client that may not run does not answer', async () => {
    const { PATH } = fakeClient('')
    const client = PATH.split(':')[0] as string
    chmodSync(join(client, 'docker'), 0o600)
    expect((await ask({ PATH: client })).silence).toBe(
      'the Docker engine does not answer (spawn docker EACCES)',
    )
  })
  test('whose words are not understood does not answer', async () => {
    expect((await ask(fakeClient('[ "$1" = ps ] && echo hello'))).silence).toBe(
      'the Docker engine does not answer (it printed something else than `docker ps` was asked for)',
    )
  })
  test('is waited for no longer than said, whatever the client has started, and the wait is told', async () => {
    const slow = fakeClient(`${CONTEXT}; sleep 300 & echo '{"id":"1"}'; sleep 300`)
    expect(await ask(slow, 400)).toEqual({
      endpoint: 'ssh://me@host',
      remote: true,
      containers: null,
      silence: 'the remote Docker engine ssh://me@host does not answer (no answer within 0.4 s)',
      waits: ['the remote Docker engine ssh://me@host'],
    })
  })
  test('is waited for three seconds, and asked once in a run', async () => {
    const waits: string[] = []
    const machine = thisMachine(fakeClient('sleep 300'))
    const engines = [1, 2].map(() => machine.engine((name) => waits.push(name)))
    const [first, second] = await Promise.all(engines)
    expect(first?.silence).toBe('the Docker engine does not answer (no answer within 3 s)')
    expect(second).toBe(first)
    expect(waits).toEqual(['the Docker engine'])
  })
})

test.each<[Partial<Engine>, string | null]>([
  [{}, null],
  [{ silence: 'no docker client is installed' }, 'Containers are not known: no docker client is installed'],
  [
    { endpoint: 'ssh://me@host', remote: true },
    'Only the containers of the remote Docker engine ssh://me@host are known, not its other programs',
  ],
])('of the engine %j is said: %j', (engine, text) => {
  expect(engineNotice({ ...LOCAL, ...engine })).toBe(text)
})
