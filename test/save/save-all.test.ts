import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { saveAll, saveInNewFolders } from '../../src/save/save-all.js'
import { makeFolder } from '../support/workspace.js'
import { type Call, withCalls } from './stepwise.js'

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

  it('with the problems of the files after it, and of no other', () => {
    const folder = makeFolder()
    folder.write({ a: 'A', b: 'mine', c: 'C', d: 'D', e: 'A' })
    for (const name of ['a', 'c', 'e']) chmodSync(folder.path(name), 0o444)
    const file = (name: string, before: string | null) => {
      return { path: folder.path(name), file: name, before, after: 'A' }
    }
    const files = [
      file('a', 'B'),
      file('b', 'B'),
      file('c', 'B'),
      file('d', 'B'),
      file('e', 'A'),
      file('f', null),
    ]
    expect(saveAll(files).map(({ code, file }) => `${code} ${file}`)).toEqual([
      'changed-meanwhile b',
      'cannot-write c',
    ])
    expect(folder.all()).toEqual({ a: 'A', b: 'mine', c: 'C', d: 'D', e: 'A' })
  })

  it('also those that were removed', () => {
    const folder = makeFolder()
    folder.write({ a: 'A' })
    const files = [
      { path: folder.path('a'), file: 'a', before: 'A', after: null },
      { path: folder.path('b'), file: 'b', before: 'B', after: null },
    ]
    expect(saveAll(files.slice(0, 1))).toEqual([])
    folder.write({ a: 'A' })
    const failing: Call = (name, args, really) => {
      if (name === 'openSync' && args[0] === folder.path('b'))
        throw Object.assign(new Error(), { code: 'EACCES' })
      return really()
    }
    expect(withCalls(failing, () => saveAll(files))).toMatchObject([
      { file: 'b', message: 'This file cannot be removed: no permission (EACCES)' },
    ])
    expect(folder.all()).toEqual({ a: 'A' })
  })
})

describe('a new folder', () => {
  const order = () => {
    const folder = makeFolder()
    const made = { path: folder.path('new'), file: 'features/new' }
    const file = (name: string) => ({
      path: folder.path(`new/${name}`),
      file: name,
      before: null,
      after: name,
    })
    return { folder, made, files: [file('a'), file('b')] }
  }

  it('is made with its files, or with none', () => {
    const { folder, made, files } = order()
    expect(saveInNewFolders([made], files)).toEqual([])
    expect(folder.all()).toEqual({ 'new/a': 'a', 'new/b': 'b' })
    const empty = order()
    expect(saveInNewFolders([empty.made], [])).toEqual([])
    expect(existsSync(empty.made.path)).toBe(true)
  })

  it('goes again if a file cannot be written', () => {
    const { made, files } = order()
    const bad = { path: `${made.path}/none/c`, file: 'c', before: null, after: 'c' }
    expect(saveInNewFolders([made], [...files, bad]).map(({ file }) => file)).toEqual(['c'])
    expect(existsSync(made.path)).toBe(false)
  })

  it('stays if somebody has put something into it', () => {
    const { folder, made, files } = order()
    const bad = {
      file: 'c',
      before: null,
      after: 'c',
      get path() {
        writeFileSync(`${made.path}/mine`, 'x')
        return `${made.path}/none/c`
      },
    }
    expect(saveInNewFolders([made], [...files, bad])).toHaveLength(1)
    expect(folder.all()).toEqual({ 'new/mine': 'x' })
  })

  it('that somebody else has just made stays as it is', () => {
    const { folder, made, files } = order()
    folder.write({ 'new/mine': 'x' })
    expect(saveInNewFolders([made], files)).toEqual([
      {
        code: 'changed-meanwhile',
        severity: 'error',
        file: 'features/new',
        message: 'Somebody else has just created this folder',
        next: 'Run the same command again.',
      },
    ])
    expect(folder.all()).toEqual({ 'new/mine': 'x' })
  })

  it('that cannot be made is reported', () => {
    const { folder, made, files } = order()
    const full: Call = (name, _args, really) => {
      if (name === 'mkdirSync') throw Object.assign(new Error(), { code: 'ENOSPC' })
      return really()
    }
    expect(withCalls(full, () => saveInNewFolders([made], files))).toMatchObject([
      {
        code: 'cannot-write',
        file: 'features/new',
        message: 'This folder cannot be created: no space is left on the disk (ENOSPC)',
      },
    ])
    expect(folder.all()).toEqual({})
  })
})
