/** What is known of images. */
import { expect, test } from 'vitest'
import { imageFor, isImage } from '../../src/tasks/images.js'

/** Feature, --image, and what comes of it. */
const KNOWN: readonly [string, string | undefined, object][] = [
  [
    'cache',
    'redis:7',
    { reference: 'redis:7', pinned: true, containerPort: 6379, base: 6379, data: '/data', http: false },
  ],
  ['redis', undefined, { reference: 'redis:7', pinned: true, containerPort: 6379 }],
  ['mailpit', undefined, { reference: 'axllent/mailpit:v1.21', containerPort: 8025, http: true }],
  [
    'db',
    'postgres:17',
    {
      data: '/var/lib/postgresql/data',
      password: { variable: 'POSTGRES_PASSWORD', of: 'the user postgres' },
    },
  ],
  ['db', 'postgres:18-alpine', { data: '/var/lib/postgresql' }],
  ['db', 'postgres', { data: '/var/lib/postgresql', pinned: false }],
  ['db', 'docker.io/library/mysql:8.4', { containerPort: 3306, data: '/var/lib/mysql' }],
  ['cache', 'bitnami/redis:7.4', { containerPort: 6379, data: null, password: null }],
  ['cache', 'registry.example.org:5000/cache/redis', { containerPort: 6379, pinned: false, data: null }],
  ['www', 'nginx:1.27', { containerPort: 80, base: 8080, http: true, data: null }],
  ['queue', 'rabbitmq:4', { containerPort: 5672, hostname: true, http: false }],
  [
    'store',
    'minio/minio:latest',
    { containerPort: 9000, command: 'server /data', pinned: false, http: true },
  ],
  [
    'search',
    'elasticsearch:8.17.0',
    { containerPort: 9200, environment: expect.objectContaining({ 'discovery.type': 'single-node' }) },
  ],
  ['thing', 'example/thing:1', { containerPort: 8080, guessed: true, http: false, base: 8080 }],
  ['Thing', undefined, { reference: 'thing', pinned: false, guessed: true }],
  ['thing', 'example/thing@sha256:0123456789abcdef', { pinned: true }],
]

test.each(KNOWN)('%s from %s', (feature, asked, expected) => {
  expect(imageFor(feature, asked)).toMatchObject(expected)
})

test('the port in the container is the one that the user says', () => {
  expect(imageFor('cache', 'redis:7', 7000)).toMatchObject({
    containerPort: 7000,
    base: 7000,
    guessed: false,
  })
  expect(imageFor('page', 'example/page:1', 443)).toMatchObject({
    containerPort: 443,
    base: 8443,
    http: true,
  })
})

test.each(['redis', 'redis:7-alpine', 'a/b/c:1', 'host.example:5000/a:1', 'a@sha256:ab12'])(
  '%s is an image',
  (text) => {
    expect(isImage(text)).toBe(true)
  },
)

test.each(['', 'redis:', ':7', 'a b', 'a\nb', '${IMAGE}', 'redis:7 # x', '"redis"', '-x', 'a//b', 'a:7:8'])(
  '%j is none',
  (text) => {
    expect(isImage(text)).toBe(false)
  },
)
