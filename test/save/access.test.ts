/** Who may read an env file after a write: those who could before, and nobody else. */
import { chmodSync, chownSync, linkSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { save, writeBlocker } from '../../src/save/save.js'
import { saveInNewFolders } from '../../src/save/save-all.js'
import { folderWith } from './folder.js'

const isRoot = process.getuid?.() === 0

const modeOf = (path: string) => statSync(path).mode & 0o7777
const ownerOf = (path: string) => [statSync(path).uid, statSync(path).gid]

describe('the mode', () => {
  it.each([0o600, 0o640, 0o644, 0o660, 0o755, 0o666, 0o604])('%o stays', (mode) => {
    const folder = folderWith('A=1')
    chmodSync(folder.env, mode)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(modeOf(folder.env)).toBe(mode)
  })

  it('of a new file lets only its owner read it', () => {
    const folder = folderWith()
    expect(folder.save(null, 'A=1')).toBeNull()
    expect(modeOf(folder.env)).toBe(0o600)
  })

  it('of a new file that will be committed is what the umask says', () => {
    const folder = folderWith()
    writeFileSync(folder.path('other'), '')
    save({ path: folder.env, file: '.env', before: null, after: 'A=1', shared: true })
    expect(modeOf(folder.env)).toBe(modeOf(folder.path('other')))
  })
})

describe.runIf(isRoot)('the owner, for root', () => {
  it('of a file stays', () => {
    const folder = folderWith('A=1')
    chownSync(folder.env, 1234, 2345)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(ownerOf(folder.env)).toEqual([1234, 2345])
  })

  it.each([
    [1234, 0],
    [0, 2345],
  ])('%i and group %i stay, each for itself', (uid, gid) => {
    const folder = folderWith('A=1')
    chownSync(folder.env, uid, gid)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(ownerOf(folder.env)).toEqual([uid, gid])
  })

  it('stays also in a folder that gives its group to new files', () => {
    const folder = folderWith('A=1')
    chmodSync(folder.env, 0o640)
    chownSync(folder.root, 1234, 2345)
    chmodSync(folder.root, 0o2775)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(ownerOf(folder.env)).toEqual([0, 0])
  })

  it('of a new file is that of its folder', () => {
    const folder = folderWith()
    chownSync(folder.root, 1234, 2345)
    expect(folder.save(null, 'A=1')).toBeNull()
    expect(ownerOf(folder.env)).toEqual([1234, 2345])
  })

  it('of a new file is oneself for anybody but root', () => {
    const folder = folderWith()
    chownSync(folder.root, 1234, 2345)
    const getuid = vi.spyOn(process as Required<typeof process>, 'getuid').mockReturnValue(1000)
    expect(folder.save(null, 'A=1')).toBeNull()
    getuid.mockRestore()
    expect(ownerOf(folder.env)).toEqual([0, 0])
  })

  it('of a new folder and of what is in it is that of the folder above', () => {
    const folder = folderWith()
    chownSync(folder.root, 1234, 2345)
    const made = { path: folder.path('new'), file: 'new' }
    const file = { path: folder.path('new/a'), file: 'new/a', before: null, after: 'A' }
    expect(saveInNewFolders([made], [file])).toEqual([])
    expect([ownerOf(made.path), ownerOf(file.path)]).toEqual([
      [1234, 2345],
      [1234, 2345],
    ])
  })
})

describe('on a system without owners', () => {
  it('files are written as well', () => {
    const { getuid } = process
    Object.assign(process, { getuid: undefined })
    const folder = folderWith()
    try {
      expect(folder.save(null, 'A=1')).toBeNull()
      expect(folder.save('A=1', 'A=2')).toBeNull()
    } finally {
      Object.assign(process, { getuid })
    }
  })
})

describe('what is not replaced', () => {
  const refused = (folder: ReturnType<typeof folderWith>, message: string, next: string) => {
    const order = { path: folder.env, file: '.env', before: 'A=1', after: 'A=2' }
    const problem = {
      code: 'cannot-write',
      file: '.env',
      message: `This file cannot be written: ${message}`,
      next,
    }
    expect(save(order)).toMatchObject(problem)
    expect(writeBlocker(order)).toMatchObject(problem)
  }

  it('is a file that is read-only, also to root', () => {
    const folder = folderWith('A=1')
    chmodSync(folder.env, 0o444)
    refused(folder, 'it is read-only', 'Allow it: chmod u+w.')
    expect(folder.all()).toEqual({ '.env': 'A=1' })
    expect(modeOf(folder.env)).toBe(0o444)
  })

  it('is a file with hard links: each of its names would have another text', () => {
    const folder = folderWith('A=1')
    linkSync(folder.env, folder.path('backup'))
    const next = 'Make it a file of its own: cp -p it to another name, then mv the copy over it.'
    refused(folder, 'it has 2 hard links, and a write would separate them', next)
    expect(folder.all()).toEqual({ '.env': 'A=1', backup: 'A=1' })
  })
})
