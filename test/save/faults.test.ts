/** Real faults around the real command: killed at any step, a disk that is full, a user who may not, several at once. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../support/workspace.js'
import { bundle } from './programs.js'

const DEMO = fileURLToPath(new URL('../../', import.meta.url))
const programs = makeFolder()
const cli = bundle('src/bin/product.ts', programs.root)
const saver = bundle('test/save/saver.ts', programs.root)

/** The demo workspace in a folder of its own, with this product env. */
function demo(env: string | null) {
  const folder = makeFolder()
  for (const part of ['features', 'products']) {
    cpSync(join(DEMO, part), folder.path(part), {
      recursive: true,
      filter: (path) => !/\/\.env$/.test(path),
    })
  }
  const file = folder.path('products/my_first_app/.env')
  if (env !== null) writeFileSync(file, env)
  const others = (): string[] =>
    readdirSync(folder.path('products/my_first_app')).filter((name) => name.startsWith('.env.~'))
  return { ...folder, file, others, text: () => readFileSync(file, 'latin1') }
}

type Demo = ReturnType<typeof demo>

function start(where: Demo, env = process.env): ChildProcess {
  return spawn(process.execPath, [cli, 'env', '--merge', 'my_first_app', '--quiet'], {
    cwd: where.root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  })
}

/** How a run ended, and what it said, except that somebody on this machine uses a port of the demo. */
async function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve) =>
    child.on('close', (code) => {
      resolve({ code, stderr: stderr.replace(/^.*\[port-held\]\n {2}.*\n/gm, '') })
    }),
  )
}

const run = (where: Demo) => ended(start(where))

describe('a run that is killed', () => {
  const BEFORE = 'OWN=1\n'
  /** Every single call takes long with whole processes; test/save/steps.test.ts has them all. */
  const STEP = 3

  /** A program for `node --require`: the process kills itself before the n-th call of the file system that a write makes. */
  const suicide = programs.path('suicide.cjs')
  writeFileSync(
    suicide,
    `const fs = require('node:fs')
    let left = Infinity
    for (const name of Object.keys(fs).filter((name) => name.endsWith('Sync'))) {
      const really = fs[name]
      fs[name] = (...args) => {
        if (left === Infinity && /~product-env-/.test(args[0])) left = Number(process.env.CALLS)
        if (left-- === 0) process.kill(process.pid, 'SIGKILL')
        return really(...args)
      }
    }`,
  )

  it('leaves the old file or the new one, whole, and the next run clears up', {
    timeout: 180_000,
  }, async () => {
    const where = demo(BEFORE)
    await run(where)
    const after = where.text()
    const seen = { old: 0, new: 0, leftovers: 0 }
    // After the save, a run still looks for those who use its ports.
    for (let calls = 0; seen.new < 5; calls += STEP) {
      writeFileSync(where.file, BEFORE)
      const env = { ...process.env, NODE_OPTIONS: `--require ${suicide}`, CALLS: `${calls}` }
      if ((await ended(start(where, env))).code === 0) break
      const text = where.text()
      expect([BEFORE, after]).toContain(text)
      seen[text === after ? 'new' : 'old'] += 1
      if (where.others().length > 0) seen.leftovers += 1
      expect(await run(where)).toEqual({ code: 0, stderr: '' })
      expect(where.others()).toEqual([])
      expect(where.text()).toBe(after)
    }
    expect(seen.old).toBeGreaterThan(3)
    expect(seen.new).toBeGreaterThan(0)
    expect(seen.leftovers).toBeGreaterThan(3)
  })
})

describe('several runs at once', () => {
  const slowDisk = programs.path('slow-disk.cjs')
  writeFileSync(
    slowDisk,
    `const fs = require('node:fs')
    const flush = fs.fsyncSync
    fs.fsyncSync = (file) => {
      flush(file)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }`,
  )

  it.each([
    ['a disk', ''],
    ['a slow disk', `--require ${slowDisk}`],
  ])('all end well on %s, and the product env is merged once', { timeout: 60_000 }, async (_, options) => {
    const alone = demo('OWN=1\n')
    await run(alone)
    const once = alone.text()
    for (let round = 0; round < 2; round++) {
      const where = demo('OWN=1\n')
      const env = { ...process.env, NODE_OPTIONS: options }
      const ends = await Promise.all(Array.from({ length: 8 }, () => ended(start(where, env))))
      expect(ends).toEqual(ends.map(() => ({ code: 0, stderr: '' })))
      expect(where.text()).toBe(once)
      expect(where.others()).toEqual([])
    }
  })
})

/** Saves in another process; gives the problem. */
function saveElsewhere(
  path: string,
  text: { before: string | null; after: string },
  { uid, limit }: { uid?: number; limit?: number } = {},
): { code: string; message: string } | null {
  const node = [process.execPath, saver, JSON.stringify({ path, file: '.env', ...text })]
  const words = limit === undefined ? node : ['sh', '-c', `ulimit -f ${limit}; exec "$@"`, 'sh', ...node]
  const result = spawnSync(words[0] as string, words.slice(1), {
    encoding: 'utf8',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  expect([result.status, result.stderr]).toEqual([0, ''])
  return JSON.parse(result.stdout)
}

const LARGE = 'A=1\n'.repeat(25_000)

describe('a write that fails', () => {
  const isRoot = process.getuid?.() === 0
  const NOBODY = 65_534

  it('as the file would be larger than allowed leaves the old file and nothing else', () => {
    const folder = makeFolder()
    folder.write({ '.env': 'A=1\n' })
    const problem = saveElsewhere(folder.path('.env'), { before: 'A=1\n', after: LARGE }, { limit: 16 })
    expect(problem).toMatchObject({ code: 'cannot-write', message: expect.stringContaining('EFBIG') })
    expect(folder.all()).toEqual({ '.env': 'A=1\n' })
  })

  it.runIf(mayMount())('as the disk is full leaves the old file and nothing else', () => {
    const folder = makeFolder()
    const disk = folder.path('disk')
    mkdirSync(disk)
    expect(mount(disk)).toBe(0)
    try {
      writeFileSync(join(disk, '.env'), 'A=1\n')
      const problem = saveElsewhere(join(disk, '.env'), { before: 'A=1\n', after: LARGE })
      expect(problem).toMatchObject({
        code: 'cannot-write',
        message: expect.stringContaining('no space is left'),
      })
      expect(readdirSync(disk)).toEqual(['.env'])
      expect(readFileSync(join(disk, '.env'), 'utf8')).toBe('A=1\n')
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('as the folder is read-only leaves the old file and nothing else', () => {
    const folder = makeFolder()
    folder.write({ '.env': 'A=1\n' })
    chmodSync(folder.path('.env'), 0o666)
    chmodSync(folder.root, 0o555)
    // To root nothing is read-only, so it has to be somebody else.
    const problem = saveElsewhere(
      folder.path('.env'),
      { before: 'A=1\n', after: 'A=2\n' },
      isRoot ? { uid: NOBODY } : {},
    )
    chmodSync(folder.root, 0o755)
    expect(problem).toMatchObject({ code: 'cannot-write', message: expect.stringContaining('no permission') })
    expect(folder.all()).toEqual({ '.env': 'A=1\n' })
  })

  it.runIf(isRoot)('as the file belongs to somebody else who did not allow it leaves it', () => {
    const folder = makeFolder()
    folder.write({ '.env': 'A=1\n' })
    chmodSync(folder.root, 0o777)
    chmodSync(folder.path('.env'), 0o644)
    const problem = saveElsewhere(folder.path('.env'), { before: 'A=1\n', after: 'A=2\n' }, { uid: NOBODY })
    expect(problem).toMatchObject({ code: 'cannot-write' })
    expect(folder.all()).toEqual({ '.env': 'A=1\n' })
    expect(statSync(folder.path('.env')).uid).toBe(0)
  })

  it.runIf(isRoot)('as the owner could not be kept leaves it', () => {
    const folder = makeFolder()
    folder.write({ '.env': 'A=1\n' })
    chmodSync(folder.root, 0o777)
    chmodSync(folder.path('.env'), 0o666)
    const problem = saveElsewhere(folder.path('.env'), { before: 'A=1\n', after: 'A=2\n' }, { uid: NOBODY })
    expect(problem).toMatchObject({
      code: 'cannot-write',
      message: expect.stringContaining('owner, group or mode'),
    })
    expect(folder.all()).toEqual({ '.env': 'A=1\n' })
    expect(statSync(folder.path('.env')).uid).toBe(0)
  })
})

/** A disk so small that a large file does not fit. */
function mount(folder: string): number | null {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status
}

function mayMount(): boolean {
  const folder = programs.path('mount')
  mkdirSync(folder)
  if (mount(folder) === 0) {
    spawnSync('umount', [folder])
    return true
  }
  process.stderr.write(
    'skipped, as a full disk cannot be had: mounting a tmpfs takes root and a machine that allows it\n',
  )
  return false
}

afterAll(() => {
  // A test that was stopped in the middle must not leave a mount behind.
  spawnSync('umount', [programs.path('mount')], { stdio: 'ignore' })
})
