// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what templates and Compose files look like
/** `--fix`: what it makes of files, and what it leaves alone. */
import { describe, expect, test } from 'vitest'
import type { Example } from '../../src/lint/rule.js'
import { fixed, lint } from './support.js'

const ENV = 'features/redis/.env.example'
const COMPOSE = 'features/redis/compose.yaml'

/** The template after the fix. */
function template(text: string, more: Example = {}): string | undefined {
  return fixed({ [ENV]: text, ...more }).files[ENV]
}

/** The Compose file after the fix, with a template beside it. */
function compose(text: string, env = '# Redis\n'): string | undefined {
  return fixed({ [ENV]: env, [COMPOSE]: text }).files[COMPOSE]
}

describe('a literal port', () => {
  test('becomes a variable, which the template gets with a comment', () => {
    const { files, remaining } = fixed({
      [ENV]: '# Memory\nREDIS_MEMORY=1mb\n',
      [COMPOSE]: 'services:\n  redis:\n    image: redis:7\n    ports:\n      - "6380:6379" # for tools\n',
    })
    expect(files).toEqual({
      [ENV]:
        '# Memory\nREDIS_MEMORY=1mb\n\n# Port that redis publishes on the host (6379 in the container)\nREDIS_HOST_PORT=6380\n',
      [COMPOSE]:
        'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT}:6379" # for tools\n',
    })
    expect(remaining).toEqual([])
  })

  test('makes a template where there is none', () => {
    const { changes } = fixed({ [COMPOSE]: 'services: {a: {image: x, ports: ["8000:81"]}}\n' })
    expect(changes).toEqual([
      {
        file: ENV,
        before: null,
        after: '# Port that a publishes on the host (81 in the container)\nREDIS_A_HOST_PORT=8000\n',
      },
      {
        file: COMPOSE,
        before: 'services: {a: {image: x, ports: ["8000:81"]}}\n',
        after: 'services: {a: {image: x, ports: ["${REDIS_A_HOST_PORT}:81"]}}\n',
      },
    ])
  })

  const service = (port: string) => `services:\n  redis: {image: x, ports: [${port}]}\n`
  test.each([
    ['80:6379', '"${REDIS_HOST_PORT}:6379"'],
    ["'80:6379'", "'${REDIS_HOST_PORT}:6379'"],
    ['"127.0.0.1:80:6379/udp"', '"127.0.0.1:${REDIS_HOST_PORT}:6379/udp"'],
    ['{target: 6379, published: 80}', '{target: 6379, published: "${REDIS_HOST_PORT}"}'],
    ['{target: 6379, published: "80"}', '{target: 6379, published: "${REDIS_HOST_PORT}"}'],
    ['{published: 80, target: 6379}', '{published: "${REDIS_HOST_PORT}", target: 6379}'],
  ])('%s becomes %s', (before, after) => {
    expect(compose(service(before))).toBe(service(after))
  })

  test('uses the variable that states the number already', () => {
    const env = '# Port\nREDIS_CACHE_HOST_PORT=6380\n'
    const text = 'services: {redis: {image: x, ports: ["6380:6379", "6380:6379/udp"]}}\n'
    expect(compose(text, env)).toBe(text.replaceAll('6380', '${REDIS_CACHE_HOST_PORT}'))
    expect(fixed({ [ENV]: env, [COMPOSE]: text }).files[ENV]).toBe(env)
  })

  test('gives each port a name of its own', () => {
    const { files } = fixed({
      [COMPOSE]:
        'services:\n  redis: {image: x, ports: ["8001:10", "8002:20", "8003:20", "8004-8005:20-21"]}\n  web: {image: x, ports: ["8006:80"]}\n',
    })
    const names = [...(files[ENV] ?? '').matchAll(/^(\w+)=(.*)$/gm)].map(([line]) => line)
    expect(names).toEqual([
      'REDIS_HOST_PORT=8001',
      'REDIS_20_HOST_PORT=8002',
      'REDIS_20_2_HOST_PORT=8003',
      'REDIS_20_3_HOST_PORT=8004-8005',
      'REDIS_WEB_HOST_PORT=8006',
    ])
  })

  test('takes no name and no base port of another feature, and none that goes over the top', () => {
    const { files, remaining } = fixed({
      'features/mail/.env.example': '# p\nREDIS_HOST_PORT=1025\n# p\nMAIL_HOST_PORT=6380\n',
      [COMPOSE]: 'services: {redis: {image: x, ports: ["6380:6379", "65000:80"]}}\n',
    })
    expect(files[ENV]).toMatch(/^REDIS_6379_HOST_PORT=6381$/m)
    expect(files[ENV]).toMatch(/^REDIS_80_HOST_PORT=64536$/m)
    expect(remaining).toEqual([])
  })

  test('goes into every template of the feature', () => {
    const { files, remaining } = fixed({
      [ENV]: '# Redis\n',
      'features/redis/.env.dev.example': '# Redis, for work on it',
      [COMPOSE]: 'services: {redis: {image: x, ports: ["8000:80"]}}\n',
    })
    expect(files['features/redis/.env.dev.example']).toMatch(/on it\n\n# Port .*\nREDIS_HOST_PORT=8000\n$/)
    expect(files[ENV]).toMatch(/REDIS_HOST_PORT=8000\n$/)
    expect(remaining).toEqual([])
  })

  test('stays where the template cannot be read, or the number is not written there', () => {
    const text = 'services: {redis: {image: x, ports: ["80:80"]}}\n'
    expect(fixed({ [ENV]: 'A="\n', [COMPOSE]: text }).changes).toEqual([])
    const folded = 'services:\n  redis:\n    image: x\n    ports:\n      - "\\x380:80"\n'
    expect(fixed({ [COMPOSE]: folded }).changes).toEqual([])
  })

  test('is followed by the URL that names it, and by the order of the two', () => {
    const { files, remaining } = fixed({
      [ENV]: '# Where to look\nREDIS_UI_URL=http://localhost:8001\n',
      [COMPOSE]: 'services: {redis: {image: x, ports: ["8001:8001"]}}\n',
    })
    expect(files[ENV]).toBe(
      '# Port that redis publishes on the host (8001 in the container)\nREDIS_HOST_PORT=8001\n\n# Where to look\nREDIS_UI_URL=http://localhost:${REDIS_HOST_PORT}\n',
    )
    expect(remaining).toEqual([])
  })
})

describe('a literal port that is taken', () => {
  const taken = { 'features/other/.env.example': '# p\nOTHER_HOST_PORT=8081\n' }
  const literal = (rest = '') => `services:\n  redis:\n    image: x\n    ports: ["8081:80"]\n${rest}`
  const HEAD = '# Port that redis publishes on the host (80 in the container)\nREDIS_HOST_PORT=8082\n'

  test('takes the URLs along that named it, and stands above them', () => {
    const { files, remaining } = fixed({
      ...taken,
      [ENV]: "# Redis\n\n# Where\nA=http://localhost:8081/a\nB='x localhost:8081'\nC=localhost:80\n",
      'features/redis/.env.dev.example': 'A=1\n',
      [COMPOSE]: literal(
        '    environment:\n      B: http://localhost:8081 # why\n    labels: [a=http://127.0.0.1:8081/]\n',
      ),
    })
    expect(files[ENV]).toBe(
      `# Redis\n\n${HEAD}\n# Where\nA=http://localhost:\${REDIS_HOST_PORT}/a\nB="x localhost:\${REDIS_HOST_PORT}"\nC=localhost:80\n`,
    )
    expect(files['features/redis/.env.dev.example']).toBe(`A=1\n\n${HEAD}`)
    expect(files[COMPOSE]).toBe(
      'services:\n  redis:\n    image: x\n    ports: ["${REDIS_HOST_PORT}:80"]\n    environment:\n      B: "http://localhost:${REDIS_HOST_PORT}" # why\n    labels: ["a=http://127.0.0.1:${REDIS_HOST_PORT}/"]\n',
    )
    expect(remaining.filter(({ code }) => code !== 'conflict')).toEqual([])
  })

  test('leaves alone what the container calls itself', () => {
    const { files } = fixed({
      ...taken,
      [ENV]: 'H=localhost:8081\n',
      [COMPOSE]: literal('    healthcheck: {test: "curl $H http://localhost:8081"}\n'),
    })
    expect(files[ENV]).toBe(`H=localhost:8081\n\n${HEAD}`)
    expect(files[COMPOSE]).toContain('"curl $H http://localhost:8081"')
  })

  test.each<[string, Example]>([
    [
      'the container may be meant',
      {
        [ENV]: 'A=localhost:8081\n',
        [COMPOSE]: 'services: {redis: {image: x, ports: ["8081:8081"], environment: [A=$A]}}\n',
      },
    ],
    ['the URL cannot refer', { [ENV]: "A='localhost:8081/$x'\n", [COMPOSE]: literal() }],
    ['the variable cannot stand above it', { [ENV]: 'B="1" A=localhost:8081\n', [COMPOSE]: literal() }],
    [
      'it is part of a range',
      {
        [ENV]: 'A=localhost:8082\n',
        [COMPOSE]: 'services: {redis: {image: x, ports: ["8081-8083:1-3"]}}\n',
      },
    ],
    [
      'another feature names it',
      {
        [ENV]: 'A=1\n',
        [COMPOSE]: literal(),
        'features/mail/.env.example': 'REDIS=http://localhost:8081\n',
      },
    ],
  ])('stays where a URL would be left behind: %s', (_, files) => {
    expect(fixed({ ...taken, ...files }).changes).toEqual([])
  })

  test('goes for a default, too', () => {
    const { files } = fixed({
      ...taken,
      [ENV]: 'A=localhost:8081\n',
      [COMPOSE]:
        'services: {redis: {image: x, ports: ["${R_HOST_PORT:-8081}:80"], environment: ["A=${R_HOST_PORT:-8081}"]}}\n',
    })
    expect(files[ENV]).toMatch(/^# Port .*\nR_HOST_PORT=8082\n\nA=localhost:\$\{R_HOST_PORT\}\n$/)
  })

  test('gets a port that no other feature has, not even as a number', () => {
    const number = (port: string) => `services: {x: {image: x, ports: ["${port}:1"]}}\n`
    const { files } = fixed({
      ...taken,
      [COMPOSE]: literal(),
      'features/mail/compose.yaml': number('8082'),
      'features/web/compose.yaml': number('8080'),
    })
    expect(files[ENV]).toContain('REDIS_HOST_PORT=8083\n')
  })

  test.each([
    ['80', '8080'],
    ['443', '8443'],
    ['1023', '9023'],
    ['1024', '1024'],
  ])('is moved above the ports of root: %s', (port, base) => {
    const { files } = fixed({ [COMPOSE]: `services: {redis: {image: x, ports: ["${port}:80"]}}\n` })
    expect(files[ENV]).toContain(`REDIS_HOST_PORT=${base}\n`)
  })
})

describe('a URL in a Compose file', () => {
  const ports = '# p\nUI_HOST_PORT=8025\n'
  const with_ = (lines: string) =>
    `services:\n  redis:\n    image: x\n    ports: ["\${UI_HOST_PORT}:80"]\n${lines}`
  test.each([
    ['    environment:\n      A: http://localhost:8025/x\n', '"http://localhost:${UI_HOST_PORT}/x"'],
    ['    environment: {A: "http://localhost:8025"}\n', '{A: "http://localhost:${UI_HOST_PORT}"}'],
    ['    command: [--url, localhost:8025]\n', '[--url, "localhost:${UI_HOST_PORT}"]'],
    ["    labels: {a: 'x://ui.localhost:8025'}\n", "{a: 'x://ui.localhost:${UI_HOST_PORT}'}"],
  ])('refers to the variable: %j', (lines, after) => {
    expect(compose(with_(lines), ports)).toContain(after)
  })

  test.each([
    ['    environment: {A: "http:\\x2f/localhost:8025"}\n'],
    ['    healthcheck: {test: "curl localhost:8025"}\n'],
    ['    expose: [8025]\n    environment: {A: localhost:8025}\n'],
    ['    command: >\n      --url\n      localhost:8025\n'],
  ])('stays: %j', (lines) => {
    expect(compose(with_(lines), ports)).toBe(with_(lines))
  })
})

describe('a default for a port that the template lacks', () => {
  test('is defined there', () => {
    const { files, remaining } = fixed({
      [COMPOSE]: 'services: {redis: {image: x, ports: ["${R_HOST_PORT:-8000}:1"]}}\n',
    })
    expect(files[ENV]).toMatch(/\nR_HOST_PORT=8000\n$/)
    expect(remaining).toEqual([])
  })

  test('stays where it is no port', () => {
    expect(
      fixed({ [COMPOSE]: 'services: {redis: {image: x, ports: ["${R_HOST_PORT}:1"]}}\n' }).changes,
    ).toEqual([])
  })
})

describe('a container_name', () => {
  const rest = 'services:\n  redis:\n    image: x\n'
  test.each([
    [
      'the line of a block',
      `${rest}    container_name: r # why\n    restart: always\n`,
      `${rest}    restart: always\n`,
    ],
    ['the last line', `${rest}    container_name: r`, rest],
    [
      'the first of a flow',
      'services: {redis: {container_name: r, image: x}}\n',
      'services: {redis: {image: x}}\n',
    ],
    [
      'the last of a flow',
      'services: {redis: {image: x, container_name: "r"}}\n',
      'services: {redis: {image: x}}\n',
    ],
    [
      'behind letters of several bytes',
      '# ★😀\nservices:\n  redis:\n    container_name: é\n    image: x\n',
      '# ★😀\nservices:\n  redis:\n    image: x\n',
    ],
  ])('goes: %s', (_, before, after) => {
    expect(compose(before)).toBe(after)
  })

  test.each([
    ['the only key of a service', 'services:\n  redis:\n    container_name: r\n'],
    ['an anchor that is used elsewhere', 'services:\n  redis:\n    container_name: &n r\n    image: *n\n'],
    ['folded over lines', `${rest}    container_name: >-\n      r\n`],
    [
      'a name that another service calls',
      `${rest}    container_name: r\n  app: {image: x, environment: [U=http://r:80]}\n`,
    ],
  ])('stays: %s', (_, text) => {
    expect(compose(text)).toBe(text)
  })
})

test.each([
  ['in the template', 'A=postgres://u@app-postgres:5432\n', {}],
  ['in another template', 'A=1\n', { 'features/web/.env.example': 'A=app-postgres:1\n' }],
  [
    'in a product',
    'A=1\n',
    { 'products/shop/compose.yaml': 'services: {a: {command: ping app-postgres}}\n' },
  ],
])('a container_name stays that is used %s', (_, env, more) => {
  const text = 'services:\n  db:\n    image: app-postgres\n    container_name: app-postgres\n'
  const { files, remaining } = fixed({ ...more, [ENV]: env, [COMPOSE]: text })
  expect(files[COMPOSE]).toBe(text)
  expect(remaining.find(({ code }) => code === 'container-name')?.next).toMatch(
    /^Replace app-postgres with db, /,
  )
  expect(compose(text, 'A=app-postgres-2 x.app-postgres ./app-postgres/x\n')).not.toContain('container_name')
})

test('the name of the project goes', () => {
  expect(compose('name: redis\nservices: {redis: {image: x}}\n')).toBe('services: {redis: {image: x}}\n')
})

describe('the order of variables', () => {
  test.each([
    ['as they stand', 'A=$B\nB=1\n', 'B=1\nA=$B\n'],
    [
      'with their own comments',
      '# Feature\n\n# a\nA=$B\n# b\nB=1\n# c\nC=2\n',
      '# Feature\n\n# b\nB=1\n# a\nA=$B\n# c\nC=2\n',
    ],
    ['apart', '# a\nA=$B\n\n# b\nB=1\n\n# c\nC=2\n', '# b\nB=1\n\n# a\nA=$B\n\n# c\nC=2\n'],
    ['at the end, without an end of line', 'A=$B\n\n# b\nB=1', '# b\nB=1\n\nA=$B\n'],
    ['a chain', 'A=$B\nB=$C\nC=$D\nD=1\n', 'D=1\nC=$D\nB=$C\nA=$B\n'],
    ['two for one', 'A=$B$C\nC=2\nB=1\n', 'B=1\nC=2\nA=$B$C\n'],
    ['beside what refers to itself', 'A=$B\nB=${B}b\n', 'B=${B}b\nA=$B\n'],
    ['beside single quotes', "A=$B\nB='$A'\n", "B='$A'\nA=$B\n"],
    ['over several lines', 'A=$B\nB="1\n2"\n', 'B="1\n2"\nA=$B\n'],
    ['CRLF', 'A=$B\r\n\r\n# b\r\nB=1\r\n', '# b\r\nB=1\r\n\r\nA=$B\r\n'],
    ['behind a byte order mark', '\ufeffA=$B\nB=1\n', '\ufeffB=1\nA=$B\n'],
  ])('%s', (_, before, after) => {
    expect(template(before)).toBe(after)
  })

  test.each([
    ['in a circle', 'A=$B\nB=$A\n'],
    ['in a wider circle', 'A=$B\nB=$C\nC=x$A\n'],
    ['before a circle', 'A=$B\nB=$C\nC=$B\n'],
    ['defined twice', 'A=$B\nB=1\nB=2\n'],
    ['two on a line', 'A="$B" C=1\nB=1\n'],
    ['a file that is refused', 'A=$B\nB=1\nC="\n'],
  ])('stays: %s', (_, text) => {
    expect(template(text)).toBe(text)
  })
})

test('a chain of a thousand variables is as good as one of three', () => {
  const refers = (i: number) => `A${i}=$A${i + 1}\n`
  const findings = lint({ [ENV]: `${Array.from({ length: 1_000 }, (_, i) => refers(i)).join('')}A1000=1\n` })
  const moves = findings.filter(({ code }) => code === 'forward-reference')
  expect(moves).toHaveLength(1_000)
  expect(moves.filter(({ edits }) => edits === undefined)).toEqual([])
})

describe('a URL with a base port', () => {
  const port = '# p\nUI_HOST_PORT=8025\n'
  test.each([
    ['U=http://localhost:8025/x', 'U=http://localhost:${UI_HOST_PORT}/x'],
    ['U="http://localhost:8025" # c', 'U="http://localhost:${UI_HOST_PORT}" # c'],
    ["U='http://localhost:8025'", 'U="http://localhost:${UI_HOST_PORT}"'],
    ['U=localhost:8025,127.0.0.1:8025', 'U=localhost:${UI_HOST_PORT},127.0.0.1:${UI_HOST_PORT}'],
  ])('%s', (before, after) => {
    expect(template(`${port}${before}\n`)).toBe(`${port}${after}\n`)
  })

  test('stays where more variables refer to it than can be followed', () => {
    const users = (count: number) => Array.from({ length: count }, (_, i) => `U${i}=$U\n`).join('')
    const referred = `${port}U=http://localhost:\${UI_HOST_PORT}\n`
    expect(template(`${port}U=http://localhost:8025\n${users(999)}`)).toBe(referred + users(999))
    expect(template(`${port}U=http://localhost:8025\n${users(1_000)}`)).toContain('U=http://localhost:8025\n')
  })

  test('stays in single quotes with a dollar', () => {
    expect(template(`${port}U='http://localhost:8025/$x'\n`)).toBe(`${port}U='http://localhost:8025/$x'\n`)
  })
})

test('every byte that is no part of it stays: CRLF, Latin-1, a byte order mark', () => {
  const env = '\xef\xbb\xbf# caf\xe9\r\nA=\xff\r\n'
  const text =
    '# \xc3\xa9\r\nservices:\r\n  redis:\r\n    image: x\r\n    container_name: r\r\n    ports:\r\n      - 8000:80\r\n'
  const { files } = fixed({ [ENV]: env, [COMPOSE]: text }, 'redis', true)
  expect(files[ENV]).toBe(
    `${env}\r\n# Port that redis publishes on the host (80 in the container)\r\nREDIS_HOST_PORT=8000\r\n`,
  )
  expect(files[COMPOSE]).toBe(
    text.replace('    container_name: r\r\n', '').replace('8000:80', '"${REDIS_HOST_PORT}:80"'),
  )
})
