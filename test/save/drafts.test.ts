/** What lies beside an env file: drafts of other runs, and all that only looks like one. */
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openDraft } from '../../src/save/draft.js'
import { folderWith } from './folder.js'

type Folder = ReturnType<typeof folderWith>

/** The draft of a run that was killed. */
function leftBy(folder: Folder, file: string, text: string): string {
  const { path, descriptor } = openDraft(folder.path(file), 0o600)
  closeSync(descriptor)
  writeFileSync(path, text)
  return path.slice(folder.root.length + 1)
}

/** Gives something the name that it would have if it were a draft. */
function renamed(folder: Folder, name: string): void {
  renameSync(folder.path(name), folder.path(`.env.~product-env-abc-${lstatSync(folder.path(name)).ino}`))
}

const makeFifo = (path: string) => expect(spawnSync('mkfifo', [path]).status).toBe(0)

describe('what is no draft stays, and keeps nobody waiting', () => {
  it.each<[string, (folder: Folder) => void]>([
    [
      'files with an ending of their own',
      ({ write }) => write({ '.env.20241231.tmp': 'mine', '.env.lock': 'mine', '.env~': 'mine' }),
    ],
    ['a text in the place of a draft', ({ write }) => write({ '.env.~product-env-abc': 'mine' })],
    [
      'a text with another number',
      ({ write }) => write({ '.env.~product-env-abc-1': 'mine', '.env.~product-env-abc-2': '' }),
    ],
    [
      'a name that goes on',
      ({ write }) => write({ '.env.~product-env-abc.txt': '', '.env.~product-env-': '' }),
    ],
    [
      'a name that starts otherwise',
      ({ write }) => write({ 'x.env.~product-env-abc': '', 'env.~product-env-abc': '' }),
    ],
    ['a pipe', ({ path }) => makeFifo(path('.env.~product-env-abc'))],
    ['a pipe called lock', ({ path }) => makeFifo(path('.env.lock'))],
    ['a link without an end', ({ path }) => symlinkSync('/dev/zero', path('.env.lock'))],
    ['a folder called lock', ({ write }) => write({ '.env.lock/mine': '', '.env.7.tmp/mine': '' })],
    ['an empty folder', ({ path }) => mkdirSync(path('.env.~product-env-abc'))],
    [
      'a folder with its own number',
      (folder) => {
        mkdirSync(folder.path('x'))
        renamed(folder, 'x')
      },
    ],
    [
      'a link with its own number',
      (folder) => {
        folder.write({ mine: 'x' })
        symlinkSync('mine', folder.path('x'))
        renamed(folder, 'x')
      },
    ],
  ])('%s', (_, plant) => {
    const folder = folderWith('A=1')
    plant(folder)
    const names = folder.names()
    const files = folder.all()
    expect(folder.save('A=1', 'A=1')).toBeNull()
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.names()).toEqual(names)
    expect(folder.all()).toEqual({ ...files, '.env': 'A=2' })
  })
})

describe('a draft that a killed run has left', () => {
  it.each(['', 'A='])('goes with the next write, with this in it: %j', (text) => {
    const folder = folderWith('A=1')
    leftBy(folder, '.env', text)
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.names()).toEqual(['.env'])
  })

  it('goes also if there is nothing to write', () => {
    const folder = folderWith('A=1')
    leftBy(folder, '.env', 'A=')
    expect(folder.save('A=1', 'A=1')).toBeNull()
    expect(folder.names()).toEqual(['.env'])
  })

  it('before it had a number goes, too', () => {
    const folder = folderWith('A=1')
    folder.write({ '.env.~product-env-abc': '' })
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.names()).toEqual(['.env'])
  })

  it('as a second name of the file does not count as a hard link', () => {
    const folder = folderWith('A=1')
    linkSync(folder.env, folder.path('x'))
    renamed(folder, 'x')
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2' })
  })

  it('of another file stays: its run may go on', () => {
    const folder = folderWith('A=1')
    const draft = leftBy(folder, '.env.blue', 'B=')
    expect(folder.save('A=1', 'A=2')).toBeNull()
    expect(folder.all()).toEqual({ '.env': 'A=2', [draft]: 'B=' })
  })

  it('goes from where a link leads', () => {
    const folder = folderWith()
    folder.write({ 'sub/.env': 'A=1' })
    symlinkSync('sub/.env', folder.env)
    leftBy(folder, 'sub/.env', 'A=')
    expect(folder.save('A=1', 'A=1')).toBeNull()
    expect(readdirSync(folder.path('sub'))).toEqual(['.env'])
  })
})

it('where nothing is to be written, a folder that cannot be looked at is nothing to stop for', () => {
  const folder = folderWith()
  expect(folder.save('A=1', 'A=1', folder.path('none/.env'))).toBeNull()
})
