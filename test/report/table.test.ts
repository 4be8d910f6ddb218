import { expect, test } from 'vitest'
import { problem, unique } from '../../src/problem.js'
import { problemLines } from '../../src/report/problems.js'
import { styles } from '../../src/report/style.js'
import { tableLines } from '../../src/report/table.js'

const plain = styles(false)

test('a table is as wide as its widest cells, numbers to the right, without blanks at the end', () => {
  const columns = [{ title: 'name' }, { title: 'port', align: 'right' as const }, { title: 'note' }]
  const rows = [
    ['redis', '6971', ''],
    ['a', '80', 'kept'],
  ]
  expect(tableLines(columns, rows)).toEqual(['  name   port  note', '  redis  6971', '  a        80  kept'])
})

test('a table of a hundred thousand rows is no trouble', () => {
  const rows = Array.from({ length: 100_000 }, () => ['a', 'b'])
  expect(tableLines([{ title: 'x' }, { title: 'y' }], rows)).toHaveLength(100_001)
})

test('a problem is its place, what is wrong, and what to do next', () => {
  const at = { file: 'products/shop/product.yaml', line: 3, column: 5 }
  expect(problemLines([problem('bad-settings', at, 'it is wrong', 'Correct it.')], plain)).toEqual([
    'products/shop/product.yaml:3:5: error: it is wrong [bad-settings]',
    '  Correct it.',
  ])
  expect(problemLines([problem('no-template', {}, 'nothing here', 'Go on.')], plain)).toEqual([
    'warning: nothing here [no-template]',
    '  Go on.',
  ])
})

test('a problem that is found twice is told once', () => {
  const twice = ['a', 'a', 'b'].map((file) => problem('no-template', { file }, 'm', 'n'))
  expect(unique(twice).map(({ file }) => file)).toEqual(['a', 'b'])
  expect(problemLines(twice, plain)).toHaveLength(4)
})

test('text from files is printed escaped, in every part of a problem', () => {
  const [first, second] = problemLines([problem('no-template', { file: 'a\x1b' }, 'b\x1b', 'c\x1b')], plain)
  expect([first, second]).toEqual(['a\\x1b: warning: b\\x1b [no-template]', '  c\\x1b'])
})

test('colour is the same text with codes around it', () => {
  const [line = ''] = problemLines([problem('no-env', { file: 'f' }, 'm', 'n')], styles(true))
  expect(line).toContain('\x1b[31merror\x1b[39m')
  expect(line.replace(/\x1b\[\d+m/g, '')).toBe('f: error: m [no-env]')
})
