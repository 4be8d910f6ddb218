/** Each step of a save: a kill before it, and another run before it. */
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/problem.js'
import { save } from '../../src/save/save.js'
import { folderWith } from './folder.js'
import { Run } from './stepwise.js'

type Folder = ReturnType<typeof folderWith>

const write = (folder: Folder, before: string | null, after: string | null, steps?: RegExp) =>
  new Run<Problem | null>(() => save({ path: folder.env, file: '.env', before, after }), steps)

/** How many steps a save takes. */
function stepsOf(...[before, after, steps]: [string | null, string | null, RegExp?]): number {
  const run = write(folderWith(before), before, after, steps)
  let count = 1
  while (run.goOn(1)) count++
  return count
}

describe('a run that is killed', () => {
  it.each([
    ['A=1', 'A=2'],
    [null, 'A=2'],
    ['A=1', null],
  ])('at any step from %j to %j leaves one of the two, and the next run clears up', (before, after) => {
    const steps = stepsOf(before, after)
    expect(steps).toBeGreaterThan(5)
    const folder = folderWith()
    for (let step = 0; step < steps; step++) {
      folder.reset(before)
      const run = write(folder, before, after)
      run.goOn(step)
      run.kill()
      const found = folder.read('.env')
      expect([before, after]).toContain(found)
      expect(folder.save(found, after)).toBeNull()
      expect(folder.all()).toEqual(after === null ? {} : { '.env': after })
    }
  })
})

describe('two runs at once, wherever the one stands still and the other goes on', () => {
  /** What another run can notice, or notices of it. */
  const SHARED = /^(?:link|lstat|open|readdir|rename|unlink)Sync$/

  /** Enough steps for a run to have looked at the folder and at the file, and to have no draft yet. */
  const LOOK = 4

  /** Lets the one go on so far, then the other, which may be ahead. */
  function* meetings(before: string | null, texts: readonly [string, string], ahead = 0) {
    const steps = stepsOf(before, texts[0], SHARED)
    expect(steps).toBeGreaterThan(10)
    const folder = folderWith()
    for (let first = 0; first <= steps; first++) {
      for (let second = 0; second <= steps; second++) {
        folder.reset(before)
        const [one, other] = [
          write(folder, before, texts[0], SHARED),
          write(folder, before, texts[1], SHARED),
        ]
        other.goOn(ahead)
        one.goOn(first)
        other.goOn(second)
        yield { folder, one, other }
      }
    }
  }

  it.each([null, 'A=1'])('both end well if they write the same, before: %j', (before) => {
    for (const { folder, one, other } of meetings(before, ['A=2', 'A=2'])) {
      expect([one.end(), other.end()]).toEqual([null, null])
      expect(folder.all()).toEqual({ '.env': 'A=2' })
    }
  })

  it.each([
    [null, 0],
    ['A=1', 0],
    ['A=1', LOOK],
  ])('only one writes if they differ, and the other says so, before: %j, ahead: %i', (before, ahead) => {
    for (const { folder, one, other } of meetings(before, ['A=2', 'A=3'], ahead)) {
      const codes = [one.end(), other.end()].map((problem) => problem?.code ?? null)
      expect([...codes].sort()).toEqual(['changed-meanwhile', null])
      expect(folder.all()).toEqual({ '.env': codes[0] === null ? 'A=2' : 'A=3' })
    }
  })

  it('the one does not wait for the other that is killed', () => {
    for (const { folder, one, other } of meetings('A=1', ['A=2', 'A=2'])) {
      other.kill()
      expect(one.end()).toBeNull()
      expect(folder.read('.env')).toBe('A=2')
      expect(folder.save('A=2', 'A=2')).toBeNull()
      expect(folder.names()).toEqual(['.env'])
    }
  })
})
