/** The boundaries between the folders of `src/`, read from its real imports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

interface Import {
  /** As written. */
  readonly from: string
  /** The file of `src/` that it means, or the package. */
  readonly to: string
  /** Erased by the compiler. */
  readonly typeOnly: boolean
}

interface Module {
  /** Relative to `src/`, with `/`. */
  readonly file: string
  /** Without comments. */
  readonly code: string
  readonly imports: readonly Import[]
}

const STATEMENT = /^(?:import|export)\s(?:(type)\s)?(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
const TYPE_QUERY = /\btypeof import\(\s*['"]([^'"]+)['"]\s*\)/g

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

function importsOf(file: string, code: string): Import[] {
  const to = (from: string) =>
    from.startsWith('.') ? posix.join(posix.dirname(file), from).replace(/\.js$/, '.ts') : from
  const named = [...code.matchAll(STATEMENT)].map(([, type, from = '']) => ({
    from,
    to: to(from),
    typeOnly: type !== undefined,
  }))
  const dynamic = [...code.replace(TYPE_QUERY, '').matchAll(DYNAMIC)].map(([, from = '']) => ({
    from,
    to: to(from),
    typeOnly: false,
  }))
  return [...named, ...dynamic]
}

const modules: readonly Module[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map((file) => {
    const code = withoutComments(readFileSync(join(SRC, file), 'utf8'))
    return { file, code, imports: importsOf(file, code) }
  })

/** What one part of the code may not know. */
interface Rule {
  readonly name: string
  /** Which files the rule is about. */
  readonly of: RegExp
  /** What they may not import: a package, or a file of `src/`. */
  readonly never: RegExp
  /** What they may, all the same. */
  readonly except?: RegExp
  /** Whether the rule is about types, too. */
  readonly typesToo?: false
  readonly reason: string
}

/** From the ground up: a file imports only from its own folder and from those before it. */
const FOLDERS = [
  '.',
  'env',
  'ports',
  'compose',
  'merge',
  'claims',
  'copies',
  'lint',
  'live',
  'workspace',
  'save',
  'tasks',
  'report',
  'cli',
  'bin',
]

const RULES: readonly Rule[] = [
  {
    name: 'the core knows no system',
    of: /^(?:env|merge|ports|claims|compose|copies|lint|report)\/|^problem\.ts$/,
    never: /^node:/,
    except: /^node:(?:path|crypto)$/,
    reason:
      'Text in, data out: it can be tested, used as a library and trusted to give the same output for the same ' +
      'input. node:path only computes with names, and node:crypto hashes them; chance is looked for below.',
  },
  {
    name: 'packages are imported with their scheme',
    of: /./,
    never: /^(?:fs|path|os|tty|url|crypto|child_process|process|net|http)(?:\/|$)/,
    reason: 'The rules of this table tell a module of Node from a package by "node:".',
  },
  {
    name: 'only the workspace, the save, the look at the machine and the commands touch the disk',
    of: /^(?!workspace\/|save\/|live\/|tasks\/|cli\/)/,
    never: /^node:fs/,
    reason: 'One place reads and one place writes, so that a plan can never do either.',
  },
  {
    name: 'nothing but a command knows the commands',
    of: /^(?!cli\/|bin\/)/,
    never: /^(?:cli|bin)\//,
    reason: 'The command is a thin user of the library, never the other way round.',
  },
  {
    name: 'the core does not know where its texts come from',
    of: /^(?:env|merge|ports|claims|compose|copies|lint|report)\/|^problem\.ts$/,
    never: /^(?:workspace|save|cli|bin)\//,
    reason: 'Another layout of a workspace must not reach further than src/workspace.',
  },
  {
    name: 'the env document stands alone',
    of: /^env\//,
    never: /^(?!env\/|problem\.ts$|dotenv$|node:)/,
    reason:
      'It is the ground of everything else, problems apart, which are plain data; the one package is the second ' +
      'reader, npm dotenv.',
  },
  {
    name: 'reports only render',
    of: /^(?!report\/|cli\/)/,
    never: /^report\//,
    reason: 'A plan that knows how it is printed is no plan; text and JSON render the same one.',
  },
  {
    name: 'a command or task looks at the machine that it is given',
    of: /^(?!live\/|cli\/process-host\.ts$|index\.ts$)/,
    never: /^live\/(?:machine|probe|sockets|holder|proc|ephemeral)\.ts$/,
    typesToo: false,
    reason: 'Else its test would depend on what listens where it runs.',
  },
  {
    name: 'commander stays in the commands',
    of: /^(?!cli\/)/,
    never: /^commander$/,
    reason: 'The library does not parse arguments.',
  },
  {
    name: 'a command of bin only starts a program',
    of: /^bin\//,
    never: /^(?!\.\.\/cli\/|cli\/)/,
    reason: 'What it does can then be run by a test, in its own process.',
  },
]

describe('imports', () => {
  test('are all found by this test: what is imported is a file of src/ or a package', () => {
    const broken = modules.flatMap(({ file, imports }) =>
      imports
        .filter(({ from, to }) => from.startsWith('.') && !existsSync(join(SRC, to)))
        .map(({ from }) => `${file}: ${from}`),
    )
    expect(broken).toEqual([])
    expect(modules.flatMap(({ imports }) => imports).length).toBeGreaterThan(modules.length)
  })

  test.each(RULES)('$name', ({ of, never, except, typesToo = true, reason }) => {
    const broken = modules
      .filter(({ file }) => of.test(file))
      .flatMap(({ file, imports }) =>
        imports
          .filter(({ to, typeOnly }) => never.test(to) && !except?.test(to) && (typesToo || !typeOnly))
          .map(({ to }) => `src/${file} imports ${to}`),
      )
    expect(broken, reason).toEqual([])
  })

  test('only point down, types included', () => {
    const level = (file: string) => FOLDERS.indexOf(file.includes('/') ? (file.split('/')[0] as string) : '.')
    const broken = modules
      .filter(({ file }) => file !== 'index.ts')
      .flatMap(({ file, imports }) =>
        imports
          .filter(({ from, to }) => from.startsWith('.') && (level(to) > level(file) || level(to) === -1))
          .map(({ to }) => `src/${file} imports ${to}`),
      )
    expect(broken).toEqual([])
  })

  test('point down in the order of docs/architecture.md', () => {
    const page = readFileSync(join(SRC, '../docs/architecture.md'), 'utf8')
    const documented = [...page.matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, folder]) => folder)
    expect(['.', ...documented]).toEqual(FOLDERS)
  })

  test('do not go in circles', () => {
    const graph = new Map(
      modules.map(({ file, imports }) => [
        file,
        imports.filter(({ from, typeOnly }) => from.startsWith('.') && !typeOnly).map(({ to }) => to),
      ]),
    )
    const done = new Set<string>()
    const circles: string[] = []
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (path.includes(file) || done.has(file)) return
      for (const next of graph.get(file) ?? []) walk(next, [...path, file])
      done.add(file)
    }
    for (const file of graph.keys()) walk(file, [])
    expect(circles).toEqual([])
  })
})

describe('the process', () => {
  const WHO_KNOWS: ReadonlyMap<string, readonly string[]> = new Map([
    // The one place that makes a host of it, and that sets the exit code.
    ['cli/process-host.ts', ['process.argv', 'process.cwd', 'process.env', 'process.exitCode']],
    // The owner of a file is kept, and Linux has the access lists that GNU cp knows.
    ['save/access.ts', ['process.getuid', 'process.platform']],
    // Who listens on a port is asked of Linux, which answers for other people's processes only to root.
    ['live/machine.ts', ['process.getuid']],
    // Systems differ in which sockets they allow beside each other.
    ['live/probe.ts', ['process.platform']],
  ])

  test('is known to few files, and each knows only what it needs', () => {
    const known = modules.flatMap(({ file, code }) => {
      const allowed = WHO_KNOWS.get(file) ?? []
      return [...code.matchAll(/(?<![\w./'"-])process(?:\.\w+|\b(?=\[|\?\.))/g)]
        .map(([used]) => used)
        .filter((used) => !allowed.includes(used))
        .map((used) => `src/${file} uses ${used}`)
    })
    expect(known).toEqual([])
  })

  test('ends by itself', () => {
    const broken = modules.filter(({ code }) => /process\.(?:exit|abort|reallyExit)\(/.test(code))
    expect(broken.map(({ file }) => file)).toEqual([])
  })
})

describe('same input, same output', () => {
  const SOURCES_OF_CHANGE: readonly { readonly name: string; readonly pattern: RegExp }[] = [
    { name: 'the clock', pattern: /\bDate\.now\(|\bnew Date\(|\bperformance\./ },
    { name: 'chance', pattern: /\bMath\.random\(|\brandomBytes\(|\brandomUUID\(/ },
    { name: 'the locale', pattern: /\.localeCompare\(|\.toLocale\w+\(|\bIntl\./ },
  ]

  test.each(SOURCES_OF_CHANGE)('the core does not look at $name', ({ pattern }) => {
    const core = modules.filter(({ file }) =>
      /^(?:env|merge|ports|claims|compose|copies|lint|report|workspace)\//.test(file),
    )
    expect(core.filter(({ code }) => pattern.test(code)).map(({ file }) => file)).toEqual([])
  })
})

describe('the library', () => {
  test('has an entry that only re-exports', () => {
    const entry = modules.find(({ file }) => file === 'index.ts')
    const rest = entry?.code.replace(/^export (?:type )?\{[^}]*\} from '[^']+'$/gm, '').trim()
    expect(rest).toBe('')
  })

  test('does nothing when it is imported: no module has a statement at its top that calls something for its effect', () => {
    const reached = new Set<string>()
    const walk = (file: string): void => {
      if (reached.has(file)) return
      reached.add(file)
      const module = modules.find((candidate) => candidate.file === file)
      for (const { from, to, typeOnly } of module?.imports ?? [])
        if (from.startsWith('.') && !typeOnly) walk(to)
    }
    walk('index.ts')
    const broken = modules
      .filter(({ file }) => reached.has(file))
      .filter(({ code }) => /^(?:await |void |[\w.]+\(|for |if |while )/m.test(code))
      .map(({ file }) => file)
    expect(broken).toEqual([])
    expect(reached.size).toBeGreaterThan(10)
  })
})

test('a plain merge loads neither the reader of Compose files nor yaml nor the linter', () => {
  const loaded = new Set<string>()
  const walk = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    const code = modules.find((module) => module.file === file)?.code.replace(DYNAMIC, '') ?? ''
    for (const { to, typeOnly } of importsOf(file, code)) if (!typeOnly) walk(to)
  }
  walk('tasks/merge.ts')
  expect(
    [...loaded].filter((file) => /^(?:yaml$|lint\/|compose\/(?:yaml|parse|project))/.test(file)),
  ).toEqual([])
  expect(loaded).toContain('workspace/feature-drift.ts')
})

test('every file of bin is a few lines', () => {
  const long = modules.filter(
    ({ file, code }) => dirname(file) === 'bin' && code.trim().split('\n').length > 8,
  )
  expect(long.map(({ file }) => file)).toEqual([])
})
