// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what templates and Compose files look like
/** `--fix` of host ports that come from a variable with another name. */
import { describe, expect, test } from 'vitest'
import type { Example } from '../../src/lint/rule.js'
import { fixed, found, lint } from './support.js'

const ENV = 'features/redis/.env.example'
const COMPOSE = 'features/redis/compose.yaml'

const service = (ports: string, more = '') =>
  `services:\n  web:\n    image: web\n    ports: [${ports}]\n${more}`

/** The template and the Compose file after the fix; null if it changes nothing. */
function renamed(env: string, compose: string, more: Example = {}): [string, string] | null {
  const { files, changes } = fixed({ [ENV]: env, [COMPOSE]: compose, ...more })
  return changes.length === 0 ? null : [files[ENV] as string, files[COMPOSE] as string]
}

describe('a variable is renamed', () => {
  test.each([
    ['APP_PORT', 'APP_HOST_PORT'],
    ['FORWARD_DB_PORT', 'FORWARD_DB_HOST_PORT'],
    ['WEB_PORT_FORWARD', 'WEB_HOST_PORT'],
    ['APP_PORT_HOST', 'APP_HOST_PORT'],
    ['WEB', 'WEB_HOST_PORT'],
    ['PORT', 'REDIS_HOST_PORT'],
  ])('%s to %s', (name, better) => {
    const files = (variable: string): [string, string] => [
      `# The site, says ${name}\nexport ${variable}=8080 # on the host\n`,
      service(`"\${${variable}}:80"`),
    ]
    expect(renamed(...files(name))).toEqual(files(better))
  })

  const env = (name: string, more = '') => `# Site\n${name}=8080\n${more}`
  test.each<[string, string, string]>([
    ['in the short syntax', service('"${APP_PORT}:80"'), ''],
    ['without braces', service('"$APP_PORT:80"'), ''],
    ['with an address', service('"127.0.0.1:${APP_PORT}:80/udp"'), ''],
    ['with a default', service('"${APP_PORT:-8000}:80"'), ''],
    ['in the long syntax', service('{ target: 80, published: "${APP_PORT}" }'), ''],
    ['published twice', service('"${APP_PORT}:80", "${APP_PORT}:80/udp"'), ''],
    ['beside a key of that name', service('"${APP_PORT}:80"', '    environment: { APP_PORT: "80" }\n'), ''],
    [
      'in a URL of the host',
      service('"${APP_PORT}:80"', '    environment: { URL: "http://localhost:${APP_PORT}/" }\n'),
      '',
    ],
    ['in an anchor', `x-p: &p ["\${APP_PORT}:80"]\nservices:\n  web: { image: web, ports: *p }\n`, ''],
    [
      'in a URL of the template',
      service('"${APP_PORT}:80"'),
      'URL=http://127.0.0.1:${APP_PORT}/\nX=$$APP_PORT\n',
    ],
  ])('%s', (_, compose, more) => {
    const moved = (text: string) =>
      text.replace(/(?<=(?<!\$)\$\{?)APP_PORT/g, 'APP_HOST_PORT').replace(/^APP_PORT/m, 'APP_HOST_PORT')
    expect(renamed(env('APP_PORT', more), compose)).toEqual([moved(env('APP_PORT', more)), moved(compose)])
  })

  test('in every template', () => {
    const dev = 'features/redis/.env.dev.example'
    const { files, remaining } = fixed({
      [ENV]: env('APP_PORT'),
      [dev]: '# Site\nAPP_PORT=8081\n',
      [COMPOSE]: service('"${APP_PORT}:80"'),
    })
    expect([files[ENV], files[dev]]).toEqual([env('APP_HOST_PORT'), '# Site\nAPP_HOST_PORT=8081\n'])
    expect(remaining).toEqual([])
  })

  test('to a name that no feature has', () => {
    const others = { 'features/other/.env.example': '# x\nAPP_HOST_PORT=9000\n' }
    expect(renamed(env('APP_PORT'), service('"${APP_PORT}:80"'), others)?.[0]).toBe(
      env('REDIS_WEB_HOST_PORT'),
    )
  })

  test('even if the base port is taken, which is reported then', () => {
    const files = {
      [ENV]: env('APP_PORT'),
      [COMPOSE]: service('"${APP_PORT}:80"'),
      'features/other/.env.example': '# x\nOTHER_HOST_PORT=8080\n',
    }
    expect(fixed(files).remaining).toMatchObject([{ code: 'base-port-taken' }])
  })
})

describe('a variable that only the Compose file sets', () => {
  test('gets a line in the template', () => {
    expect(renamed('# Nothing\n', service('"127.0.0.1:${APP_PORT:-8080}:80"'))).toEqual([
      '# Nothing\n\n# Port that web publishes on the host (80 in the container)\nAPP_HOST_PORT=8080\n',
      service('"127.0.0.1:${APP_HOST_PORT:-8080}:80"'),
    ])
  })

  test('gets another base port if its own is unsuitable, and URLs follow', () => {
    expect(renamed('# Site\nURL=http://localhost:80/\n', service('"${APP_PORT:-80}:8000"'))).toEqual([
      '# Port that web publishes on the host (8000 in the container)\nAPP_HOST_PORT=8080\n\n# Site\nURL=http://localhost:${APP_HOST_PORT}/\n',
      service('"${APP_HOST_PORT:-80}:8000"'),
    ])
  })
})

describe('a variable on which a container listens', () => {
  test('stays, and gets one for the host beside it', () => {
    const more = '    healthcheck: { test: "curl localhost:${APP_PORT}" }\n    environment: [APP_PORT]\n'
    expect(renamed('# Site\nAPP_PORT=8080\n', service('"${APP_PORT}:${APP_PORT}"', more))).toEqual([
      '# Site\nAPP_PORT=8080\n\n# Port that web publishes on the host (8080 in the container)\nAPP_HOST_PORT=8080\n',
      service('"${APP_HOST_PORT}:${APP_PORT}"', more),
    ])
  })

  test('is left alone if a URL may mean either', () => {
    const more = '    environment: { URL: "http://localhost:${APP_PORT}" }\n'
    expect(renamed('# Site\nAPP_PORT=8080\n', service('"${APP_PORT}:${APP_PORT}"', more))).toBeNull()
  })
})

describe('nothing is changed', () => {
  const ports = '"${APP_PORT}:80"'
  test.each<[string, string, Example]>([
    ['environment', service(ports, '    environment: { PORT: "${APP_PORT}" }\n'), {}],
    ['environment by name', service(ports, '    environment: [APP_PORT]\n'), {}],
    ['environment without a value', service(ports, '    environment: { APP_PORT: }\n'), {}],
    ['a build argument', service(ports, '    build: { context: ., args: [APP_PORT] }\n'), {}],
    ['a service that reads the template', service(ports, '    env_file: .env.example\n'), {}],
    ['a health check', service(ports, '    healthcheck: { test: "curl localhost:${APP_PORT}" }\n'), {}],
    ['a URL of a service', service(ports, '    environment: { URL: "http://web:${APP_PORT}" }\n'), {}],
    ['a part that is not a service', service(ports, 'x-note: "${APP_PORT}"\n'), {}],
    [
      'another template',
      service(ports),
      { 'features/other/.env.example': '# x\nURL=http://localhost:${APP_PORT-1}\n' },
    ],
    ['another Compose file', service(ports), { 'features/other/compose.yaml': service('"${APP_PORT}:81"') }],
    ['a product', service(ports), { 'products/shop/compose.yaml': service('"${APP_PORT}:81"') }],
  ])('if %s uses the variable', (_, compose, more) => {
    expect(fixed({ [ENV]: '# Site\nAPP_PORT=8080\n', [COMPOSE]: compose, ...more }).fixed).toEqual([])
  })

  test.each(['APP_PORT\n', 'APP_PORT=8080\nURL=http://web:${APP_PORT}\n', "APP_PORT=8080\nX='\n"])(
    'with the template %j',
    (env) => {
      expect(fixed({ [ENV]: env, [COMPOSE]: service(ports) }).fixed).toEqual([])
    },
  )
})

describe('the next step', () => {
  const next = (files: Example) =>
    lint({ [ENV]: '# Site\nAPP_PORT=8080\n', ...files }).find(({ code }) => code === 'port-not-shifted')?.next

  test.each<[string, Example, string]>([
    [
      'a rename',
      { [COMPOSE]: service('"${APP_PORT}:80"') },
      'Rename it to APP_HOST_PORT in the template and the Compose file.',
    ],
    [
      'one beside it',
      { [COMPOSE]: service('"${APP_PORT}:${APP_PORT}"') },
      'Publish ${APP_HOST_PORT} instead, and set its base port in features/redis/.env.example, where ${APP_PORT} stays for the container.',
    ],
    [
      'a new line',
      { [ENV]: '# x\n', [COMPOSE]: service('"${APP_PORT:-8080}:80"') },
      'Publish ${APP_HOST_PORT} instead, and set its base port in features/redis/.env.example.',
    ],
    [
      'a line of feature.yaml',
      { [COMPOSE]: service('"${APP_PORT}:80"', '    environment: { PORT: "${APP_PORT}" }\n') },
      'Add "APP_PORT" to portVariables: in features/redis/feature.yaml.',
    ],
    [
      'a line of workspace.yaml',
      { [COMPOSE]: service('"${APP_PORT}:80"'), 'features/b/.env.example': '# x\nU=localhost:$APP_PORT\n' },
      'Add "APP_PORT" to portVariables: in workspace.yaml.',
    ],
  ])('is %s', (_, files, expected) => {
    expect(next(files)).toBe(expected)
  })
})

describe('portVariables', () => {
  const files = (list: string, more = '') => ({
    [ENV]: 'APP_PORT=8080\n',
    [COMPOSE]: service('"${APP_PORT}:80"', more),
    'features/redis/feature.yaml': `portVariables: [${list}]\n`,
  })

  test.each([
    ['A', ['.env.example:1 port-not-shifted']],
    ['APP_*', ['.env.example:1 no-comment']],
    ['published', ['.env.example:1 no-comment']],
  ])('%s', (list, expected) => {
    expect(found(files(list))).toEqual(expected)
  })

  test('with another use, published does not mean the variable', () => {
    expect(found(files('published', '    environment: { P: "${APP_PORT}" }\n'))).toContain(
      '.env.example:1 port-not-shifted',
    )
  })

  test('make the other port rules apply', () => {
    expect(found(files('APP_PORT', '    environment: { URL: "http://web:${APP_PORT}" }\n'))).toContain(
      'compose.yaml:5 host-port-inside',
    )
  })
})
