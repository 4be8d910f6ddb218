import { expect, test } from 'vitest'
import { reservedReason } from '../../src/merge/reserved.js'
import { documentedNames } from './reserved.js'

const { reserved, passing } = documentedNames()

test('docs/reserved.md has the reason of each reserved name', () => {
  expect(reserved.size).toBeGreaterThan(60)
  const ofCode = [...reserved.keys()].map((name): [string, string | null] => [name, reservedReason(name)])
  expect(new Map(ofCode)).toEqual(reserved)
})

test('the names that pass in docs/reserved.md are not reserved', () => {
  expect(passing.length).toBeGreaterThan(30)
  expect(passing.filter((name) => reservedReason(name) !== null)).toEqual([])
})
