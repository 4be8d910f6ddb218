import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PS_FORMAT } from '../../src/live/container.js'
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
  [
    '  Error response from daemon: no warning, error: 5\n',
    /^Error response from daemon: no warning, error: 5$/,
  ],
  ['\n', /without a message/],
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
  const CONTEXT =
    '[ "$*" = "context inspect --format {{.Endpoints.docker.Host}}" ] && echo ssh://me:secret@host && exit'

  test('answers with one JSON object a line', async () => {
    const env = fakeClient(`[ "$1" = ps ] && [ "$5" = '${PS_FORMAT}' ] && echo '{"id":"1"}'`)
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
      'the Docker engine does not answer (its output is not that of `docker ps`)',
    )
  })
  test('is waited for no longer than said, whatever the client has started, and the wait is told', async () => {
    const slow = fakeClient(`${CONTEXT}; sleep 20 & echo '{"id":"1"}'; exec sleep 20`)
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
    const machine = thisMachine(fakeClient('exec sleep 20'))
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
