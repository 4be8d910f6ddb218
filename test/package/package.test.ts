import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireOrSkip, run } from '../support/compose.js'
import { findNode } from './nodes.js'
import { copyDemo, filesIn, install, type Packed, pack, REPOSITORY, readEnv } from './pack.js'

const PORTS = [
  'REDIS_HOST_PORT=6971',
  'PMA_HOST_PORT=8672',
  'MAILHOG_SMTP_HOST_PORT=1616',
  'MAILHOG_UI_HOST_PORT=8616',
]

let packed: Packed
/** A folder with the installed package and the demo workspace. */
let installed: string
const temporary: string[] = []

beforeAll(() => {
  packed = pack()
  installed = install(packed.path)
  temporary.push(installed, join(packed.path, '..'))
}, 300_000)

afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true })
})

/** The installed package's own folder. */
const inPackage = (...path: string[]) => join(installed, 'node_modules', 'product-env', ...path)

describe('the tarball', () => {
  it('holds the built files, the docs and what every package has, and nothing else', () => {
    const others = packed.files.filter(
      (path) => !/^dist\/.+\.(cjs|js|d\.ts|txt)$|^docs\/.+\.(md|png)$|^schemas\/.+\.json$/.test(path),
    )
    expect(others).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  })

  it('is small', () => {
    expect(packed.size).toBeLessThan(2_300_000)
  })
})

describe('the installed command', () => {
  it('merges by npx', () => {
    const { code, stdout, stderr } = run(
      ['npx', '--no-install', 'product', 'env', '--merge', 'my_first_app'],
      {
        cwd: installed,
      },
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toMatch(
      /adjusted 4 feature port\(s\) \(\+591\)\n +merged +4 feature \.env file\(s\) into product \.env\n$/,
    )
    for (const port of PORTS) expect(readEnv(installed, 'my_first_app')).toContain(`${port}\n`)
  })

  it('finds every part that is loaded only when it is needed', () => {
    const product = (...args: string[]) =>
      run([process.execPath, inPackage('dist', 'product.cjs'), ...args], { cwd: installed })
    // yaml (all of them), dotenv (the view), diff.
    expect(product('env', '--merge', 'my_first_app').code).toBe(0)
    expect(product('env', 'my_first_app')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('REDIS_HOST_PORT'),
    })
    expect(product('env', '--merge', 'my_second_app', '--diff').stdout).toMatch(/^--- /)
  })
})

describe('the library', () => {
  it('is typed for a strict compiler, and runs', () => {
    cpSync(join(REPOSITORY, 'test', 'package', 'consumer.ts.txt'), join(installed, 'consumer.ts'))
    // The one package of types that a program for Node has anyway.
    cpSync(
      join(REPOSITORY, 'node_modules', '@types', 'node'),
      join(installed, 'node_modules', '@types', 'node'),
      {
        recursive: true,
      },
    )
    cpSync(
      join(REPOSITORY, 'node_modules', 'undici-types'),
      join(installed, 'node_modules', 'undici-types'),
      {
        recursive: true,
      },
    )
    const options = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const target = ['--module', 'nodenext', '--target', 'es2022', '--types', 'node']
    const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc')
    const compiled = run([process.execPath, tsc, ...options, ...target, 'consumer.ts'], { cwd: installed })
    expect(compiled.stdout).toBe('')
    rmSync(join(installed, 'products', 'my_first_app', '.env'), { force: true })
    const { code, stdout, stderr } = run([process.execPath, 'consumer.js'], { cwd: installed })
    // To change a plan is no error while the program runs; it was only one for the compiler.
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ errors: false, ports: PORTS })
  })
})

describe('the compiled code that is kept beside the command', () => {
  /** A copy of the built files, and a merge with it. */
  function copyOfBuild() {
    const folder = mkdtempSync(join(tmpdir(), 'product-env-cache-'))
    temporary.push(folder)
    cpSync(inPackage('dist'), join(folder, 'dist'), {
      recursive: true,
      filter: (path) => !path.endsWith('.cache'),
    })
    copyDemo(folder)
    const merge = (env = {}) =>
      run(
        [
          process.execPath,
          join(folder, 'dist', 'product.cjs'),
          'env',
          '--merge',
          '--dry-run',
          'my_first_app',
        ],
        {
          cwd: folder,
          env,
        },
      )
    const kept = () => filesIn(join(folder, 'dist')).filter((name) => name.includes('.cache'))
    return { folder, merge, kept }
  }

  it('is written by the first run, and changes nothing', () => {
    const { merge, kept } = copyOfBuild()
    const first = merge()
    expect(kept()).toHaveLength(2)
    expect(merge()).toEqual(first)
    expect(first.code).toBe(0)
  })

  it('is not used when it is damaged, and written anew', () => {
    const { folder, merge, kept } = copyOfBuild()
    const first = merge()
    const [name] = kept()
    const file = join(folder, 'dist', name as string)
    const whole = readFileSync(file)
    for (const at of [0, 20, 1000, whole.length / 4, whole.length / 2, whole.length - 1]) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] as number) ^ 0xff
      writeFileSync(file, damaged)
      expect(merge()).toEqual(first)
    }
    for (const size of [0, 7, whole.length / 2, whole.length - 1]) {
      truncateSync(file, size)
      expect(merge()).toEqual(first)
      const anew = readFileSync(file)
      expect(anew.subarray(0, anew.length / 2)).toEqual(anew.subarray(anew.length / 2))
    }
  })

  it('is done without where it is not wanted', () => {
    const { merge, kept } = copyOfBuild()
    expect(merge({ NODE_DISABLE_COMPILE_CACHE: '1' }).code).toBe(0)
    expect(kept()).toEqual([])
  })

  // Root may write everywhere.
  it.skipIf(process.getuid?.() === 0)('is done without where it cannot be written', () => {
    const { folder, merge, kept } = copyOfBuild()
    chmodSync(join(folder, 'dist'), 0o555)
    expect(merge()).toMatchObject({ code: 0, stderr: '' })
    expect(kept()).toEqual([])
    chmodSync(join(folder, 'dist'), 0o755)
  })
})

describe.each(['20', '22', '24', 'latest'])('on Node %s', (wanted) => {
  const node = findNode(wanted)
  const missing = 'missing' in node ? node.missing : null

  it.runIf(requireOrSkip(`Node ${wanted}`, missing))('the command merges, and the library loads', () => {
    const path = 'path' in node ? node.path : ''
    for (const _ of ['without the kept code', 'with it']) {
      rmSync(join(installed, 'products', 'my_first_app', '.env'), { force: true })
      const args = [inPackage('dist', 'product.cjs'), 'env', '--merge', 'my_first_app']
      const { code, stderr } = run([path, ...args], { cwd: installed })
      // A demo that runs on this machine, as in the engine test, holds the ports: that is said, and no fault.
      const problems = stderr
        .split('\n')
        .filter((line) => /: (?:error|warning): /.test(line) && !line.includes('[port-held]'))
      expect({ code, problems }).toEqual({ code: 0, problems: [] })
      for (const port of PORTS) expect(readEnv(installed, 'my_first_app')).toContain(`${port}\n`)
    }
    const script = `import('product-env').then(({ crc32Offset }) => console.log(crc32Offset('my_first_app')))`
    expect(run([path, '-e', script], { cwd: installed })).toMatchObject({ code: 0, stdout: '591\n' })
  })
})
