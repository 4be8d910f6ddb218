/** Which variables of a `.env` get further than the Compose file, with the real Compose: the core of docs/reserved.md. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { documentedNames } from '../docs/reserved.js'
import { composeMissing, type Env, findCompose, requireOrSkip, run } from '../support/compose.js'

const { reserved, passing } = documentedNames()
const NAMES = [...reserved.keys(), ...passing]
const ENV = NAMES.map((name) => `${name}=planted\n`).join('')
/** The caller's shell has the first three, and wins; the planted programs' shell keeps the others to itself. */
const OF_THE_SHELL = ['PATH', 'HOME', 'DOCKER_HOST', 'PWD', 'OLDPWD', 'IFS', 'PS1', 'PS4']
const ofTheFile = (names: readonly string[]) => names.filter((name) => !OF_THE_SHELL.includes(name)).sort()

const isReady = requireOrSkip('Docker Compose', composeMissing())
const [major = 0, minor = 0, patch = 0] = isReady ? version() : []
const exportsAll = major === 2 && (minor < 39 || (minor === 39 && patch < 3))
const hasProviders = major > 2 || minor >= 36

let dir: string
/** The folder of the project below it, whose name is the project's. */
let project: string
let engine: Server
let requests: string[]

beforeEach(async () => {
  // The path of a Unix socket may have 107 bytes, so the folder stands directly below the temp folder.
  dir = mkdtempSync(join(tmpdir(), 'pe-reserved-'))
  project = join(dir, 'plain')
  for (const folder of [join(dir, 'bin'), project]) mkdirSync(folder)
  for (const name of ['git', 'provide']) {
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\nenv > '${dir}/${name}.seen'\nexit 1\n`)
    chmodSync(join(dir, 'bin', name), 0o755)
  }
  requests = []
  engine = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    request.resume()
    const path = request.url?.replace(/^\/v[\d.]+|\?.*/g, '') ?? ''
    const known: Record<string, string> = { '/_ping': 'OK', '/info': '{}', '/containers/json': '[]' }
    response.writeHead(known[path] === undefined ? 404 : 200, {
      'Api-Version': '1.44',
      'Content-Type': 'application/json',
    })
    response.end(known[path] ?? '{"message":"not here"}')
  })
  await new Promise<void>((listening) => engine.listen(join(dir, 'engine.sock'), listening))
})

afterEach(async () => {
  engine.closeAllConnections()
  await new Promise((closed) => engine.close(closed))
  rmSync(dir, { recursive: true, force: true })
})

describe.runIf(isReady)('a variable of the product env', () => {
  test('reaches git, which Compose starts, only if it is COMPOSE_*, or with all others before 2.39.3', async () => {
    await compose(['config'], {
      yaml: { include: ['https://localhost:1/x.git'] },
      env: ENV,
      shell: { ...atEngine(), COMPOSE_EXPERIMENTAL_GIT_REMOTE: '1' },
    })
    expect(plantedFor('git')).toEqual(exportsAll ? ofTheFile(NAMES) : ['COMPOSE_ANY'])
  })

  test.runIf(hasProviders)('reaches the plugin of a provider, whatever its name', async () => {
    await compose(['up'], {
      yaml: { services: { a: { provider: { type: 'provide' } } } },
      env: ENV,
      shell: atEngine(),
    })
    expect(plantedFor('provide')).toEqual(ofTheFile(NAMES))
  })

  test('DOCKER_HOST leads no build to another engine from 2.39.3 on', async () => {
    // It fails in every engine, so that it leaves nothing behind in one that is really there.
    writeFileSync(join(project, 'Dockerfile'), 'FROM scratch\nCOPY none /\n')
    await compose(['build'], {
      yaml: { services: { a: { build: '.' } } },
      env: `DOCKER_HOST=${atEngine().DOCKER_HOST}\n`,
    })
    expect(requests.length > 0).toBe(exportsAll)
  })

  test('DOCKER_DEFAULT_PLATFORM decides which image is pulled', async () => {
    const yaml = { services: { a: { image: 'x' } } }
    await compose(['pull'], { yaml, env: 'DOCKER_DEFAULT_PLATFORM=linux/s390x\n', shell: atEngine() })
    expect(requests).toContainEqual(
      expect.stringMatching(/^POST .*\/images\/create\?.*platform=linux%2Fs390x/),
    )
  })

  test.each([
    ['COMPOSE_FILE', 'other.yaml', '"other":'],
    ['COMPOSE_PROJECT_NAME', 'planted', '"name": "planted"'],
    ['COMPOSE_PROFILES', 'more', '"b":'],
    ['COMPOSE_PARALLEL_LIMIT', 'x', 'COMPOSE_PARALLEL_LIMIT must be an integer'],
  ])('%s=%s steers Compose', async (name, value, expected) => {
    writeFileSync(join(project, 'other.yaml'), JSON.stringify({ services: { other: { image: 'x' } } }))
    const said = await compose(['config', '--format', 'json'], {
      yaml: { services: { a: { image: 'x' }, b: { image: 'x', profiles: ['more'] } } },
      env: `${name}=${value}\n`,
    })
    expect(said).toContain(expected)
  })
})

interface Given {
  readonly yaml: object
  readonly env: string
  readonly shell?: Env
}

/** Runs Compose; its output, as the test's own engine has to go on answering. */
function compose(args: readonly string[], { yaml, env, shell = {} }: Given): Promise<string> {
  writeFileSync(join(project, 'compose.yaml'), JSON.stringify(yaml))
  writeFileSync(join(project, '.env'), env)
  const [program = '', ...words] = findCompose() ?? []
  const child = spawn(program, [...words, ...args], {
    cwd: project,
    env: { PATH: `${join(dir, 'bin')}:${process.env['PATH']}`, HOME: dir, ...shell },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  return new Promise((done) => child.on('close', () => done(said)))
}

/** For the shell, which beats the file: the test's own engine. */
function atEngine(): { DOCKER_HOST: string } {
  return { DOCKER_HOST: `unix://${join(dir, 'engine.sock')}` }
}

/** The variables with which a planted program was started, as far as they come from the product env. */
function plantedFor(program: string): string[] {
  const lines = readFileSync(join(dir, `${program}.seen`), 'utf8').split('\n')
  const planted = lines.filter((line) => line.endsWith('=planted'))
  return ofTheFile(planted.map((line) => line.slice(0, -'=planted'.length)))
}

function version(): number[] {
  const { stdout } = run([...(findCompose() ?? []), 'version', '--short'])
  return stdout.replace(/^v/, '').split(/[.-]/).map(Number)
}
