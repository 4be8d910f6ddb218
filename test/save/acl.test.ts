/** What a mode does not say: access lists and extended attributes. They are kept, or the write is refused. */
import { spawnSync } from 'node:child_process'
import { chmodSync, statSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { folderWith } from './folder.js'

const modeOf = (path: string) => statSync(path).mode & 0o7777

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
        message:
          'This file cannot be written: its access list (ACL) cannot be kept without the cp of GNU coreutils',
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

  it('none is needed on a system without access lists of this kind', () => {
    const folder = withoutCp(0o640)
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin')
    expect(folder.save('A=1', 'A=2')).toBeNull()
    platform.mockRestore()
    expect(modeOf(folder.env)).toBe(0o640)
  })
})
