import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { readEnv } from '../../src/env/read.js'
import { composeMissing, requireOrSkip, runCompose } from '../support/compose.js'
import { environmentOf } from '../support/compose-env.js'

type Values = Record<string, string>

/** A service with `env_file` in a project called "oracle", with the environment that Docker Compose 2.40.3 gave it. */
interface Truth {
  name: string
  files: Values
  env_file: (string | { path: string; required: boolean })[]
  /** The `--env-file` options; without them, `.env`. */
  options?: string[]
  environment?: Values
  shell?: Values
  /** The variables, or the end of what Compose says instead. */
  compose: Values | string
}

const truths: Truth[] = JSON.parse(
  readFileSync(new URL('../fixtures/container-truth.json', import.meta.url), 'utf8'),
)

const cases = truths.map((truth) => [truth.name, truth] as const)

const encoded = (values: Values = {}) =>
  new Map(Object.entries(values).map(([name, value]) => [name, encode(value)]))

/** By our reading. */
function ours({ files, env_file, options = ['.env'], environment, shell }: Truth): Values | string {
  const exported = encoded(shell)
  const refused: string[] = []
  const readAll = (names: string[], given: ReadonlyMap<string, string>) =>
    names.reduce<ReadonlyMap<string, string>>((earlier, name) => {
      const { values, refusals } = readEnv(parseEnv(encode(files[name] ?? '')), given, earlier)
      refused.push(...refusals.map(({ composeSays }) => composeSays))
      return values
    }, new Map())
  const project = new Map([...readAll(options, exported), ...exported])
  project.set('COMPOSE_PROJECT_NAME', 'oracle')
  const own = encoded(environment)
  const paths = env_file.map((file) => (typeof file === 'string' ? file : file.path))
  const values = new Map([...readAll(paths, new Map([...own, ...project])), ...own])
  if (refused.length > 0) return refused[0] as string
  return Object.fromEntries([...values].map(([name, value]) => [name, decode(value)]))
}

/** By the real Compose. */
function composes({ files, env_file, options = [], environment = {}, shell = {} }: Truth): Values | string {
  const dir = mkdtempSync(join(tmpdir(), 'product-env-truth-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
    // `$` in a Compose file is expanded.
    const literal = Object.entries(environment).map(
      ([name, value]) => `${name}=${value.replaceAll('$', '$$$$')}`,
    )
    const s = { image: 'none', env_file, environment: literal }
    writeFileSync(join(dir, 'compose.yaml'), JSON.stringify({ name: 'oracle', services: { s } }))
    const args = options.flatMap((file) => ['--env-file', file])
    const { code, stdout, stderr } = runCompose(dir, [...args, 'config', '--format', 'json'], shell)
    return code === 0 ? Object.fromEntries(environmentOf(stdout, 's')) : stderr.trim()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

describe('what a container gets by env_file', () => {
  it.each(cases)('%s', (_, truth) => expect(ours(truth)).toEqual(truth.compose))
})

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('what is stored of Compose holds', () => {
  it.each(cases)('%s', (_, truth) => {
    const said = composes(truth)
    if (typeof truth.compose !== 'string') expect(said).toEqual(truth.compose)
    else expect(said).toContain(truth.compose)
  })
})
