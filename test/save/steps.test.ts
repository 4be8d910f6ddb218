/** Each step of a save: a kill after it, another run before it, a fault of the disk in it. */
import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/problem.js'
import { save } from '../../src/save/save.js'
import { folderWith } from './folder.js'
import { type Call, Run, withCalls } from './stepwise.js'

type Folder = ReturnType<typeof folderWith>

const write = (folder: Folder, before: string | null, after: string | null) =>
  new Run<Problem | null>(() => save({ path: folder.env, file: '.env', before, after }))

/** How many calls of the file system a save takes. */
function callsOf(before: string | null, after: string | null): number {
  const run = write(folderWith(before), before, after)
  let calls = 1
  while (run.goOn(1)) calls++
  return calls
}

describe('a run that is killed', () => {
  it.each([
    ['A=1', 'A=2'],
    [null, 'A=2'],
    ['A=1', null],
  ])('at any step from %j to %j leaves one of the two, and the next run clears up', (before, after) => {
    const calls = callsOf(before, after)
    expect(calls).toBeGreaterThan(5)
    const folder = folderWith()
    for (let call = 0; call < calls; call++) {
      folder.reset(before)
      const run = write(folder, before, after)
      run.goOn(call)
      run.kill()
      const found = folder.read('.env')
      expect([before, after]).toContain(found)
      expect(folder.save(found, after)).toBeNull()
      expect(folder.all()).toEqual(after === null ? {} : { '.env': after })
    }
  })
})

describe('two runs at once, wherever the one stands still and the other goes on', () => {
  /** Enough calls for a run to have looked at the folder and at the file, and to have no draft yet. */
  const LOOK = 8

  /** Lets the first go on so far, then the second, which may be ahead, and then both to their ends. */
  function* meetings(before: string | null, one: string, two: string, ahead = 0) {
    const calls = callsOf(before, one)
    const folder = folderWith()
    for (let first = 0; first <= calls; first++) {
      for (let second = 0; second <= calls; second++) {
        folder.reset(before)
        const runs = [write(folder, before, one), write(folder, before, two)] as const
        runs[1].goOn(ahead)
        runs[0].goOn(first)
        runs[1].goOn(second)
        yield { codes: runs.map((run) => run.end()?.code ?? null), files: folder.all() }
      }
    }
  }

  it.each([null, 'A=1'])('both end well if they write the same, before: %j', (before) => {
    for (const { codes, files } of meetings(before, 'A=2', 'A=2')) {
      expect(codes).toEqual([null, null])
      expect(files).toEqual({ '.env': 'A=2' })
    }
  })

  it.each([
    [null, 0],
    ['A=1', LOOK],
  ])('only one writes if they differ, and the other says so, before: %j, ahead: %i', (before, ahead) => {
    for (const { codes, files } of meetings(before, 'A=2', 'A=3', ahead)) {
      expect([...codes].sort()).toEqual(['changed-meanwhile', null])
      expect(files).toEqual({ '.env': codes[0] === null ? 'A=2' : 'A=3' })
    }
  })

  it('the one that goes on does not wait for the one that is killed', () => {
    const calls = callsOf('A=1', 'A=2')
    const folder = folderWith()
    for (let first = 0; first <= calls; first++) {
      for (let second = 0; second <= calls; second++) {
        folder.reset('A=1')
        const [killed, living] = [write(folder, 'A=1', 'A=2'), write(folder, 'A=1', 'A=2')]
        living.goOn(first)
        killed.goOn(second)
        killed.kill()
        expect(living.end()).toBeNull()
        expect(folder.read('.env')).toBe('A=2')
        expect(folder.save('A=2', 'A=2')).toBeNull()
        expect(folder.names()).toEqual(['.env'])
      }
    }
  })
})

describe('a power cut', () => {
  /** What a save does to the disk, in order, with the files by name. */
  function changesOf(before: string | null, after: string | null): string[] {
    const folder = folderWith(before)
    const opened = new Map<unknown, string>()
    const changes: string[] = []
    const nameOf = (file: unknown) => {
      const name = basename(opened.get(file) ?? String(file))
      return name.startsWith('.env~') ? 'draft' : name === basename(folder.root) ? 'folder' : name
    }
    withCalls(
      (name, args, really) => {
        if (/^(?:write|fchmod|fsync|link|rename|unlink)Sync$/.test(name)) {
          const files = /link|rename/.test(name) ? args.slice(0, 2) : args.slice(0, 1)
          changes.push([name.replace('Sync', ''), ...files.map(nameOf)].join(' '))
        }
        const result = really()
        if (name === 'openSync') opened.set(result, String(args[0]))
        return result
      },
      () => folder.save(before, after),
    )
    return changes
  }

  it('finds the bytes of a draft on the disk before it is renamed, and the new name before the run ends', () => {
    expect(changesOf('A=1', 'A=2')).toEqual([
      'rename draft draft',
      'write draft',
      'fchmod draft',
      'fsync draft',
      'rename draft .env',
      'unlink draft',
      'fsync folder',
    ])
  })

  it('finds a new file whole, too', () => {
    const synced = changesOf(null, 'A=2').filter((change) => !/chmod|unlink/.test(change))
    expect(synced).toEqual([
      'rename draft draft',
      'write draft',
      'fsync draft',
      'link draft .env',
      'fsync folder',
    ])
  })

  it('does not bring back a file that was removed', () => {
    expect(changesOf('A=1', null)).toEqual(['unlink .env', 'fsync folder'])
  })
})

describe('a fault of the disk', () => {
  /** Fails each call of a function that a test for its first argument says yes to. */
  const failing =
    (failed: string, error: object, wanted = (_first: unknown) => true): Call =>
    (name, args, really) => {
      if (name === failed && wanted(args[0])) throw Object.assign(new Error('as the system says'), error)
      return really()
    }

  const saved = (folder: Folder, call: Call, before: string | null = 'A=1') =>
    withCalls(call, () => folder.problem(before, 'A=2'))

  it.each([
    ['ENOSPC', { code: 'ENOSPC' }, 'no space is left on the disk (ENOSPC)'],
    // What libuv 1.46 makes of it.
    ['EDQUOT', { code: 'UNKNOWN', errno: -constants.errno.EDQUOT }, 'your disk quota is used up (EDQUOT)'],
    ['EROFS', { code: 'EROFS' }, 'the file system is read-only (EROFS)'],
    ['another one', { code: 'EIO', errno: -5 }, 'as the system says (EIO)'],
  ])('%s is reported in words, and the file stays', (_, error, words) => {
    const folder = folderWith('A=1')
    const problem = saved(folder, failing('writeSync', error))
    expect(problem).toMatchObject({ code: 'cannot-write', message: `cannot be written: ${words}` })
    expect(folder.all()).toEqual({ '.env': 'A=1' })
  })

  it('that is a fault of ours is thrown, and the file stays', () => {
    const folder = folderWith('A=1')
    expect(() => saved(folder, failing('writeSync', {}))).toThrow('as the system says')
    expect(folder.all()).toEqual({ '.env': 'A=1' })
  })

  it('writes a few bytes at a time: the file is whole', () => {
    const folder = folderWith('A=1')
    const call: Call = (name, args, really) => {
      if (name === 'writeSync') (args as unknown[]).push(1)
      return really()
    }
    expect(saved(folder, call)).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
    'without hard links (%s) does not keep a new file from being made',
    (code) => {
      const folder = folderWith()
      expect(saved(folder, failing('linkSync', { code }), null)).toBeNull()
      expect(folder.all()).toEqual({ '.env': 'A=2' })
    },
  )

  it('that keeps a new file from being linked is reported', () => {
    const folder = folderWith()
    expect(saved(folder, failing('linkSync', { code: 'EIO' }), null)).toMatchObject({ code: 'cannot-write' })
    expect(folder.all()).toEqual({})
  })

  it('that has no way to flush a folder is no fault', () => {
    const folder = folderWith('A=1')
    const isFolder = (first: unknown) => first === folder.root
    expect(saved(folder, failing('openSync', { code: 'EISDIR' }, isFolder))).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it('that takes each draft away is reported, not tried for ever', () => {
    const folder = folderWith('A=1')
    const isDraft = (first: unknown) => /~.*-\d+$/.test(String(first))
    expect(saved(folder, failing('renameSync', { code: 'ENOENT' }, isDraft))).toMatchObject({
      code: 'cannot-write',
    })
    expect(folder.all()).toEqual({ '.env': 'A=1' })
  })

  it('leaves no descriptor open', () => {
    const folder = folderWith('A=1')
    const next = () => {
      const descriptor = openSync(folder.env, 'r')
      closeSync(descriptor)
      return descriptor
    }
    const first = next()
    folder.save('A=1', 'A=2')
    folder.save('A=1', 'A=2')
    saved(folder, failing('writeSync', { code: 'EIO' }), 'A=2')
    saved(folder, failing('renameSync', { code: 'EIO' }), 'A=2')
    saved(folder, failing('fsyncSync', { code: 'EIO' }), 'A=2')
    expect(next()).toBe(first)
  })
})
