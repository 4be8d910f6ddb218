import { symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { entriesIn, foldersIn, isFolder, readText } from '../../src/workspace/files.js'
import { findWorkspace } from '../../src/workspace/find.js'
import { makeFolder, makeWorkspace } from '../support/workspace.js'

const folder = makeFolder()
folder.write({ text: 'é\r\n', bytes: Buffer.from([0, 0xff, 0xfe]), 'dir/b': '', 'dir/B': '', 'dir/a': '' })
symlinkSync('loop', folder.path('loop'))
symlinkSync('nowhere', folder.path('dangling'))

test('a file is read as bytes, one character each', () => {
  expect(readText(folder.path('text'), 'text')).toEqual({ text: '\xc3\xa9\r\n', problem: null })
  expect(readText(folder.path('bytes'), 'bytes')).toEqual({ text: '\0\xff\xfe', problem: null })
})

test.each(['missing', 'missing/file', 'text/file', 'dangling'])(
  '%s is no file, which is no problem',
  (file) => {
    expect(readText(folder.path(file), file)).toEqual({ text: null, problem: null })
  },
)

test.each([
  ['dir', 'This file cannot be read: it is a folder, not a file'],
  ['loop', 'This file cannot be read: its links form a circle'],
])('%s is a problem', (file, message) => {
  expect(readText(folder.path(file), file)).toMatchObject({
    text: null,
    problem: { code: 'unreadable-file', file, message },
  })
})

test('a folder is one, or a link to one', () => {
  symlinkSync('dir', folder.path('link'))
  const names = ['dir', 'link', 'text', 'missing', 'loop', 'dangling', 'text/x']
  expect(names.filter((name) => isFolder(folder.path(name)))).toEqual(['dir', 'link'])
})

test('the folders in a folder come by code point, and with them the links to one', () => {
  const { path } = makeWorkspace({
    'features/b/': '',
    'features/B/': '',
    'features/file': '',
    'features/a/': '',
  })
  symlinkSync('a', path('features/link'))
  symlinkSync('file', path('features/link-to-file'))
  symlinkSync('nowhere', path('features/dangling'))
  expect(foldersIn(path('features'), 'features')).toEqual({ names: ['B', 'a', 'b', 'link'], problem: null })
  expect(foldersIn(path('none'), 'none').problem).toMatchObject({ code: 'unreadable-file', file: 'none' })
})

test('the names in a folder come by code point', () => {
  const { entries, problem } = entriesIn(folder.path('dir'), 'dir')
  expect([entries.map(({ name }) => name), problem]).toEqual([['B', 'a', 'b'], null])
  expect(entriesIn(folder.path('missing'), 'missing').entries).toEqual([])
})

test('a workspace is found from below, relative to nothing but where the user stands', () => {
  const { root, path } = makeWorkspace({ 'products/shop/src/': '' })
  expect(findWorkspace({ cwd: path('products/shop/src') })).toBe(root)
  expect(findWorkspace({ cwd: path('products'), named: '..' })).toBe(root)
  expect(findWorkspace({ cwd: '/', named: `${root}/` })).toBe(root)
  expect(findWorkspace({ cwd: '/' })).toMatchObject({ code: 'no-workspace' })
})
