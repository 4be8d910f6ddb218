// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** Random Compose projects: services with ports in every form, in one to three files, with extends and include. */
import { relative } from 'node:path'
import fc from 'fast-check'
import type { Project } from './oracle.js'

const VARIABLES = ['A_HOST_PORT', 'B_HOST_PORT', 'C_PORT_ONE', 'EMPTY', 'UNSET']

const number = fc.integer({ min: 1, max: 60_000 })
const variable = fc.constantFrom(...VARIABLES)
/** A host port as text: a number, or a variable in one of the ways to write one. */
const hostPort: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: number.map(String) },
  variable.map((name) => `\${${name}}`),
  variable.map((name) => `$${name}`),
  fc
    .tuple(variable, fc.constantFrom(':-', '-', ':+', '+'), number)
    .map(([name, operator, value]) => `\${${name}${operator}${value}}`),
  fc.tuple(variable, variable, number).map(([one, two, value]) => `\${${one}:-\${${two}:-${value}}}`),
  fc.tuple(variable, fc.constantFrom(':?', '?')).map(([name, operator]) => `\${${name}${operator}needed}`),
)
const address = fc.constantFrom('', '', '', '127.0.0.1:', '0.0.0.0:', '[::1]:', '192.168.1.10:', '${IP}:')
const protocol = fc.constantFrom('', '', '', '/tcp', '/udp', '/UDP')

const range = fc.tuple(fc.integer({ min: 8000, max: 8004 }), fc.integer({ min: 0, max: 3 }))
const short = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(address, hostPort, number, protocol)
      .map(([ip, host, port, proto]) => `${ip}${host}:${port}${proto}`),
  },
  fc.tuple(number, protocol).map(([port, proto]) => `${port}${proto}`),
  fc
    .tuple(range, fc.integer({ min: 80, max: 82 }), protocol)
    .map(([[from, size], port, proto]) => `${from}-${from + size}:${port}-${port + size}${proto}`),
  range.map(([from, size]) => `${from}-${from + size}:80`),
  range.map(([from]) => `${from}:80`),
)
const quoted = fc
  .tuple(short, fc.constantFrom('"', "'", ''))
  .map(([text, quote]) => (quote === '' && /[{[\]},]/.test(text) ? `"${text}"` : quote + text + quote))
const long = fc
  .record(
    {
      published: fc.oneof(
        hostPort.map((text) => `"${text}"`),
        number.map(String),
      ),
      host_ip: fc.constant('127.0.0.1'),
      protocol: fc.constantFrom('tcp', 'udp'),
      name: fc.constant('http'),
    },
    { requiredKeys: [] },
  )
  .chain((rest) =>
    number.map(
      (target) =>
        `{${Object.entries({ target, ...rest })
          .map(([key, value]) => `${key}: ${value}`)
          .join(', ')}}`,
    ),
  )
/** Compose refuses the last, wherever it is. */
const ports = fc.array(
  fc.oneof(
    { weight: 300, arbitrary: quoted },
    { weight: 100, arbitrary: long },
    { weight: 1, arbitrary: fc.constant('"x:80"') },
  ),
  { maxLength: 6 },
)

interface Body {
  readonly ports: readonly string[] | null
  readonly tag: string
  readonly extends: number
  readonly image: string
}

const body: fc.Arbitrary<Body> = fc.record({
  ports: fc.option(ports, { freq: 6 }),
  tag: fc.constantFrom('', '', '', '', '!override ', '!reset '),
  extends: fc.integer({ min: -8, max: 8 }),
  image: fc.constantFrom('', ...Array<string>(150).fill('    image: nginx')),
})

/** A file's services `s0`, `s1`…; each may extend a later one, or one of the base file. */
function file(bodies: readonly Body[], base: boolean): string {
  const extended = new Set(bodies.flatMap(({ extends: to }, index) => (to > index ? [to] : [])))
  const lines = bodies.flatMap(({ ports: list, tag, extends: to, image }, index) => [
    `  s${index}:`,
    image,
    ...(to > index && to < bodies.length ? [`    extends: {service: s${to}}`] : []),
    ...(to === -1 && base ? ['    extends: {service: b0, file: sub/base.yaml}'] : []),
    // A `!reset` reaches a service that extends this one in some runs of Compose and not in others: it goes by Go's map order.
    ...(list === null ? [] : [`    ports: ${extended.has(index) ? '' : tag}[${list.join(', ')}]`]),
  ])
  return `services:\n${lines.join('\n')}\n`
}

const bodies = fc.array(body, { minLength: 1, maxLength: 5 })

/** One project; a few of them Compose refuses: for a variable that is missing, a bad port, a service with no image, or a tab. */
export const project: fc.Arbitrary<Project> = fc
  .record({
    main: bodies,
    over: fc.option(bodies),
    base: bodies,
    included: fc.option(bodies),
    end: fc.constantFrom(...Array<string>(18).fill(''), '\t', '       \t'),
    env: fc.record({
      A_HOST_PORT: number.map(String),
      B_HOST_PORT: number.map(String),
      C_PORT_ONE: number.map(String),
      EMPTY: fc.constant(''),
      IP: fc.constant('10.0.0.1'),
    }),
  })
  .map(({ main, over, base, included, end, env }) => {
    const include = included === null ? '' : 'include:\n  - feature/compose.yaml\n'
    const files: Record<string, string> = {
      'compose.yaml': include + file(main, true) + end,
      // With names that the main file has too, Compose sees a circular reference in some runs, by Go's map order.
      'sub/base.yaml': file(base, false).replaceAll(/\bs(\d)/g, 'b$1'),
    }
    if (included !== null) files['feature/compose.yaml'] = file(included, false).replaceAll(/\bs(\d)/g, 'f$1')
    if (over !== null) files['over.yaml'] = file(over, true)
    return { files, entries: over === null ? ['compose.yaml'] : ['compose.yaml', 'over.yaml'], env }
  })

const VALUES = ['A', 'B', 'C']
const ENV_FILES = ['x.env', 'one/.env', 'one/x.env', 'one/two/.env', 'two/.env', 'two/x.env']
const FOLDERS = ['one', 'one/two', 'two']

const envFile = fc
  .array(fc.tuple(fc.constantFrom(...VALUES), fc.constantFrom('', '=', '=1', '=2', '=${A}3', '=${B:-4}')), {
    maxLength: 3,
  })
  .map((lines) => lines.map((line) => `${line.join('')}\n`).join(''))
interface Included {
  readonly folder: string
  readonly project_directory: string
  readonly env_file: readonly string[]
}

const included: fc.Arbitrary<Partial<Included>> = fc.record(
  {
    folder: fc.constantFrom(...FOLDERS),
    project_directory: fc.constantFrom(...FOLDERS),
    env_file: fc.array(fc.constantFrom(...ENV_FILES), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['folder'] },
)

/** Includes within includes, in which each file publishes every variable with a default of its own: `9` is one that is not set. */
export const includes: fc.Arbitrary<Project> = fc
  .record({
    chain: fc.array(included, { minLength: 1, maxLength: 4 }),
    // The folders have to be there.
    envFiles: fc.tuple(...ENV_FILES.map((path) => fc.tuple(fc.constant(path), envFile))),
    env: fc.constantFrom<Record<string, string>>({}, { A: '7' }, { B: '' }),
  })
  .map(({ chain, envFiles, env }) => {
    const files: Record<string, string> = Object.fromEntries(envFiles)
    let path = 'compose.yaml'
    let from = '.'
    for (let depth = 0; depth <= chain.length; depth++) {
      const { folder, project_directory, env_file }: Partial<Included> = chain[depth] ?? {}
      const to = (target: string): string => relative(from, target)
      const next = `${folder}/c${depth}.yaml`
      const entry = {
        path: to(next),
        project_directory: project_directory && to(project_directory),
        env_file: env_file?.map(to),
      }
      const include = folder === undefined ? '' : `include: [${JSON.stringify(entry)}]\n`
      const services = VALUES.map((name) => {
        return `  ${name}${depth}: {image: x, ports: ["\${${name}-9}${depth}0:80"]}\n`
      })
      files[path] = `${include}services:\n${services.join('')}`
      path = next
      from = project_directory ?? folder ?? ''
    }
    return { files, env }
  })
