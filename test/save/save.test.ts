import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync, truncateSync, utimesSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { save } from '../../src/save/save.js'
import { folderWith } from './folder.js'

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
})

describe('a file that changed since it was read', () => {
  it('is left alone', () => {
    const folder = folderWith('A=3')
    expect(folder.problem('A=1', 'A=2')).toMatchObject({
      code: 'changed-meanwhile',
      message: 'This file changed while this run was planning, so it is not written',
      next: 'Run the same command again.',
    })
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

  it('is left alone where it is a pipe now', () => {
    const folder = folderWith()
    expect(spawnSync('mkfifo', [folder.env]).status).toBe(0)
    expect(folder.save('', 'A=1')).toBe('changed-meanwhile')
    expect(statSync(folder.env).isFIFO()).toBe(true)
  })

  it('is not read if it is larger than what it can be', () => {
    const folder = folderWith('A=1')
    // Node reads no file of 2 GiB. This one takes no space: it is a hole.
    truncateSync(folder.env, 3 * 2 ** 30)
    expect(folder.save('A=1', 'A=2')).toBe('changed-meanwhile')
  })

  it('is left alone where it is a folder now', () => {
    const folder = folderWith()
    mkdirSync(folder.env)
    expect(folder.save(null, 'A=1')).toBe('changed-meanwhile')
    expect(folder.names()).toEqual(['.env'])
  })

  it('stays away where it is gone', () => {
    const folder = folderWith()
    expect(folder.save('A=1', 'A=2')).toBe('changed-meanwhile')
    expect(folder.names()).toEqual([])
  })
})

it('in a folder that is not there is a problem', () => {
  const folder = folderWith()
  expect(folder.save(null, 'A=1', folder.path('none/.env'))).toBe('cannot-write')
})
