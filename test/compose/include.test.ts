import { expect, test } from 'vitest'
import { includePaths } from '../../src/compose/include.js'

test('short and long entries, with the line of each', () => {
  const text = `include:
  - ../../features/redis/compose.yaml # comment
  - path: ["a/\${X}.yaml", b.yaml]
    project_directory: other
    env_file: a.env
services: {}
`
  const { entries, problems } = includePaths(text)
  expect(problems).toEqual([])
  expect(entries).toMatchObject([
    { paths: ['../../features/redis/compose.yaml'], envFiles: [], span: { line: 2, column: 5 } },
    { paths: ['a/${X}.yaml', 'b.yaml'], projectDirectory: 'other', envFiles: ['a.env'], span: { line: 3 } },
  ])
})

test.each([
  ['', 0],
  ['services: {}\n', 0],
  ['include:\n', 0],
  ['- a\n', 0],
  ['x-i: &i [a]\ninclude: *i\n', 1],
  ['include: [a]\n---\ninclude: [b]\n', 2],
])('%j has %i entries', (text, count) => {
  expect(includePaths(text)).toMatchObject({ entries: { length: count }, problems: [] })
})

test.each([
  ['include: [', 1],
  ['include: a', 1],
  ['include:\n  - 5\n', 2],
  ['include:\n  - {env_file: x}\n', 2],
  ['a: 1\na: 2\ninclude: [x]\n', 2],
  ['include: [x, *y]\n', 1],
])('%j is a problem in line %i', (text, line) => {
  const { problems } = includePaths(text, 'p/compose.yaml')
  expect(problems).toMatchObject([{ code: 'compose-refused', file: 'p/compose.yaml', line }])
})
