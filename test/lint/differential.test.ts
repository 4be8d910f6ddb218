/** The rules against real Docker Compose: it reads what we call good, and what a fix has made. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { RULES } from '../../src/lint/registry.js'
import type { Example, Rule } from '../../src/lint/rule.js'
import { composeConfig, composeMissing, requireOrSkip } from '../support/compose.js'
import { fixed } from './support.js'

const COMPOSE = 'features/redis/compose.yaml'
const ENV = 'features/redis/.env.example'
const root = mkdtempSync(join(tmpdir(), 'product-env-lint-'))

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What Compose publishes of feature redis with its template as `.env`; what it says if it refuses. */
function published(name: string, files: Example): string[] | string {
  const folder = join(root, name)
  for (const [file, text] of Object.entries({ ...files, 'features/redis/.env': files[ENV] ?? '' })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const { code, stdout, stderr } = composeConfig(join(folder, 'features/redis'), ['--format', 'json'])
  if (code !== 0) return stderr
  const { services } = JSON.parse(stdout) as { services: Record<string, Service> }
  return Object.values(services).flatMap(({ ports = [], container_name: named }) => [
    ...ports.map(({ published, target }) => `${published ?? 'random'}:${target}`),
    ...(named === undefined ? [] : [`named ${named}`]),
  ])
}

/** All that Compose reads, on one line, without what depends on the folder. */
function config(name: string, files: Example): string {
  published(name, files)
  const { code, stdout, stderr } = composeConfig(join(root, name, 'features/redis'), ['--format', 'json'])
  return code === 0 ? JSON.stringify(JSON.parse(stdout)) : stderr
}

/** Port 8081 is another feature's. */
const MOVED: readonly [string, Example][] = [
  ['in the template', { [ENV]: 'A=http://localhost:8081/x\n', [COMPOSE]: moved('A: $A') }],
  ['in single quotes', { [ENV]: "A='http://localhost:8081/x'\n", [COMPOSE]: moved('A: ${A}') }],
  ['in the environment', { [ENV]: 'A=1\n', [COMPOSE]: moved('A: http://localhost:8081/x$$y') }],
  [
    'in the environment and a label',
    { [ENV]: 'A=localhost:8081\n', [COMPOSE]: `${moved('B: $A')}    labels: ["l=x://localhost:8081"]\n` },
  ],
].map(([name, files]): [string, Example] => [
  name as string,
  { ...(files as Example), 'features/other/.env.example': '# p\nOTHER_HOST_PORT=8081\n' },
])

function moved(environment: string): string {
  return `services:\n  redis:\n    image: redis:7\n    ports: ["8081:6379"]\n    environment:\n      ${environment}\n`
}

interface Service {
  readonly ports?: readonly { readonly published?: string; readonly target: number }[]
  readonly container_name?: string
}

const rules: readonly Rule[] = RULES
const withCompose = rules.filter(({ good }) => good[COMPOSE] !== undefined)
const fixable = rules.filter(({ bad, fix }) => fix !== undefined && bad[COMPOSE] !== undefined)
const REFUSED = ['compose-refused', 'undeclared-volume']

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('Docker Compose', () => {
  test.each(withCompose)('reads the good example of $code', ({ code, good }) => {
    expect(published(`${code}-good`, good)).toBeInstanceOf(Array)
  })

  test.each(rules.filter(({ code }) => REFUSED.includes(code)))(
    'refuses the bad example of $code',
    ({ code, bad }) => {
      expect(published(`${code}-bad`, bad)).toEqual(expect.any(String))
    },
  )

  test.each(MOVED)('reads the same after a port has moved, but for that port: %s', (name, files) => {
    const before = config(`${name}-before`, files)
    const { files: after, changes } = fixed(files)
    expect(changes).not.toEqual([])
    const number = /_HOST_PORT=(\d+)$/m.exec(after[ENV] ?? '')?.[1] ?? ''
    expect(config(`${name}-after`, after)).toBe(
      before.replace(/(localhost:|"published":")8081/g, `$1${number}`),
    )
  })

  test.each(fixable)('publishes the same after the fix of $code', ({ code, bad }) => {
    const before = published(`${code}-before`, bad) as string[]
    const after = published(`${code}-after`, fixed(bad).files)
    expect(after).toEqual(before.filter((line) => !line.startsWith('named ')))
  })
})
