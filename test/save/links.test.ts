import { lstatSync, readlinkSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeBlocker } from '../../src/save/save.js'
import { folderWith } from './folder.js'

describe('a link', () => {
  it('to a file beside it is followed, and stays', () => {
    const folder = folderWith()
    folder.write({ 'shared.env': 'A=1' })
    symlinkSync('shared.env', folder.env)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(readlinkSync(folder.env)).toBe('shared.env')
    expect(folder.read('shared.env')).toBe('A=2')
  })

  it('to a file elsewhere is followed, and nothing is left in either folder', () => {
    const folder = folderWith()
    folder.write({ 'sub/shared.env': 'A=1' })
    symlinkSync(folder.path('sub/shared.env'), folder.env)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(lstatSync(folder.env).isSymbolicLink()).toBe(true)
    expect(folder.all()).toEqual({ 'sub/shared.env': 'A=2' })
  })

  it('to a link is followed to the end', () => {
    const folder = folderWith()
    folder.write({ 'sub/shared.env': 'A=1' })
    symlinkSync('../second', folder.path('sub/first'))
    symlinkSync('sub/shared.env', folder.path('second'))
    symlinkSync('sub/first', folder.env)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect([readlinkSync(folder.env), readlinkSync(folder.path('sub/first'))]).toEqual([
      'sub/first',
      '../second',
    ])
    expect(folder.read('sub/shared.env')).toBe('A=2')
  })

  it('to nothing yet makes the file it points to', () => {
    const folder = folderWith()
    folder.write({ 'sub/': '' })
    symlinkSync('sub/shared.env', folder.env)
    expect(folder.save(null, 'A=1')).toBeNull()
    expect(readlinkSync(folder.env)).toBe('sub/shared.env')
    expect(folder.read('sub/shared.env')).toBe('A=1')
  })

  it('to nothing yet, within a folder that is a link itself, is read from where it really lies', () => {
    const folder = folderWith()
    folder.write({ 'real/deep/product/': '', 'ws/': '' })
    symlinkSync(folder.path('real/deep/product'), folder.path('ws/product'))
    symlinkSync('../shared.env', folder.path('real/deep/product/.env'))
    expect(folder.save(null, 'A=1', folder.path('ws/product/.env'))).toBeNull()
    expect(folder.all()).toEqual({ 'real/deep/shared.env': 'A=1' })
  })

  it('to itself is a problem', () => {
    const folder = folderWith()
    symlinkSync('.env', folder.env)
    expect(folder.save(null, 'A=1')).toBe('cannot-write')
    expect(folder.names()).toEqual(['.env'])
  })

  it('into a folder that is not there is a problem', () => {
    const folder = folderWith()
    symlinkSync('none/shared.env', folder.env)
    expect(folder.save(null, 'A=1')).toBe('cannot-write')
  })

  it.each([
    ['.env', '.env.shared'],
    ['.env', 'team.env'],
    ['.env.blue', '.env'],
    ['compose.yaml', 'base.txt'],
  ])('called %s to a file called %s is followed', (link, name) => {
    const folder = folderWith()
    folder.write({ [`sub/${name}`]: 'A=1' })
    symlinkSync(`sub/${name}`, folder.path(link))
    expect(folder.save('A=1', 'A=2', folder.path(link))).toBeNull()
    expect(folder.all()).toEqual({ [`sub/${name}`]: 'A=2' })
  })

  it.each(['.profile', 'env', 'x.env.txt', '.en'])(
    'to a file called %s is not followed: it is no env file',
    (name) => {
      const folder = folderWith()
      folder.write({ [`home/${name}`]: 'A=1' })
      symlinkSync(`home/${name}`, folder.env)
      const refused = {
        code: 'cannot-write',
        message: `This file cannot be written: it is a link to ${folder.path(`home/${name}`)}, whose name is not that of an env file`,
        next: 'Link it to a file whose name starts with .env or ends in .env.',
      }
      expect(folder.problem('A=1', 'A=2')).toMatchObject(refused)
      expect(folder.problem('A=1', null)).toMatchObject({ code: 'cannot-write' })
      expect(writeBlocker({ path: folder.env, file: '.env', before: 'A=1', after: 'A=2' })).toMatchObject(
        refused,
      )
      expect(folder.all()).toEqual({ [`home/${name}`]: 'A=1' })
    },
  )

  it('to a file of another kind that is not there yet makes none', () => {
    const folder = folderWith()
    symlinkSync('.profile', folder.env)
    expect(folder.save(null, 'A=1')).toBe('cannot-write')
    expect(folder.all()).toEqual({})
  })
})
