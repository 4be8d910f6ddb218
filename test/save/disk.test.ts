/** What a save asks of the disk, and what it makes of its answers. */
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFolder } from '../../src/save/disk.js'
import { openDraft } from '../../src/save/draft.js'
import { save } from '../../src/save/save.js'
import { folderWith } from './folder.js'
import { type Call, withCalls } from './stepwise.js'

type Folder = ReturnType<typeof folderWith>

describe('a power cut', () => {
  /** What a save does to the disk, in order, with the files by name. */
  function changesOf(before: string | null, after: string | null): string[] {
    const folder = folderWith(before)
    const opened = new Map<unknown, string>()
    const changes: string[] = []
    const nameOf = (file: unknown) => {
      const name = basename(opened.get(file) ?? String(file))
      return name.startsWith('.env.~') ? 'draft' : name === basename(folder.root) ? 'folder' : name
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
      'rename draft draft',
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
      'rename draft draft',
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

  const FREE = 'Free some space, then run the same command again.'

  it.each([
    ['ENOSPC', { code: 'ENOSPC' }, 'no space is left on the disk (ENOSPC)', FREE],
    // What libuv 1.46 makes of it.
    [
      'EDQUOT',
      { code: 'UNKNOWN', errno: -constants.errno.EDQUOT },
      'your disk quota is used up (EDQUOT)',
      FREE,
    ],
    [
      'EROFS',
      { code: 'EROFS' },
      'the file system is read-only (EROFS)',
      'Mount it writable, or work on a copy of the workspace.',
    ],
    [
      'another one',
      { code: 'EIO', errno: -5 },
      'as the system says (EIO)',
      'Check the folder and the disk, then run the same command again.',
    ],
  ])('%s is reported in words, and the file stays', (_, error, words, next) => {
    const folder = folderWith('A=1')
    expect(saved(folder, failing('writeSync', error))).toEqual({
      code: 'cannot-write',
      severity: 'error',
      file: 'products/p/.env',
      message: `This file cannot be written: ${words}`,
      next,
    })
    expect(folder.all()).toEqual({ '.env': 'A=1' })
  })

  it('that hides what is in the file now is reported, and the file stays', () => {
    const folder = folderWith('A=1')
    const isEnv = (first: unknown) => first === folder.env
    const problem = saved(folder, failing('openSync', { code: 'EACCES' }, isEnv))
    expect(problem).toMatchObject({
      code: 'cannot-write',
      message: 'This file cannot be written: no permission (EACCES)',
    })
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

  it.each([null, 'A=1'])(
    'that has no owners to change does not keep a file from being written, before: %j',
    (before) => {
      const folder = folderWith(before)
      expect(saved(folder, failing('fchownSync', { code: 'EPERM' }), before)).toBeNull()
      expect(folder.all()).toEqual({ '.env': 'A=2' })
    },
  )

  it('that keeps a draft of somebody else in its folder is nothing to stop for', () => {
    const folder = folderWith('A=1')
    const theirs = openDraft(folder.env, 0o600)
    closeSync(theirs.descriptor)
    const isTheirs = (first: unknown) => first === theirs.path
    expect(saved(folder, failing('unlinkSync', { code: 'EPERM' }, isTheirs))).toBeNull()
    expect(folder.read('.env')).toBe('A=2')
  })

  it('is not to be mistaken for a file that somebody makes at the last moment: it stays', () => {
    const folder = folderWith()
    const editor: Call = (name, _args, really) => {
      if (name === 'linkSync') writeFileSync(folder.env, 'mine')
      return really()
    }
    expect(saved(folder, editor, null)).toMatchObject({ code: 'changed-meanwhile' })
    expect(folder.all()).toEqual({ '.env': 'mine' })
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

it('what is no folder is not opened as one', () => {
  const folder = folderWith('A=1')
  expect(() => inFolder(folder.env, () => {})).toThrow('ENOTDIR')
})

it('nobody else may read a draft of a file that is there, not even for a moment', () => {
  const folder = folderWith('A=1')
  const modes: unknown[] = []
  const call: Call = (name, args, really) => {
    if (name === 'openSync' && args[1] === 'wx') modes.push(args[2])
    return really()
  }
  const order = { path: folder.env, file: '.env', before: 'A=1', after: 'A=2', shared: true } as const
  expect(withCalls(call, () => save(order))).toBeNull()
  expect(modes).toEqual([0o600])
})
