import { describe, expect, it } from 'vitest'
import { parseEnv } from '../../src/env/document.js'
import { environmentOf, findSections, writeSection } from '../../src/merge/sections.js'

const REDIS = writeSection('redis', 'features/redis/.env.example', 'A=1\n', '\n')
const CRLF = REDIS.replaceAll('\n', '\r\n')

const found = (text: string) => {
  const { sections, stray } = findSections(parseEnv(text))
  return {
    sections: sections.map(({ feature, untouched, start, end }) => [
      feature,
      untouched,
      text.slice(start, end),
    ]),
    stray: stray.map(({ feature, line }) => `${feature}:${line}`),
  }
}

describe('sections', () => {
  it('are written with their marks and the sum of their bytes', () => {
    expect(REDIS).toBe('# >>> redis (features/redis/.env.example)\nA=1\n# <<< redis 04ed666d\n')
  })

  it.each<[string, string, unknown[]]>([
    ['between other lines', `X=1\n${REDIS}Y=2\n`, [['redis', true, REDIS]]],
    ['at the start, behind a byte order mark', `\xef\xbb\xbf${REDIS}`, [['redis', true, REDIS]]],
    ['at the end, without a newline', REDIS.slice(0, -1), [['redis', true, REDIS.slice(0, -1)]]],
    [
      'two of one feature',
      REDIS + REDIS,
      [
        ['redis', true, REDIS],
        ['redis', true, REDIS],
      ],
    ],
    ['empty', writeSection('a', 'f', '', '\n'), [['a', true, '# >>> a (f)\n# <<< a d2f324e5\n']]],
    ['with a value changed', REDIS.replace('1', '2'), [['redis', false, REDIS.replace('1', '2')]]],
    ['with a line more', REDIS.replace('A=', 'B=2\nA='), [['redis', false, REDIS.replace('A=', 'B=2\nA=')]]],
    ['with the mark changed', REDIS.replace('(f', '(g'), [['redis', false, REDIS.replace('(f', '(g')]]],
    ['turned into CRLF by an editor', CRLF, [['redis', false, CRLF]]],
    ['with a mark in a quoted value', "X='\n# >>> redis (f)\n'\n", []],
    ['with a mark behind a value', 'X="1" # >>> redis (f)\n', []],
    ['with a mark that is indented', ` ${REDIS}`, []],
  ])('%s', (_, text, sections) => expect(found(text).sections).toEqual(sections))

  it('written with CRLF are untouched', () => {
    const text = writeSection('redis', 'f', 'A=1\r\n', '\r\n')
    expect(found(text)).toEqual({ sections: [['redis', true, text]], stray: [] })
  })

  it.each<[string, string, string[]]>([
    ['an end without a start', 'A=1\n# <<< redis 7b1f03aa\n', ['redis:2']],
    ['a start without an end', '# >>> redis (f)\nA=1\n', ['redis:1']],
    ['a start within a section', `# >>> web (f)\n${REDIS}`, ['web:1']],
    ['an end of another section', `# >>> web (f)\n# <<< redis 7b1f03aa\n`, ['redis:2', 'web:1']],
    ['an end without a sum, which is a comment', '# <<< redis\n', []],
  ])('name a stray mark: %s', (_, text, stray) => expect(found(text).stray).toEqual(stray))
})

describe('the environment of a product env', () => {
  const section = (file: string) => writeSection('redis', file, 'A=1\n', '\n')
  it.each([
    ['', null],
    [section('features/redis/.env.example'), null],
    [section('features/redis/.env.prod.example'), 'prod'],
    [section('features/redis/.env.prod.example').replaceAll('\n', '\r\n'), 'prod'],
    [section('features/a/.env.prod.example') + section('features/b/.env.example'), 'prod'],
    [section('features/a/.env.prod.example') + section('features/b/.env.dev.example'), 'dev'],
    ['A="\n (features/redis/.env.dev.example)"\n', null],
    ['# see features/redis/.env.dev.example)\n', null],
    ['# >>> gone (features/gone/.env.prod.example)\n', null],
    [`A="\n${section('features/redis/.env.dev.example')}"\n`, null],
  ])('of %j is %j', (text, expected) => {
    expect(environmentOf(text)).toBe(expected)
  })
})
