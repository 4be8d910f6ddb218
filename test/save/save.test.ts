import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { save } from '../../src/save/save.js'
import { saveAll } from '../../src/save/save-all.js'
import { makeFolder } from '../support/workspace.js'
import { bundle } from './programs.js'
import type { Order } from './saver.js'

/** A folder with a product env in it; without a text there is none. */
function folderWith(text?: string) {
  const folder = makeFolder()
  const path = folder.path('.env')
  if (text !== undefined) writeFileSync(path, text, 'latin1')
  return {
    ...folder,
    env: path,
    /** Saves in place of `before`, and gives the code of the problem, or null. */
    save: (before: string | null, after: string, at = path) =>
      save({ path: at, file: 'products/p/.env', before, after })?.code ?? null,
    names: () => readdirSync(folder.root).sort(),
  }
}

const isRoot = process.getuid?.() === 0

describe('a save', () => {
  it('writes the new text', () => {
    const folder = folderWith('A=1')
    expect(folder.save('A=1', 'A=1\nB=2\n')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=1\nB=2\n' })
  })

  it('writes every byte as it is', () => {
    const folder = folderWith('')
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
    expect(folder.save('', bytes)).toBeNull()
    expect(folder.bytes('.env')).toBe(bytes)
  })

  it('writes nothing where nothing changes', () => {
    const folder = folderWith('A=1')
    utimesSync(folder.env, 1, 1)
    const before = statSync(folder.env)
    expect(folder.save('A=1', 'A=1')).toBeNull()
    const after = statSync(folder.env)
    expect([after.mtimeMs, after.ino]).toEqual([before.mtimeMs, before.ino])
    expect(folder.names()).toEqual(['.env'])
  })

  it.each([null, 'A=1'])(
    'is content with what another run of the same plan has written, before: %j',
    (before) => {
      const folder = folderWith('A=2')
      expect(folder.save(before, 'A=2')).toBeNull()
      expect(folder.all()).toEqual({ '.env': 'A=2' })
    },
  )

  it('removes the file where there is to be none, unless it has changed', () => {
    const folder = folderWith('A=1')
    const gone = (before: string) =>
      save({ path: folder.env, file: '.env', before, after: null })?.code ?? null
    expect(gone('A=2')).toBe('changed-meanwhile')
    expect(folder.all()).toEqual({ '.env': 'A=1' })
    expect(gone('A=1')).toBeNull()
    expect(folder.all()).toEqual({})
    expect(gone('A=1')).toBeNull()
  })

  it('makes a new file that only its owner reads', () => {
    const folder = folderWith()
    expect(folder.save(null, 'A=1')).toBeNull()
    expect(statSync(folder.env).mode & 0o7777).toBe(0o600)
    expect(folder.all()).toEqual({ '.env': 'A=1' })
  })

  it.each([0o600, 0o640, 0o644, 0o755, 0o666])('keeps the mode %o', (mode) => {
    const folder = folderWith('A=1')
    chmodSync(folder.env, mode)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(statSync(folder.env).mode & 0o7777).toBe(mode)
  })

  it.runIf(isRoot)('keeps the owner', () => {
    const folder = folderWith('A=1')
    chownSync(folder.env, 1234, 2345)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    const { uid, gid } = statSync(folder.env)
    expect([uid, gid]).toEqual([1234, 2345])
  })
})

describe('a link', () => {
  it('to a file beside it is followed, and stays', () => {
    const folder = folderWith()
    folder.write({ shared: 'A=1' })
    symlinkSync('shared', folder.env)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(readlinkSync(folder.env)).toBe('shared')
    expect(folder.read('shared')).toBe('A=2')
  })

  it('to a file elsewhere is followed, and nothing is left in either folder', () => {
    const folder = folderWith()
    folder.write({ 'sub/shared': 'A=1' })
    symlinkSync(folder.path('sub/shared'), folder.env)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(lstatSync(folder.env).isSymbolicLink()).toBe(true)
    expect(folder.all()).toEqual({ 'sub/shared': 'A=2' })
  })

  it('to a link is followed to the end', () => {
    const folder = folderWith()
    folder.write({ 'sub/shared': 'A=1' })
    symlinkSync('../second', folder.path('sub/first'))
    symlinkSync('sub/shared', folder.path('second'))
    symlinkSync('sub/first', folder.env)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect([readlinkSync(folder.env), readlinkSync(folder.path('sub/first'))]).toEqual([
      'sub/first',
      '../second',
    ])
    expect(folder.read('sub/shared')).toBe('A=2')
  })

  it('to nothing yet makes the file it points to', () => {
    const folder = folderWith()
    folder.write({ 'sub/': '' })
    symlinkSync('sub/shared', folder.env)
    expect(folder.save(null, 'A=1')).toBeNull()
    expect(readlinkSync(folder.env)).toBe('sub/shared')
    expect(folder.read('sub/shared')).toBe('A=1')
  })

  it('to nothing yet, within a folder that is a link itself, is read from where it really lies', () => {
    const folder = folderWith()
    folder.write({ 'real/deep/product/': '', 'ws/': '' })
    symlinkSync(folder.path('real/deep/product'), folder.path('ws/product'))
    symlinkSync('../shared.env', folder.path('real/deep/product/.env'))
    expect(folder.save(null, 'A=1', folder.path('ws/product/.env'))).toBeNull()
    expect(folder.all()).toEqual({ 'real/deep/shared.env': 'A=1' })
  })

  it('to a file whose name means something in a pattern', () => {
    const folder = folderWith()
    folder.write({ 'a+(b.[env': 'A=1', 'a+(b.[env.999999999.tmp': 'left' })
    symlinkSync('a+(b.[env', folder.env)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ 'a+(b.[env': 'A=2' })
  })

  it('to itself is a problem', () => {
    const folder = folderWith()
    symlinkSync('.env', folder.env)
    expect(folder.save(null, 'A=1')).toBe('cannot-write')
    expect(folder.names()).toEqual(['.env'])
  })

  it('into a folder that is not there is a problem', () => {
    const folder = folderWith()
    symlinkSync('none/shared', folder.env)
    expect(folder.save(null, 'A=1')).toBe('cannot-write')
  })
})

describe('a file that changed since it was read', () => {
  it('is left alone', () => {
    const folder = folderWith('A=3')
    expect(folder.save('A=1', 'A=2')).toBe('changed-meanwhile')
    expect(folder.all()).toEqual({ '.env': 'A=3' })
  })

  it('is left alone also where only a byte that is no UTF-8 differs', () => {
    const folder = folderWith('A=\xff')
    expect(folder.save('A=\xfe', 'A=2')).toBe('changed-meanwhile')
    expect(folder.bytes('.env')).toBe('A=\xff')
  })

  it('is left alone where it was not there', () => {
    const folder = folderWith('A=3')
    expect(folder.save(null, 'A=2')).toBe('changed-meanwhile')
    expect(folder.all()).toEqual({ '.env': 'A=3' })
  })

  it('stays away where it is gone', () => {
    const folder = folderWith()
    expect(folder.save('A=1', 'A=2')).toBe('changed-meanwhile')
    expect(folder.names()).toEqual([])
  })
})

describe('what cannot be written', () => {
  it('is a file that is read-only, also to root', () => {
    const folder = folderWith('A=1')
    chmodSync(folder.env, 0o444)
    const found = save({ path: folder.env, file: 'f', before: 'A=1', after: 'A=2' })
    expect(found).toMatchObject({
      code: 'cannot-write',
      file: 'f',
      message: expect.stringContaining('read-only'),
    })
    expect(folder.all()).toEqual({ '.env': 'A=1' })
  })

  it('is a folder', () => {
    const folder = folderWith()
    mkdirSync(folder.env)
    expect(folder.save(null, 'A=1')).toBe('cannot-write')
    expect(folder.names()).toEqual(['.env'])
  })

  it('is a file in a folder that is not there', () => {
    const folder = folderWith()
    expect(folder.save(null, 'A=1', folder.path('none/.env'))).toBe('cannot-write')
  })
})

describe('what killed runs leave', () => {
  /** No process has such a number. */
  const DEAD = 999_999_999

  afterEach(() => vi.restoreAllMocks())

  const left = {
    'a lock': { '.env.lock': `${DEAD} ${hostname()} 123\n` },
    'a lock of a process whose number is used again': { '.env.lock': `${process.pid} ${hostname()} 1\n` },
    'a lock moved aside': { [`.env.lock.${DEAD}`]: `${DEAD} ${hostname()} 123\n` },
    'a draft': { [`.env.${DEAD}.tmp`]: 'A=' },
    'a draft of our own number': { [`.env.${process.pid}.tmp`]: 'A=' },
  }

  it.each(Object.entries(left))('%s does not stand in the way, and goes', (_, files) => {
    const folder = folderWith('A=1')
    folder.write(files)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it.each(Object.entries(left))('%s goes also where there is nothing to write', (_, files) => {
    const folder = folderWith('A=1')
    folder.write(files)
    expect(folder.save('A=1', 'A=1')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=1' })
  })

  it('a draft goes although its number is that of another process now', () => {
    const folder = folderWith('A=1')
    folder.write({ [`.env.${process.ppid}.tmp`]: 'A=' })
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it.each([
    ['an empty lock', ''],
    ['a lock of another host', '1 another-host 5\n'],
  ])('%s counts for five seconds', (_, mark) => {
    const folder = folderWith('A=1')
    folder.write({ '.env.lock': mark })
    const old = Date.now() / 1000 - 6
    utimesSync(folder.path('.env.lock'), old, old)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it('a lock of another host that is fresh is respected', () => {
    const folder = folderWith('A=1')
    folder.write({ '.env.lock': '1 another-host 5\n' })
    const soon = Date.now() / 1000 + 60
    utimesSync(folder.path('.env.lock'), soon, soon)
    passTime(4_000)
    expect(folder.save('A=1', 'A=2')).toBe('locked')
    expect(folder.read('.env')).toBe('A=1')
    expect(folder.read('.env.lock')).toBe('1 another-host 5\n')
  })

  it.each([
    ['a file', { '.env.lock': 'the key is under the mat\n' }],
    ['a folder', { '.env.lock/notes': 'x' }],
  ])('%s in the place of the lock is nobody’s lock: it stays, and is told', (_, files) => {
    const folder = folderWith('A=1')
    folder.write(files)
    const old = Date.now() / 1000 - 60
    utimesSync(folder.path('.env.lock'), old, old)
    expect(folder.save('A=1', 'A=2')).toBe('locked')
    expect(folder.all()).toEqual({ ...files, '.env': 'A=1' })
    expect(folder.save('A=1', 'A=1')).toBeNull()
    expect(folder.all()).toEqual({ ...files, '.env': 'A=1' })
  })

  it('files of others with names of that kind stay', () => {
    const files = {
      '.env.lock.bak': 'x',
      '.env.5': 'x',
      '.env.tmp': 'x',
      '.env.1.tmp.txt': 'x',
      'a.env.1.tmp': 'x',
    }
    const folder = folderWith('A=1')
    folder.write(files)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ ...files, '.env': 'A=2' })
  })
})

/** Lets the clock of this process jump with each look at it, so that no test waits. Files keep their times. */
function passTime(milliseconds: number): void {
  const start = Date.now()
  let looks = 0
  vi.spyOn(Date, 'now').mockImplementation(() => start + milliseconds * Math.floor(looks++ / 4))
}

describe('another run that holds the lock', () => {
  afterEach(() => vi.restoreAllMocks())

  async function held(lock: string, milliseconds: number) {
    const order: Order = { hold: lock, milliseconds }
    const child = spawn(process.execPath, [
      bundle('test/save/saver.ts', makeFolder().root),
      JSON.stringify(order),
    ])
    const ended = new Promise((resolve) => child.on('exit', resolve))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    return { child, ended }
  }

  it('is waited for', async () => {
    const folder = folderWith('A=1')
    const { ended } = await held(folder.path('.env.lock'), 300)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    await ended
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it('is a problem if it never ends', async () => {
    const folder = folderWith('A=1')
    const { child, ended } = await held(folder.path('.env.lock'), 30_000)
    passTime(3_000)
    expect(folder.save('A=1', 'A=2')).toBe('locked')
    expect(folder.read('.env')).toBe('A=1')
    child.kill('SIGKILL')
    await ended
  })

  it('stands in nobody’s way once it is killed', async () => {
    const folder = folderWith('A=1')
    const { child, ended } = await held(folder.path('.env.lock'), 30_000)
    child.kill('SIGKILL')
    await ended
    expect(readFileSync(folder.path('.env.lock'), 'utf8')).toContain(`${child.pid} `)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it('does not matter where there is nothing to write', async () => {
    const folder = folderWith('A=1')
    const { child, ended } = await held(folder.path('.env.lock'), 30_000)
    expect(folder.save('A=1', 'A=1')).toBeNull()
    child.kill('SIGKILL')
    await ended
    unlinkSync(join(folder.root, '.env.lock'))
  })
})

describe('several files, of which the last cannot be written', () => {
  const stopped = (folder: ReturnType<typeof makeFolder>, meanwhile: () => void = () => {}) => {
    const one = { path: folder.path('a'), file: 'a', before: null, after: 'A' }
    // Read when the first file is written, and so the moment between the two.
    const two = {
      file: 'b',
      before: 'B',
      after: 'C',
      get path() {
        meanwhile()
        return folder.path('b')
      },
    }
    return saveAll([one, two]).map(({ code, file }) => `${code} ${file}`)
  }

  it('are all as they were', () => {
    const folder = makeFolder()
    expect(stopped(folder)).toEqual(['changed-meanwhile b'])
    expect(folder.all()).toEqual({})
  })

  it('but for one that somebody has changed since: it is left, and named', () => {
    const folder = makeFolder()
    expect(stopped(folder, () => writeFileSync(folder.path('a'), 'mine'))).toEqual([
      'changed-meanwhile b',
      'changed-meanwhile a',
    ])
    expect(folder.all()).toEqual({ a: 'mine' })
  })

  it('and one that another run has written stays', () => {
    const folder = makeFolder()
    writeFileSync(folder.path('a'), 'A')
    expect(stopped(folder)).toEqual(['changed-meanwhile b'])
    expect(folder.all()).toEqual({ a: 'A' })
  })
})
