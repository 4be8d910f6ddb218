import { describe, expect, test } from 'vitest'
import { parseContainers, parsePorts } from '../../src/live/container.js'

describe('the ports of a container', () => {
  const tcp = (address: string, from: number, target: number, to = from) => {
    return { protocol: 'tcp', address, from, to, target }
  }
  test.each([
    ['', []],
    ['6379/tcp', []],
    ['9000-9001/tcp, 53/udp', []],
    ['0.0.0.0:6971->6379/tcp', [tcp('0.0.0.0', 6971, 6379)]],
    ['0.0.0.0:6971->6379/tcp, [::]:6971->6379/tcp', [tcp('0.0.0.0', 6971, 6379), tcp('::', 6971, 6379)]],
    ['0.0.0.0:6971->6379/tcp, :::6971->6379/tcp', [tcp('0.0.0.0', 6971, 6379), tcp('::', 6971, 6379)]],
    ['0.0.0.0:8000-8010->80-90/tcp, 443/tcp', [tcp('0.0.0.0', 8000, 80, 8010)]],
    [':::8000-8010->8000-8010/tcp', [tcp('::', 8000, 8000, 8010)]],
    ['127.0.0.1:53->53/udp', [{ ...tcp('127.0.0.1', 53, 53), protocol: 'udp' }]],
    ['[2001:db8::1]:80->80/tcp', [tcp('2001:db8::1', 80, 80)]],
    ['2001:db8::1:80->80/tcp', [tcp('2001:db8::1', 80, 80)]],
    ['192.168.1.7:3868->3868/sctp', [{ ...tcp('192.168.1.7', 3868, 3868), protocol: 'sctp' }]],
    ['8080->80/tcp', [tcp('', 8080, 80)]],
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
        container: {
          ...{ id, name: 'redis', image: 'redis:7', project: 'app', service: 'redis', directory },
          isRunning: false,
        },
        published: [{ protocol: 'tcp', address: '0.0.0.0', from: 1, to: 1, target: 2 }],
      },
    ])
  })
  test('a container without labels has none', () => {
    const [only] = parseContainers(line({ ports: '', project: '', service: '', directory: '' })) ?? []
    expect(only?.container).toMatchObject({ project: null, service: null, directory: null })
  })
  test.each([
    ['Up 3 minutes (healthy)', true],
    ['Restarting (1) 2 seconds ago', false],
    ['Exited (0) 3 minutes ago', false],
    ['Created', false],
  ])('status %j', (status, isRunning) => {
    expect(parseContainers(line({ status }))?.[0]?.container.isRunning).toBe(isRunning)
  })
  test.each([
    ['redis', 'redis'],
    ['web/redis,redis', 'redis'],
    ['redis,web/redis', 'redis'],
    ['', 'ffffffffffff'],
  ])('names %j give %j', (names, name) => {
    expect(parseContainers(line({ names }))?.[0]?.container.name).toBe(name)
  })
  test.each(['CONTAINER ID   IMAGE\n', '[]\n', 'null\n', '{"name":"x"}\n', '7\n'])(
    '%j is something else',
    (output) => {
      expect(parseContainers(output)).toBeNull()
    },
  )
})
