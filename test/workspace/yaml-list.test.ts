/** Adding to a list in a YAML file: one insertion, in the list's own style, or nothing. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { withListItem } from '../../src/workspace/yaml-list.js'

/** What, before, after. */
const EDITED: readonly [string, string, string][] = [
  ['a flow list', 'features: [a, b]\n', 'features: [a, b, x]\n'],
  ['a flow list with a comment', 'features: [a] # mine\noffset: 3\n', 'features: [a, x] # mine\noffset: 3\n'],
  ['an empty flow list', 'features: []\n', 'features: [x]\n'],
  ['a trailing comma', 'features: [a, b,]\n', 'features: [a, b, x,]\n'],
  [
    'a flow list over lines',
    'features: [\n  a, # one\n  b # two\n]\n',
    'features: [\n  a, # one\n  b, x # two\n]\n',
  ],
  ['quoted names', 'features: ["a", \'b\']\n', 'features: ["a", \'b\', x]\n'],
  ['a block list', 'features:\n  - a\n  - b\n', 'features:\n  - a\n  - b\n  - x\n'],
  ['a block list that is not indented', 'features:\n- a\noffset: 3\n', 'features:\n- a\n- x\noffset: 3\n'],
  [
    'comments in a block list',
    '# top\nfeatures: # the order counts\n  # first\n  - a # one\n  # last\n\noffset: 3 # here\n# end\n',
    '# top\nfeatures: # the order counts\n  # first\n  - a # one\n  - x\n  # last\n\noffset: 3 # here\n# end\n',
  ],
  ['a list at the end without a newline', 'features:\n  - a', 'features:\n  - a\n  - x\n'],
  ['CRLF', 'features:\r\n  - a\r\noffset: 3\r\n', 'features:\r\n  - a\r\n  - x\r\noffset: 3\r\n'],
  ['a BOM', '\ufefffeatures:\n  - a\n', '\ufefffeatures:\n  - a\n  - x\n'],
  ['a BOM and no list', '\ufeffoffset: 3\n', '\ufeffoffset: 3\nfeatures: [p, q, x]\n'],
  ['an anchor at the list', 'features: &all\n  - a\n', 'features: &all\n  - a\n  - x\n'],
  ['an alias in the list', 'allow: [&a cache]\nfeatures: [*a]\n', 'allow: [&a cache]\nfeatures: [*a, x]\n'],
  [
    'a key with nothing behind it',
    'features: # none yet\noffset: 3\n',
    'features: # none yet\n  - x\noffset: 3\n',
  ],
  ['a quoted key', '"features": [a]\n', '"features": [a, x]\n'],
  ['no list', 'offset: 3\n', 'offset: 3\nfeatures: [p, q, x]\n'],
  ['no list and no final newline', 'offset: 3', 'offset: 3\nfeatures: [p, q, x]\n'],
  ['an indented mapping', '  offset: 3\n', '  offset: 3\n  features: [p, q, x]\n'],
  ['a flow mapping', '{ offset: 3 } # mine\n', '{ offset: 3, features: [p, q, x] } # mine\n'],
  ['an empty flow mapping', '{}\n', '{features: [p, q, x]}\n'],
  ['an empty file', '', 'features: [p, q, x]\n'],
  ['a file of comments', '# nothing\n', '# nothing\nfeatures: [p, q, x]\n'],
  ['the start of a document', '---\n', '---\nfeatures: [p, q, x]\n'],
]

test.each(EDITED)('%s', (_, before, after) => {
  expect(withListItem(before, 'features', 'x', ['p', 'q'])).toBe(after)
})

test('mappings as items, as include: has them', () => {
  const text =
    'include:\n  - path: a.yaml # one\n    env_file: .env\n\n  # two\n  - path:\n      - b.yaml\nservices: {}\n'
  expect(withListItem(text, 'include', '../x.yaml', null)).toBe(
    'include:\n  - path: a.yaml # one\n    env_file: .env\n\n  # two\n  - path:\n      - b.yaml\n  - ../x.yaml\nservices: {}\n',
  )
})

test('the document that has the list, of several', () => {
  const text = 'services: {}\n---\ninclude: [a.yaml]\n---\nvolumes: {}\n'
  expect(withListItem(text, 'include', 'x', null)).toBe(text.replace('[a.yaml]', '[a.yaml, x]'))
})

test('a list of one line is a block list like any other', () => {
  expect(withListItem('features:\n  - |\n    a\n\n', 'features', 'x', [])).toBe(
    'features:\n  - |\n    a\n  - x\n\n',
  )
})

describe('is left alone:', () => {
  test.each([
    ['an alias', 'all: &all [a]\nfeatures: *all\n'],
    ['a text', 'features: a\n'],
    ['a null that is written out', 'features: null\n'],
    ['a mapping', 'features: { a: 1 }\n'],
    ['broken YAML', 'features: [a\n'],
    ['a key twice', 'features: [a]\nfeatures: [b]\n'],
    ['an explicit key', '? features\n: - a\n'],
    ['a list at the top', '- a\n'],
    ['an ended document', 'offset: 3\n...\n'],
  ])('%s', (_, text) => {
    expect(withListItem(text, 'features', 'x', [])).toBeNull()
  })

  test('a file without the list, where none is to be made', () => {
    expect(withListItem('services: {}\n', 'include', 'x', null)).toBeNull()
  })
})

test('whatever the file, every byte stays in order, and the list has one item more', () => {
  const pieces = fc.constantFrom(
    'features:',
    'include:',
    '\n',
    '\r\n',
    '  ',
    '- a',
    '- b # c',
    '[',
    ']',
    ', ',
    'a',
    '# note',
    '{',
    '}',
    ': ',
    '"q"',
    '---\n',
    '|\n',
    'offset: 3\n',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), fc.boolean(), (parts, create) => {
      const text = parts.join('')
      const after = withListItem(text, 'features', 'x', create ? ['p'] : null)
      if (after === null) return
      let kept = 0
      while (kept < text.length && text[kept] === after[kept]) kept++
      expect(after.endsWith(text.slice(kept)) || isInsertion(text, after)).toBe(true)
      const multiple = text.includes('---')
      if (!multiple) expect((parse(after) as { features: unknown[] }).features.at(-1)).toBe('x')
    }),
    { numRuns: 3_000 },
  )
})

/** Whether one text is the other with one stretch put in. */
function isInsertion(text: string, after: string): boolean {
  for (let at = 0; at <= text.length; at++) {
    if (after.startsWith(text.slice(0, at)) && after.endsWith(text.slice(at))) return true
  }
  return false
}
