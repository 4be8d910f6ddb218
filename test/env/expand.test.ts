import { describe, expect, it } from 'vitest'
import { expand, references } from '../../src/env/expand.js'

/** SET has a value, EMPTY an empty one, UNSET none. */
const variables = new Map([
  ['SET', 'x'],
  ['EMPTY', ''],
])

const expanded = (text: string): string => {
  const result = expand(text, (name) => variables.get(name))
  return result.ok ? result.value : `${result.error.kind}: ${result.error.message}`
}

describe('expansion', () => {
  it.each([
    ['plain', 'plain'],
    ['$SET', 'x'],
    ['a${SET}b', 'axb'],
    ['$UNSET', ''],
    ['${EMPTY}', ''],
    ['$SETTER', ''],
    ['$$SET', '$SET'],
    ['$$$SET', '$x'],
    ['$', '$'],
    ['a$ b', 'a$ b'],
    ['$1', '$1'],
    ['$2a$12$abc/d', '$2a$12/d'],
    ['$(SET)', '$(SET)'],
    ['}{', '}{'],
    ['$\xe2\x82\xac', '$\xe2\x82\xac'],
  ])('%s is %s', (text, value) => expect(expanded(text)).toBe(value))

  it.each([
    ['SET', ':-', 'x'],
    ['EMPTY', ':-', 'd'],
    ['UNSET', ':-', 'd'],
    ['SET', '-', 'x'],
    ['EMPTY', '-', ''],
    ['UNSET', '-', 'd'],
    ['SET', ':+', 'd'],
    ['EMPTY', ':+', ''],
    ['UNSET', ':+', ''],
    ['SET', '+', 'd'],
    ['EMPTY', '+', 'd'],
    ['UNSET', '+', ''],
    ['SET', ':?', 'x'],
    ['EMPTY', ':?', 'required: required variable EMPTY is missing a value: d'],
    ['UNSET', ':?', 'required: required variable UNSET is missing a value: d'],
    ['SET', '?', 'x'],
    ['EMPTY', '?', ''],
    ['UNSET', '?', 'required: required variable UNSET is missing a value: d'],
  ])('${%s%sd} is %s', (name, operator, value) => expect(expanded(`\${${name}${operator}d}`)).toBe(value))

  it.each([
    ['${UNSET:-}', ''],
    ['${UNSET:-${SET}}', 'x'],
    ['${UNSET:-${UNSET:-${UNSET:-deep}}}', 'deep'],
    ['${UNSET:-a b $SET}c', 'a b xc'],
    ['${UNSET:-{"a":1}}', '{"a":1}'],
    ['${UNSET:-a} ${UNSET:-b}', 'a b'],
    ['${UNSET-:-d}', ':-d'],
    ['${UNSET:-$$SET}', '$SET'],
    ['${SET:+${UNSET:?}}', 'required: required variable UNSET is missing a value'],
    ['${UNSET?}', 'required: required variable UNSET is missing a value'],
    ['${UNSET:?need $SET}', 'required: required variable UNSET is missing a value: need x'],
  ])('nested, %s is %s', (text, value) => expect(expanded(text)).toBe(value))

  it.each(['${', '${}', '${SET', '${1}', '${SET:d}', '${SET d}', '${SET!}', '${UNSET:-a\n}', 'a${$SET}'])(
    'refuses %j',
    (text) => expect(expanded(text)).toMatch(/^expansion: Invalid template: /),
  )

  it('refuses what is nested beyond reason', () => {
    const deep = '${UNSET:-'.repeat(1000) + '}'.repeat(1000)
    expect(expanded(deep)).toMatch(/^expansion: /)
  })

  it('refuses what grows beyond reason', () => {
    const mebi = 'x'.repeat(1024 * 1024)
    expect(expand('$A'.repeat(65), () => mebi)).toMatchObject({ ok: false, error: { kind: 'expansion' } })
    expect(expand('$A'.repeat(64), () => mebi)).toMatchObject({ ok: true })
  })
})

describe('references', () => {
  it.each<[string, string[]]>([
    ['$A ${B} $$C', ['A', 'B']],
    ['${A:-${B-$C}}', ['A', 'B', 'C']],
    ['$A ${ $B', ['A']],
    ['none', []],
  ])('of %s are %j', (text, names) => expect(references(text).map(({ name }) => name)).toEqual(names))

  it('say where they stand', () => {
    expect(references('a${B:-c}')).toEqual([{ name: 'B', operator: ':-', operand: 'c', start: 1, end: 8 }])
  })
})
