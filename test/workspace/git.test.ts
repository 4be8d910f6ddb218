import { expect, test } from 'vitest'
import { readCheckout } from '../../src/workspace/git.js'
import { commitAll, git } from '../support/git.js'
import { makeFolder } from '../support/workspace.js'

function repository(name = 'shop') {
  const folder = makeFolder()
  folder.write({ [`${name}/src/deep/`]: '', [`${name}/file`]: '' })
  commitAll(folder.path(name))
  return folder
}

test('no repository', () => {
  expect(readCheckout(makeFolder().root)).toBeNull()
})

test('the main worktree, from below', () => {
  const folder = repository()
  const top = folder.path('shop')
  const main = { top, worktree: null, main: top, gitDir: folder.path('shop/.git'), branch: 'main' }
  expect(readCheckout(folder.path('shop/src/deep'))).toEqual(main)
  git(top, 'checkout', '--detach')
  expect(readCheckout(top)?.branch).toBeNull()
})

test('a linked worktree, in folders that are not ASCII', () => {
  const folder = repository('grün')
  git(folder.path('grün'), 'worktree', 'add', '-b', 'topic/x', '../blå')
  expect(readCheckout(folder.path('blå'))).toMatchObject({
    top: folder.path('blå'),
    main: folder.path('grün'),
    gitDir: folder.path('grün/.git'),
    branch: 'topic/x',
  })
  expect(readCheckout(folder.path('blå'))?.worktree).not.toBeNull()
})

test('a linked worktree of a bare repository', () => {
  const folder = repository()
  git(folder.root, 'clone', '--bare', 'shop', 'shop.git')
  git(folder.path('shop.git'), 'worktree', 'add', '../blue')
  expect(readCheckout(folder.path('blue'))).toMatchObject({ worktree: 'blue', main: null })
})

test('a submodule, and a linked worktree of it', () => {
  const folder = repository()
  folder.write({ 'super/': '' })
  git(folder.path('super'), 'init')
  git(folder.path('super'), 'submodule', 'add', '../shop', 'sub')
  const main = folder.path('super/sub')
  expect(readCheckout(main)).toMatchObject({ top: main, worktree: null, main })
  git(main, 'worktree', 'add', '../../blue')
  expect(readCheckout(folder.path('blue'))).toMatchObject({ worktree: 'blue', main })
})
