// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what templates and Compose files look like
/** What holds for the linter and its fix whatever the files are. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEnv } from '../../src/env/document.js'
import { lintFeature, RULES } from '../../src/lint/registry.js'
import type { Example, Finding } from '../../src/lint/rule.js'
import { PROJECTS } from '../compose/fixtures.js'
import { project } from '../compose/generate.js'
import { ODD } from '../compose/odd.js'
import { anyEnv, noise } from '../support/arbitraries.js'
import { fixed, indexOf, lint, sourcesOf } from './support.js'

const ENV = 'features/redis/.env.example'
const COMPOSE = 'features/redis/compose.yaml'
const CODES: readonly string[] = RULES.map(({ code }) => code)

/** Lints files that hold bytes, not text. */
function lintBytes(files: Example): Finding[] {
  return lintFeature(indexOf(sourcesOf(files, true)).contexts('redis'))
}

function isWellFormed(files: Example, findings: readonly Finding[]): void {
  for (const { code, file, line, column, message, next, edits } of findings) {
    expect(CODES).toContain(code)
    expect(file.startsWith('features/redis/')).toBe(true)
    expect(line).toBeLessThanOrEqual((files[file] ?? '').split(/\r\n|\n|\r/).length)
    expect(column ?? 1).toBeGreaterThan(0)
    expect(message.length).toBeLessThan(1000)
    expect(next).not.toBe('')
    for (const { start, end, file: edited } of edits ?? []) {
      expect(start).toBeLessThanOrEqual(end)
      expect(end).toBeLessThanOrEqual((files[edited] ?? '').length)
    }
  }
}

describe('the linter neither throws nor hangs, and points into the file', () => {
  test('for any template', () => {
    fc.assert(
      fc.property(anyEnv, anyEnv, (mine, others) => {
        const files = { [ENV]: mine, 'features/mail/.env.example': others }
        isWellFormed(files, lintBytes(files))
      }),
      { numRuns: 40 },
    )
  })

  test('for any Compose project', () => {
    fc.assert(
      fc.property(project, anyEnv, ({ files: all }, env) => {
        const files = inFeature(all, env)
        isWellFormed(files, lintBytes(files))
      }),
      { numRuns: 40 },
    )
  })

  test('for bytes in place of a Compose file', () => {
    fc.assert(
      fc.property(noise, (text) => {
        const files = { [COMPOSE]: text }
        isWellFormed(files, lintBytes(files))
        expect(fixed(files, 'redis', true).remaining).toBeDefined()
      }),
      { numRuns: 40 },
    )
  })

  test.each(Object.entries(PROJECTS))('for %s', (_, { files: all }) => {
    const files = inFeature(all, '')
    isWellFormed(files, lint(files))
    fixed(files)
  })

  test('for Compose files of odd form', () => {
    for (const text of ODD) {
      const files = { [COMPOSE]: text }
      isWellFormed(files, lint(files))
      fixed(files)
    }
  })

  const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join('\n')}\n`
  test.each([
    ['a YAML bomb', bomb],
    ['an anchor in itself', 'services: &s {a: {image: x, labels: *s}}\n'],
    ['deep brackets', '['.repeat(100_000)],
    ['10 MB of comment', `# ${'x'.repeat(10_000_000)}\nservices: {}\n`],
    ['10 MB of values', `services:\n  a:\n    image: "${'x'.repeat(10_000_000)}"\n`],
    ['1,000 literal ports', `services:\n  a:\n    image: x\n    ports:\n${manyPorts(1_000)}`],
    [
      '500 container names',
      `services:\n${Array.from({ length: 500 }, (_, i) => `  a${i}: {image: x, container_name: a${i}}\n`).join('')}`,
    ],
  ])('for %s', (_, text) => {
    expect(lint({ [COMPOSE]: text })).toBeDefined()
  })

  test.each([
    ['10 MB of value', `A=${'x'.repeat(10_000_000)}\n`],
    ['1 MB of dollars', `A=${'$'.repeat(1_000_000)}\n`],
    ['300,000 references', `A=${'$A'.repeat(300_000)}\n`],
    [
      '5,000 variables that go in a circle',
      `${Array.from({ length: 5_000 }, (_, i) => `A${i}=$A${i + 1}`).join('\n')}\nA5000=$A0\n`,
    ],
    ['3 MB of URLs', `A_HOST_PORT=80\nB=${'localhost:80,'.repeat(200_000)}\n`],
    ['a password of 1 MB', `A_PASSWORD=${'aB3$$'.repeat(200_000)}\n`],
    ['slashes and colons', `A=${'://:'.repeat(1_000_000)}@\n`],
    ['blanks', `A="${' '.repeat(5_000_000)}"\n`],
    [
      '10,000 port variables',
      Array.from({ length: 10_000 }, (_, i) => `A${i}_HOST_PORT=${i % 60_000}\n`).join(''),
    ],
  ])('for a template of %s', (_, text) => {
    expect(lint({ [ENV]: text })).toBeDefined()
  })
})

function manyPorts(count: number): string {
  return Array.from({ length: count }, (_, i) => `      - "${10_000 + i}:${i + 1}"\n`).join('')
}

/** The files of a project in the folder of a feature. */
function inFeature(files: Readonly<Record<string, string>>, env: string): Example {
  const moved = Object.entries(files).map(([file, text]) => [`features/redis/${file}`, text])
  return { ...Object.fromEntries(moved), [ENV]: env }
}

const eol = fc.constantFrom('\n', '\n', '\r\n')

/** Templates of which something can be fixed. */
const envLine = fc.constantFrom(
  ...[
    '# a comment',
    '# caf\xe9',
    '',
    '',
    'A=1',
    'B="x # y"',
    "C='$x'",
    'D=$A',
    'E=${UI_HOST_PORT}',
    'F=$E$D',
  ],
  ...['UI_HOST_PORT=8025', 'B_PORT_ONE=6380', 'URL=http://localhost:8025', "U2='http://127.0.0.1:6380/'"],
  ...[
    'U3="localhost:6380 localhost:8025"',
    'G="1" H=2',
    'I="over\nlines $J"',
    'J=1',
    'K=$L',
    'L=$K',
    '  M=$N',
    'export N=1',
  ],
)
const template = fc
  .tuple(fc.array(envLine, { maxLength: 14 }), eol, fc.boolean(), fc.constantFrom('', '', '\xef\xbb\xbf'))
  .map(([lines, end, last, bom]) => bom + lines.join(end) + (last ? end : ''))

const port = fc.constantFrom(
  ...[
    '"6380:6379"',
    '8025:8025',
    "'127.0.0.1:53:53/udp'",
    '53:53',
    '8000-8002:8000-8002',
    '${UI_HOST_PORT}:8025',
  ],
  ...[
    '"${X_HOST_PORT:-7000}:70"',
    '{target: 80, published: 8080}',
    '{published: "8081", target: 81}',
    '"9000"',
  ],
)
const service = fc.record({
  key: fc.constantFrom(
    'container_name: redis',
    'container_name: "caf\xc3\xa9" # why',
    'restart: always',
    '# caf\xc3\xa9',
    'environment: [A=http://localhost:8025, B=localhost:8081]',
    'environment: {A: $URL, B: "http://localhost:6380/"}',
    'healthcheck: {test: "curl localhost:8025 $U2"}',
  ),
  // Of two equal ports Compose sees only one.
  ports: fc.uniqueArray(port, { maxLength: 4 }),
  isFlow: fc.boolean(),
})
const compose = fc
  .record({ services: fc.array(service, { minLength: 1, maxLength: 3 }), name: fc.boolean(), eol })
  .map(({ services, name, eol: end }) => {
    const lines = services.flatMap(({ key, ports, isFlow }, index) => {
      const list = ports.filter((item) => !isFlow || !/^\$/.test(item))
      if (isFlow) {
        const name = key.startsWith('container') ? `, ${key.replace(/ #.*/, '')}` : ''
        return [`  s${index}: {image: x${name}, ports: [${list.join(', ')}]}`]
      }
      const items = list.length === 0 ? [] : ['    ports:', ...list.map((item) => `      - ${item} # p`)]
      return [`  s${index}:`, '    image: x', `    ${key}`, ...items]
    })
    return [...(name ? ['name: shop'] : []), '# services', 'services:', ...lines, ''].join(end)
  })

const DEV = 'features/redis/.env.dev.example'
const OTHER = 'features/other/.env.example'

/** With another feature, at times, that has some of the base ports. */
const feature = fc
  .record({
    [ENV]: template,
    [COMPOSE]: compose,
    [DEV]: fc.option(template, { freq: 3 }),
    [OTHER]: fc.option(fc.constant('# p\nO_HOST_PORT=8025\n# p\nP_HOST_PORT=6380-6390\n')),
  })
  .map(
    (files): Example =>
      Object.fromEntries(Object.entries(files).filter((each): each is [string, string] => each[1] !== null)),
  )

/** What a fix may take the place of: everything else is there afterwards, line by line. */
const MAY_GO = /container_name|^name:|localhost:|127\.0\.0\.1:|^\s*- |published|ports: \[|^\s*$/

describe('the fix', () => {
  test('leaves nothing to fix, breaks nothing, and a second one changes nothing', () => {
    fc.assert(
      fc.property(feature, (before) => {
        const { files, remaining } = fixed(before, 'redis', true)
        expect(lintBytes(files).map(keyOf)).toEqual(remaining.map(keyOf))
        const again = fixed(files, 'redis', true)
        expect(again.changes).toEqual([])
        const errors = (findings: readonly Finding[]) =>
          findings.filter(({ code }) => code === 'env-refused' || code === 'compose-refused').length
        expect(errors(remaining)).toBeLessThanOrEqual(errors(lintBytes(before)))
      }),
      { numRuns: 40 },
    )
  })

  test('puts right all that is marked so, if the files can be read', () => {
    fc.assert(
      fc.property(feature, (before) => {
        // With two templates, one port can be equal to another by the one, and not by the other.
        const { [DEV]: _, ...files } = before
        const { remaining } = fixed(files, 'redis', true)
        fc.pre(!remaining.some(({ code }) => code === 'env-refused' || code === 'compose-refused'))
        const left = remaining
          .filter(({ edits }) => edits !== undefined)
          .map(({ code, message }) => `${code} ${message}`)
        expect(left).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('leaves no URL on a number that it has moved', () => {
    fc.assert(
      fc.property(feature, (before) => {
        const { files, fixed: done } = fixed(before, 'redis', true)
        const moved = done.flatMap(({ replaces = {} }) => Object.values(replaces))
        const left = [ENV, DEV].flatMap((file) => (files[file] ?? '').match(/localhost:\d+/g) ?? [])
        expect(left.filter((url) => moved.includes(url.replace(/.*:/, '')))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('keeps every other line, and its end', () => {
    fc.assert(
      fc.property(feature, (before) => {
        const { files, fixed: done } = fixed(before, 'redis', true)
        for (const [file, text] of Object.entries(before)) {
          const after = files[file] ?? ''
          if (!done.some(({ edits }) => edits?.some((edit) => edit.file === file))) expect(after).toBe(text)
          const left = after.split('\n')
          const lines = text.replace(/^\xef\xbb\xbf/, '').split('\n')
          const lost = lines.filter((line) => {
            const at = left.findIndex(
              (other) => other.replace(/^\xef\xbb\xbf/, '').replace(/\r$/, '') === line.replace(/\r$/, ''),
            )
            if (at === -1) return !MAY_GO.test(line)
            left.splice(at, 1)
            return false
          })
          expect(lost).toEqual([])
          expect(after.startsWith('\xef\xbb\xbf')).toBe(text.startsWith('\xef\xbb\xbf'))
          if (text.includes('\r\n'))
            expect(after.match(/[^\r]\n/g)?.length ?? 0).toBe(text.match(/[^\r]\n/g)?.length ?? 0)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('loses no variable', () => {
    fc.assert(
      fc.property(feature, (before) => {
        const { files } = fixed(before, 'redis', true)
        const keys = (text = '') => parseEnv(text).statements.map(({ key }) => key)
        const added = keys(files[ENV]).filter((key) => !keys(before[ENV]).includes(key))
        expect(
          keys(files[ENV])
            .filter((key) => !added.includes(key))
            .sort(),
        ).toEqual(keys(before[ENV]).sort())
        expect(added.every((key) => key.endsWith('_HOST_PORT'))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

function keyOf({ code, file, line, message }: Finding): string {
  return `${file}:${line} ${code} ${message}`
}
