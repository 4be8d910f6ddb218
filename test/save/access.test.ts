/** Who may read an env file after a write: those who could before, and nobody else. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, linkSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { save, writeBlocker } from '../../src/save/save.js'
import { saveInNewFolder } from '../../src/save/save-all.js'
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
    expect(saveInNewFolder(made, [file])).toEqual([])
    expect([ownerOf(made.path), ownerOf(file.path)]).toEqual([
      [1234, 2345],
      [1234, 2345],
    ])
  })
})

/** Access lists as the kernel keeps them: version, then tag, permissions and id of each entry (acl(5), linux/posix_acl_xattr.h). */
const list = (...entries: readonly (readonly [tag: number, may: number, id?: number])[]): string => {
  const bytes = Buffer.alloc(4 + 8 * entries.length)
  bytes.writeUInt32LE(2)
  for (const [index, [tag, may, id = 0xffffffff]] of entries.entries()) {
    bytes.writeUInt16LE(tag, 4 + 8 * index)
    bytes.writeUInt16LE(may, 6 + 8 * index)
    bytes.writeUInt32LE(id, 8 + 8 * index)
  }
  return bytes.toString('hex')
}
const [OWNER, USER, GROUP, MASK, OTHER] = [1, 2, 4, 16, 32]

/** Runs a line of Python, which has functions for extended attributes; Node has none. */
function python(line: string, ...words: string[]): string | null {
  const { status, stdout } = spawnSync('python3', ['-c', `import os, sys; a = sys.argv; ${line}`, ...words], {
    encoding: 'utf8',
  })
  return status === 0 ? stdout.trim() : null
}

const setAttribute = (path: string, name: string, hex: string) =>
  python('os.setxattr(a[1], a[2], bytes.fromhex(a[3]))', path, name, hex)
/** The attributes with their values. */
const attributesOf = (path: string) =>
  python('print({n: os.getxattr(a[1], n).hex() for n in sorted(os.listxattr(a[1]))})', path)

const ACCESS = 'system.posix_acl_access'
const DEFAULT = 'system.posix_acl_default'

function hasAttributes(): boolean {
  const folder = folderWith('')
  const has =
    setAttribute(folder.env, 'user.a', '00') !== null && setAttribute(folder.env, ACCESS, PLAIN) !== null
  if (!has)
    process.stderr.write('skipped: access lists take Linux, Python 3 and a file system that has them\n')
  return has
}

const PLAIN = list([OWNER, 6], [GROUP, 4], [OTHER, 0])

describe.runIf(hasAttributes())('the access list', () => {
  it.each([
    [
      'grants to a user what the group may not',
      list([OWNER, 6], [USER, 6, 1234], [GROUP, 0], [MASK, 6], [OTHER, 0]),
    ],
    [
      'denies to a user what all others may',
      list([OWNER, 6], [USER, 0, 1234], [GROUP, 4], [MASK, 4], [OTHER, 4]),
    ],
  ])('that %s stays, and so do extended attributes', (_, acl) => {
    const folder = folderWith('A=1')
    setAttribute(folder.env, ACCESS, acl)
    setAttribute(folder.env, 'user.note', '6869')
    const before = attributesOf(folder.env)
    expect(before).toContain(acl)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(attributesOf(folder.env)).toBe(before)
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it('that a folder gives to new files does not come to a file that has none', () => {
    const folder = folderWith('A=1')
    chmodSync(folder.env, 0o640)
    setAttribute(folder.root, DEFAULT, list([OWNER, 7], [USER, 7, 1234], [GROUP, 5], [MASK, 7], [OTHER, 5]))
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(attributesOf(folder.env)).toBe('{}')
    expect(modeOf(folder.env)).toBe(0o640)
  })

  it('that a folder gives to new files grants nothing in a product env', () => {
    const folder = folderWith()
    setAttribute(folder.root, DEFAULT, list([OWNER, 7], [USER, 7, 1234], [GROUP, 5], [MASK, 7], [OTHER, 5]))
    expect(folder.save(null, 'A=1')).toBeNull()
    expect(folder.save('A=1', 'A=2')).toBeNull()
    // The group bits are the mask: 0 means that no entry counts.
    expect(modeOf(folder.env)).toBe(0o600)
  })
})

describe.runIf(process.platform === 'linux')('without GNU cp', () => {
  afterEach(() => vi.unstubAllEnvs())

  function withoutCp(mode: number) {
    const folder = folderWith('A=1')
    chmodSync(folder.env, mode)
    vi.stubEnv('PATH', folder.path('none'))
    return folder
  }

  it.each([0o640, 0o660, 0o664])(
    'a file of mode %o is not written: its group may do more than all others',
    (mode) => {
      const folder = withoutCp(mode)
      expect(folder.problem('A=1', 'A=2')).toMatchObject({
        code: 'cannot-write',
        message: 'cannot be written: its access list (ACL) cannot be kept without the cp of GNU coreutils',
        next: 'Install GNU coreutils, or let the group do no more than everybody (chmod g=o).',
      })
      expect(folder.all()).toEqual({ '.env': 'A=1' })
    },
  )

  it.each([0o600, 0o644, 0o755, 0o666])('a file of mode %o is written, and keeps it', (mode) => {
    const folder = withoutCp(mode)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
    expect(modeOf(folder.env)).toBe(mode)
  })
})

describe('on another system', () => {
  it('without access lists of this kind, no GNU cp is needed', () => {
    const folder = folderWith('A=1')
    chmodSync(folder.env, 0o640)
    vi.stubEnv('PATH', folder.path('none'))
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin')
    expect(folder.save('A=1', 'A=2')).toBeNull()
    platform.mockRestore()
    vi.unstubAllEnvs()
    expect(modeOf(folder.env)).toBe(0o640)
  })

  it('without owners, files are written as well', () => {
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
    const problem = { code: 'cannot-write', file: '.env', message: `cannot be written: ${message}`, next }
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
