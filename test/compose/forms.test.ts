/** What the table of keys, the formats and the last checks let pass, and what they do not. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { file } from '../../src/compose/keys.js'
import type { Form } from '../../src/compose/notation.js'
import { readProject } from '../../src/compose/project.js'
import { composeMissing, requireOrSkip } from '../support/compose.js'
import { ACCEPTED, ACCEPTED_FILES, REFUSED } from './forms.js'
import { compare, inParallel } from './oracle.js'

const serviceOf = (body: string) => `services: {a: {image: x, ${body}}}\n`

function problemsOf(text: string): string[] {
  const read = (path: string) => (path === 'compose.yaml' ? text : null)
  return readProject(['compose.yaml'], read, () => undefined).problems.map(({ message }) => message)
}

test.each([...ACCEPTED.map(serviceOf), ...ACCEPTED_FILES])('%j is read', (text) => {
  expect(problemsOf(text)).toEqual([])
})

test.each(REFUSED.map(serviceOf))('%j is refused', (text) => {
  expect(problemsOf(text)).not.toEqual([])
})

test('every key of the table stands in what Compose was seen to accept', () => {
  const seen = new Map<ReadonlyMap<string, Form>, Set<string>>()
  const walk = (value: unknown, form: Form | undefined) => {
    if (Array.isArray(value)) for (const item of value) walk(item, form?.list)
    else if (typeof value === 'object' && value !== null) {
      const { keys, each } = form?.mapping ?? {}
      for (const [name, child] of Object.entries(value)) {
        if (keys !== undefined) seen.set(keys, (seen.get(keys) ?? new Set()).add(name))
        walk(child, keys === undefined ? each : keys.get(name))
      }
    }
  }
  for (const text of [...ACCEPTED.map(serviceOf), ...ACCEPTED_FILES])
    for (const document of text.split('---\n')) walk(parse(document, { logLevel: 'silent' }), file)

  const missing = new Set<string>()
  const look = ({ list, mapping }: Form, path: string) => {
    if (list !== undefined) look(list, path)
    if (mapping?.each !== undefined) look(mapping.each, `${path}.*`)
    for (const [name, form] of mapping?.keys ?? []) {
      const known = seen.get(mapping?.keys as ReadonlyMap<string, Form>)
      if (known?.has(name) !== true) missing.add(`${path}.${name}`)
      look(form, `${path}.${name}`)
    }
  }
  look(file, '')
  expect([...missing]).toEqual([])
})

describe('what is said of it', () => {
  test.each([
    ['port: []', 'Unknown key "port" in services.a', 'Write ports instead.'],
    ['Environment: {}', 'Unknown key "Environment" in services.a', 'Write environment instead.'],
    ['user: 1000', 'Key services.a.user must be a string', 'Put it in quotes.'],
    ['profiles: dev', 'Key services.a.profiles must be a list', 'Write it as a list: [a, b]'],
    ['labels: ', 'Key services.a.labels must be a mapping or a list', 'Give it a value, or remove the key.'],
    ['healthcheck: {interval: 5}', 'Key services.a.healthcheck.interval must be a string', 'Add a unit: 30s'],
    [
      'healthcheck: {interval: "5"}',
      'Key services.a.healthcheck.interval must be a duration with its unit',
      'Write 30s, for example.',
    ],
    ['mem_limit: 5x', 'Key services.a.mem_limit must be a size', 'Write 512m, for example.'],
    [
      'depends_on: {b: {restart: true}}',
      'Key services.a.depends_on.b has no `condition`',
      'See the Compose file reference: https://docs.docker.com/reference/compose-file/',
    ],
    [
      'cgroup: foo',
      'Key services.a.cgroup must be host or private',
      'See the Compose file reference: https://docs.docker.com/reference/compose-file/',
    ],
    ['tty: 1', 'Key services.a.tty must be a boolean or a string', 'Write true or false, without quotes.'],
    [
      'scale: 1.5',
      'Key services.a.scale must be a whole number or a string',
      'Write a whole number, without quotes.',
    ],
    [
      'networks: {default: {priority: "5"}}',
      'Key services.a.networks.default.priority must be a number',
      'Write a number, without quotes.',
    ],
    [
      'labels: {a: 2020-01-01}',
      'Key services.a.labels.a must be a boolean, a number, a string or empty',
      'Put it in quotes.',
    ],
    [
      'oom_score_adj: 5000',
      'Key services.a.oom_score_adj must be from -1000 to 1000',
      'See the Compose file reference: https://docs.docker.com/reference/compose-file/',
    ],
    [
      'container_name: "-"',
      'Key services.a.container_name must contain at least two letters, digits or _ . - in a row',
      'See the Compose file reference: https://docs.docker.com/reference/compose-file/',
    ],
    [
      'depends_on: [a]',
      'Services depend on each other in a circle: a → a',
      'Remove one of these dependencies.',
    ],
  ])('%s', (body, message, next) => {
    const read = (path: string) => (path === 'compose.yaml' ? serviceOf(body) : null)
    const { problems } = readProject(['compose.yaml'], read, () => undefined)
    expect(problems.map((each) => [each.message, each.next])).toEqual([[message, next]])
  })

  test('once, where what is included is checked with it', () => {
    const files: Record<string, string> = {
      'compose.yaml': 'include: [a.yaml, b.yaml]\n',
      'a.yaml': 'include: [b.yaml]\n',
      'b.yaml': 'services: {b: {image: x, port: 80}}\n',
    }
    const { problems } = readProject(
      ['compose.yaml'],
      (path) => files[path] ?? null,
      () => undefined,
    )
    expect(problems.map(({ file, message }) => [file, message])).toEqual([
      ['b.yaml', 'Unknown key "port" in services.b'],
    ])
  })

  test('nothing that only the product can know', () => {
    const open =
      'mem_limit: "${M}", cpus: "${M}", init: "${M}", pull_policy: "${M}", healthcheck: {test: ["${M}"]}, volumes: ["${M}:/x"]'
    expect(problemsOf(serviceOf(open))).toEqual([])
  })

  test('a chain of 20,000 services ends', () => {
    const services = Array.from(
      { length: 20_000 },
      (_, i) => `  a${i}: {image: x, depends_on: [a${i + 1}]}\n`,
    )
    expect(
      problemsOf(`services:\n${services.join('')}  a20000: {image: x, depends_on: [a0]}\n`),
    ).toHaveLength(1)
  })
})

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))(
  'recorded as docker compose config has it',
  () => {
    test('what is accepted, all in one project', { timeout: 60_000 }, async () => {
      const services = ACCEPTED.map((body, index) => `  s${index}: {image: x, ${body}}\n`)
      const { compose, stderr, ours } = await compare({
        files: { 'compose.yaml': `services:\n${services.join('')}` },
      })
      expect(compose, stderr).not.toBeNull()
      expect(ours.problems).toEqual([])
    })

    test('whole files that are accepted', { timeout: 120_000 }, async () => {
      await inParallel(ACCEPTED_FILES, async (text) => {
        const { compose, stderr } = await compare({ files: { 'compose.yaml': text } })
        expect(compose, `${text}${stderr}`).not.toBeNull()
      })
    })

    test('what is refused', { timeout: 120_000 }, async () => {
      await inParallel(REFUSED, async (body) => {
        const { compose } = await compare({ files: { 'compose.yaml': serviceOf(body) } })
        expect(compose, body).toBeNull()
      })
    })
  },
)
