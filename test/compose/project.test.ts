// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gapProblems } from '../../src/compose/gaps.js'
import { type ComposeProject, readProject } from '../../src/compose/project.js'
import { variablesOf } from '../../src/compose/variables.js'
import { REFUSED_PROJECTS } from './fixtures.js'

function read(
  files: string | Record<string, string>,
  env: Record<string, string> = {},
  entries = ['compose.yaml'],
): ComposeProject {
  const all = typeof files === 'string' ? { 'compose.yaml': files } : files
  return readProject(
    entries,
    (path) => all[path] ?? null,
    (name) => env[name],
    '',
  )
}

const web = (ports: string) => `services:\n  web:\n    image: nginx\n    ports:\n      - ${ports}\n`

describe('where the host part of a port comes from', () => {
  test.each([
    ['"8080:80"', '8080', [], true, false],
    ['127.0.0.1:8080:80', '8080', [], true, false],
    ['"${P_HOST_PORT}:80"', '${P_HOST_PORT}', ['P_HOST_PORT'], false, false],
    ['"${P_HOST_PORT:-81}:80"', '${P_HOST_PORT:-81}', ['P_HOST_PORT'], false, false],
    ['"${UNSET}:80"', '${UNSET}', ['UNSET'], false, true],
    ['"${UNSET:-${P_HOST_PORT}}:80"', '${UNSET:-${P_HOST_PORT}}', ['UNSET', 'P_HOST_PORT'], false, false],
    ['"${IP}:${P_HOST_PORT}:${C}/udp"', '${P_HOST_PORT}', ['P_HOST_PORT'], false, false],
    ['"${IP}:9${UNSET}9:80"', '9${UNSET}9', ['UNSET'], false, false],
    ['"${WHOLE}"', undefined, ['WHOLE'], false, false],
    ['"${C}"', undefined, [], false, true],
    ['80', undefined, [], false, true],
    ['"0:80"', '0', [], true, true],
    ['{target: 80, published: "${P_HOST_PORT}"}', '${P_HOST_PORT}', ['P_HOST_PORT'], false, false],
    ['{target: 80, published: 8080}', '8080', [], true, false],
    ['{target: 80}', undefined, [], false, true],
  ])('%s', (entry, hostText, names, literal, random) => {
    const text = web(entry)
    const env = { P_HOST_PORT: '6380', IP: '127.0.0.1', C: '80', WHOLE: '8080:80' }
    const { ports, problems } = read(text, env)
    const [port] = ports
    expect(problems).toEqual([])
    expect(port).toMatchObject({
      literal,
      service: 'web',
      span: { file: 'compose.yaml', line: 5, column: 9 },
    })
    expect(port?.host === null).toBe(random)
    expect(port?.references.map(({ name }) => name)).toEqual(names)
    expect(port?.hostText).toBe(hostText)
    // The place in the file is exact, so an edit there changes the host part and nothing else.
    expect(port?.hostSpan && text.slice(port.hostSpan.start, port.hostSpan.end)).toBe(hostText)
  })

  test('a value with escapes has a host part, but no place to edit it in', () => {
    expect(read(web('"\\x38080:80"')).ports[0]).toMatchObject({ hostText: '8080', host: { from: 8080 } })
    expect(read(web('"\\x38080:80"')).ports[0]?.hostSpan).toBeUndefined()
  })

  test('an included file’s own env file counts', () => {
    const files = {
      'compose.yaml': 'include: [f/compose.yaml]\n',
      'f/compose.yaml': web('"${P_HOST_PORT}:80"'),
      'f/.env': 'P_HOST_PORT=6380\n',
    }
    expect(read(files).ports).toMatchObject([
      { host: { from: 6380 }, references: [{ name: 'P_HOST_PORT' }], span: { file: 'f/compose.yaml' } },
    ])
    expect(read(files, { P_HOST_PORT: '7000' }).ports).toMatchObject([{ host: { from: 7000 } }])
  })

  test('in an env file of an include, its own lines win over the files before it', () => {
    const files = {
      'compose.yaml': 'include: [{path: f.yaml, env_file: [a.env, b.env]}]\n',
      'f.yaml': web('"${P_HOST_PORT}:80"'),
      'a.env': 'BASE=6380\n',
      'b.env': 'BASE=6390\nP_HOST_PORT=${BASE}\n',
    }
    expect(read(files).ports).toMatchObject([{ host: { from: 6390 } }])
  })
})

test('what the isolation rules need', () => {
  const text = `name: fixed
services:
  web:
    image: "nginx:\${TAG:-1}"
    container_name: web
    network_mode: host
    profiles: [debug, debug]
    volumes: [data:/data, "/srv:/srv", ./x:/x:ro]
volumes: {data: {name: shared}, ext: {external: true}}
networks: {n: {external: {name: old}}}
`
  const { services, volumes, networks, name, problems } = read(text)
  expect(problems).toEqual([])
  expect(name).toMatchObject({ text: 'fixed', span: { line: 1, column: 7 } })
  const [service] = services
  expect(service).toMatchObject({
    name: 'web',
    profiles: ['debug'],
    image: { text: 'nginx:1', raw: 'nginx:${TAG:-1}' },
    networkMode: { text: 'host' },
    mounts: [
      { type: 'volume', source: 'data', target: '/data', readOnly: false },
      { type: 'bind', source: '/srv', readOnly: false },
      { type: 'bind', source: 'x', target: '/x', readOnly: true },
    ],
  })
  const { start = 0, end = 0 } = service?.containerName?.entry ?? {}
  expect(text.slice(start, end)).toBe('container_name: web')
  expect(volumes).toMatchObject([
    { name: 'data', external: false, fixedName: { text: 'shared' } },
    { name: 'ext', external: true },
  ])
  expect(networks).toMatchObject([{ name: 'n', external: true, fixedName: { text: 'old' } }])
})

test('variables: what is left after a merge, and all that is mentioned', () => {
  const files = {
    'compose.yaml': 'services: {a: {image: "${A:?m $M}", command: ["${B:-${C}}", "$$D", "${E+x}"]}}\n',
    'over.yaml': 'services: {a: {image: "${F}"}}\n',
  }
  const { model, trees } = read(files, { A: 'x', F: 'y' }, ['compose.yaml', 'over.yaml'])
  const mentioned = variablesOf(trees)
  expect(variablesOf([model]).map(({ name }) => name)).toEqual(['B', 'C', 'E', 'F'])
  expect(mentioned.map(({ name }) => name)).toEqual(['A', 'B', 'C', 'E', 'F'])
  expect(mentioned[0]?.uses).toMatchObject([{ required: true, operator: ':?', span: { line: 1 } }])
  expect(mentioned[1]?.uses).toMatchObject([{ required: false, default: '${C}' }])
})

describe('what Compose refuses is a problem with its place', () => {
  test.each<[string, string | Record<string, string>, string, string, number | undefined]>([
    ['a syntax error', 'services:\n  a: [\n', 'compose-refused', 'compose.yaml', 2],
    ['a list', '- a\n', 'compose-refused', 'compose.yaml', 1],
    ['an unknown top-level key', 'services: {}\nservcies: {}\n', 'compose-refused', 'compose.yaml', 2],
    ['a service that is no mapping', 'services:\n  a: x\n', 'compose-refused', 'compose.yaml', 2],
    ['services that are a list', 'services:\n  - a\n', 'compose-refused', 'compose.yaml', 2],
    ['an equal key', 'services:\n  a: {}\n  a: {}\n', 'compose-refused', 'compose.yaml', 3],
    ['a number as a key', 'services:\n  8: {}\n', 'compose-refused', 'compose.yaml', 2],
    ['a bad port', web('70000:80'), 'compose-refused', 'compose.yaml', 5],
    ['a float as a port', web('08'), 'compose-refused', 'compose.yaml', 5],
    ['ports that are no list', 'services:\n  a:\n    ports: 80\n', 'compose-refused', 'compose.yaml', 3],
    ['a malformed variable', web('"${A:80"'), 'compose-refused', 'compose.yaml', 5],
    ['a required variable', web('"${A:?}:80"'), 'required-missing', 'compose.yaml', 5],
    ['a missing include', 'services: {}\ninclude:\n  - x.yaml\n', 'compose-missing', 'compose.yaml', 3],
    ['an include of itself', 'include:\n  - compose.yaml\n', 'compose-refused', 'compose.yaml', 2],
    [
      'an include cycle',
      { 'compose.yaml': 'include: [b.yaml]\n', 'b.yaml': 'include:\n  - compose.yaml\n' },
      'compose-refused',
      'b.yaml',
      2,
    ],
    [
      'a conflict with an include',
      {
        'compose.yaml': 'include: [b.yaml]\nservices:\n  a: {image: x}\n',
        'b.yaml': 'services: {a: {image: y}}\n',
      },
      'compose-refused',
      'compose.yaml',
      3,
    ],
    ['a service that extends itself', 'services:\n  a: {extends: a}\n', 'compose-refused', 'compose.yaml', 2],
    [
      'an extends cycle',
      'services:\n  a: {extends: b}\n  b: {extends: a}\n',
      'compose-refused',
      'compose.yaml',
      2,
    ],
    ['an unknown base', 'services:\n  a: {extends: b}\n', 'compose-refused', 'compose.yaml', 2],
    [
      'a missing base file',
      'services:\n  a:\n    extends: {service: b, file: b.yaml}\n',
      'compose-missing',
      'compose.yaml',
      3,
    ],
    ['a remote include', 'include:\n  - oci://registry/x\n', 'compose-remote', 'compose.yaml', 2],
    ['invalid UTF-8', 'services:\n  a: {image: \ufffd}\n', 'compose-refused', 'compose.yaml', 2],
    ['a NUL', 'services: {}\n\0\n', 'compose-refused', 'compose.yaml', 2],
    ['an anchor that holds itself', 'services: &s\n  a: *s\n', 'compose-refused', 'compose.yaml', 2],
    ['a merge of itself', 'services:\n  a: &a\n    <<: *a\n', 'compose-refused', 'compose.yaml', 3],
    ['an unknown alias', 'services: *s\n', 'compose-refused', 'compose.yaml', 1],
  ])('%s', (_, files, code, file, line) => {
    expect(read(files).problems[0]).toMatchObject({ code, file, line })
  })

  test.each([
    ['services:\n  a:\n    ports: [80\n    image: x\n', 3, 12, 'the "[" on line 3 is never closed'],
    ['services:\n  a: {image: "x}\n', 2, 14, `the '"' on line 2 is never closed`],
    ['services:\n  a:\n\timage: x\n', 3, 1, 'line 3 is indented with a tab; use spaces'],
    ['services:\n  a:\n   image: x\n  b: {}\n c: {}\n', 5, 1, 'line 5 is not indented like those around it'],
  ])('in plain words, if it is not YAML: %j', (text, line, column, fault) => {
    const message = `Not valid YAML: ${fault}`
    expect(read(text).problems).toMatchObject([{ code: 'compose-refused', line, column, message }])
  })

  test.each(Object.entries(REFUSED_PROJECTS))('%s', (_, { files, entries, at }) => {
    const project = read({ ...files }, {}, [...(entries ?? ['compose.yaml'])])
    const [first] = [...project.problems, ...gapProblems(project)]
    expect(`${first?.file}:${first?.line}`).toBe(at)
  })

  test.each([
    ['UTF-16', Buffer.from(`\ufeff${web('80:80')}`, 'utf16le').toString('utf8')],
    [
      'UTF-16',
      Buffer.from(`\ufeff${web('80:80')}`, 'utf16le')
        .swap16()
        .toString('utf8'),
    ],
    ['4 MiB', `${web('80:80')}# ${'x'.repeat(2 ** 22)}\n`],
  ])('what only this tool does not read says so: %s', (what, text) => {
    const [problem] = read(text).problems
    expect(problem?.message).toMatch(new RegExp(`${what}.*, which product-env does not read$`))
    expect(problem?.next).not.toContain('docker compose config')
  })

  test('a missing entry file', () => {
    expect(read({}).problems).toMatchObject([{ code: 'compose-missing', file: 'compose.yaml' }])
  })

  test('one bad port does not hide the others', () => {
    const { ports, problems } = read(web('x:80\n      - 8080:80'))
    expect(ports).toMatchObject([{ host: { from: 8080 } }])
    expect(problems).toHaveLength(1)
  })
})

/** Files that make a naive reader hang, run out of memory or overflow its stack. */
const BOMBS: Record<string, () => string> = {
  'nine levels of nine aliases': () =>
    `${nested(
      9,
      (level) =>
        `[${Array(9)
          .fill(level === 0 ? 'x' : `*a${level - 1}`)
          .join(', ')}]`,
    )}services: {a: {ports: *a8}}\n`,
  'merge keys that double': () =>
    nested(40, (level) => (level === 0 ? '{a: 1}' : `{<<: [*a${level - 1}, *a${level - 1}], k${level}: 1}`)),
  'a chain of 20,000 aliases': () => nested(20_000, (level) => (level === 0 ? '[x]' : `[*a${level - 1}]`)),
  '1,000,000 open brackets': () => '['.repeat(1_000_000),
  '500,000 dashes on one line': () => '- '.repeat(500_000),
  '1,000,000 commas': () => `[${','.repeat(1_000_000)}`,
  '20,000 documents': () => '---\n{}\n'.repeat(20_000),
  '2,000 nested defaults': () => web(`"${'${A:-'.repeat(2_000)}1${'}'.repeat(2_000)}:80"`),
  '100,000 references in one value': () => web(`"${'${A}'.repeat(100_000)}:80"`),
  '100,000 colons in a volume': () => `services: {a: {volumes: ["${'a:'.repeat(100_000)}"]}}`,
  '2,000 ports from 1 to 60000': () =>
    `services:\n  a:\n    ports:\n${'      - 1-60000:1-60000\n'.repeat(2_000)}`,
  'a chain of 5,000 extends': () =>
    `services:\n${Array.from({ length: 5_000 }, (_, k) => `  s${k}: {extends: s${k + 1}, ports: ["${k + 1}:80"]}\n`).join('')}`,
  'the same, upward': () =>
    `services:\n${Array.from({ length: 5_000 }, (_, k) => `  s${k + 1}: {extends: s${k}, ports: ["${k + 1}:80"]}\n`).join('')}`,
  '10 MB': () => web('80:80') + '# comment\n'.repeat(1_000_000),
}

function nested(levels: number, level: (index: number) => string): string {
  return Array.from({ length: levels }, (_, index) => `x-${index}: &a${index} ${level(index)}\n`).join('')
}

describe('no file makes it hang or throw', () => {
  test.each(Object.entries(BOMBS))('%s', { timeout: 60_000 }, (_, text) => {
    const start = performance.now()
    const { problems } = read(text())
    expect(performance.now() - start).toBeLessThan(30_000)
    for (const { file, message } of problems)
      expect([file, message.length < 400]).toEqual(['compose.yaml', true])
  })

  test('includes that double at every level', () => {
    const files: Record<string, string> = { 'compose.yaml': 'include: [f0.yaml]\n', 'f60.yaml': web('80:80') }
    for (let level = 0; level < 60; level++) {
      files[`f${level}.yaml`] = `include: [f${level + 1}.yaml, f${level + 1}.yaml]\n`
    }
    expect(read(files)).toMatchObject({ ports: [{ host: { from: 80 } }], problems: [] })
  })

  test('any text', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom(
      ...'services:|include:|ports:|extends|volumes:|a|: |- |\n|\n  |\n    |[|]|{|}|, |"|\'|&a |*a|<<: |!reset |!override |${|}|:-|$|80|:|#|>|%|?|---\n|\t|\r|~|0x|@|`|\ufeff'.split(
        '|',
      ),
      '|',
    )
    const text = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(text, text, (one, two) => {
        const project = read({ 'compose.yaml': one, 'b.yaml': two, a: two }, {}, ['compose.yaml', 'b.yaml'])
        for (const { code } of project.problems) expect(code).toBeTruthy()
      }),
      { numRuns: 800 },
    )
  })
})
