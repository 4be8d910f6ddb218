/** Real faults around the real command: killed at any instant, a disk that is full, a user who may not, several at once. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../support/workspace.js'
import { bundle } from './programs.js'
import type { Order } from './saver.js'

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
      filter: (path) => !/\/\.env(?:\.\d.*|\.lock.*)?$/.test(path),
    })
  }
  const file = folder.path('products/my_first_app/.env')
  if (env !== null) writeFileSync(file, env)
  const others = (): string[] =>
    readdirSync(folder.path('products/my_first_app')).filter((name) => /^\.env\.(?!example$)/.test(name))
  return { ...folder, file, others, text: () => readFileSync(file, 'latin1') }
}

type Demo = ReturnType<typeof demo>

function start(where: Demo): ChildProcess {
  return spawn(process.execPath, [cli, 'env', '--merge', 'my_first_app', '--quiet'], {
    cwd: where.root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** How a run ended, and what it said. */
async function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })))
}

const run = (where: Demo) => ended(start(where))

describe('a run that is killed', () => {
  const KILLS = 48
  /** In milliseconds, for all of them. */
  const BUDGET = 40_000
  /** So large that reading it and writing it take a good part of the run. */
  const BEFORE = `# own\n${Array.from({ length: 15_000 }, (_, i) => `OWN_${i}=the value of this line ${i}\n`).join('')}`

  it('leaves the old file or the new one, whole, and the next run clears up', {
    timeout: 60_000,
  }, async () => {
    const where = demo(BEFORE)
    const began = performance.now()
    expect(await run(where)).toEqual({ code: 0, stderr: '' })
    const duration = performance.now() - began
    const after = where.text()
    expect(after.startsWith(BEFORE)).toBe(true)

    const seen = { old: 0, new: 0, leftovers: 0 }
    const deadline = began + BUDGET
    for (let kill = 0; kill < KILLS && performance.now() < deadline; kill++) {
      writeFileSync(where.file, BEFORE)
      const child = start(where)
      const end = ended(child)
      // Half of them at any instant of the run, half within the few milliseconds of the write.
      if (kill % 2 === 0) await pause(Math.random() * duration * 1.1)
      else await Promise.race([end, firstChange(where).then(() => pause(Math.random() * 12))])
      child.kill('SIGKILL')
      await end

      const text = where.text()
      expect(text === BEFORE || text === after).toBe(true)
      seen[text === after ? 'new' : 'old'] += 1
      if (where.others().length === 0) continue
      seen.leftovers += 1
      expect(await run(where)).toEqual({ code: 0, stderr: '' })
      expect(where.others()).toEqual([])
      expect(where.text()).toBe(after)
    }
    // Kills that all came too early or too late would prove nothing.
    expect(seen.old).toBeGreaterThan(0)
    expect(seen.new).toBeGreaterThan(0)
    expect(seen.leftovers).toBeGreaterThan(0)
    // A machine that is busy otherwise gets through fewer of them in the time there is.
    expect(seen.old + seen.new).toBeGreaterThanOrEqual(KILLS / 4)
  })

  /** When something happens in the product's folder: the lock is the first thing that a write makes. */
  function firstChange(where: Demo): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(join(where.file, '..'), () => {
        watcher.close()
        resolve()
      })
      // A run that never writes, as it has failed, ends the wait by its end.
      watcher.unref()
    })
  }

  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
})

describe('several runs at once', () => {
  it('all end well, and the product env is merged once', { timeout: 60_000 }, async () => {
    const alone = demo('OWN=1\n')
    await run(alone)
    const once = alone.text()
    for (let round = 0; round < 3; round++) {
      const where = demo('OWN=1\n')
      const ends = await Promise.all(Array.from({ length: 8 }, () => run(where)))
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
  const order: Order = { save: { path, file: '.env', ...text } }
  const node = [process.execPath, saver, JSON.stringify(order)]
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

/** A disk so small that a lock fits, and a large file does not. */
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
