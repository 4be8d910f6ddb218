import { describe, expect, it } from 'vitest'
import { encode } from '../../src/env/bytes.js'
import { parseEnv, rawValue } from '../../src/env/document.js'

/** A document as one line a statement: line, key, kind or quote, raw value. */
function statements(text: string): string[] {
  const doc = parseEnv(encode(text))
  return doc.statements.map(
    (s) => `${s.line} ${s.key} ${s.kind === 'inherit' ? 'shell' : s.quote}${rawValue(doc, s)}`,
  )
}

describe('a text as statements', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['blank lines', '\n \n\t\r\n', []],
    ['one value', 'A=1', ['1 A 1']],
    ['blanks around the sign', 'A =\t1 ', ['1 A 1']],
    ['a colon', 'A:1\nB: 2', ['1 A 1', '2 B 2']],
    ['export', 'export A=1\nexport\tB=2', ['1 A 1', '2 B 2']],
    ['a variable called export', 'export=1', ['1 export 1']],
    ['a name alone', 'A\nexport B\n', ['1 A shell', '2 B shell']],
    ['a name alone at the end', 'A', ['1 A shell']],
    ['words at the end, which Compose takes for a value without a name', 'A B', ['1  A B']],
    ['an empty value', 'A=\nB=2', ['1 A ', '2 B 2']],
    ['a comment behind', 'A=1 # c\nB=2# c', ['1 A 1', '2 B 2# c']],
    ['a comment behind a tab, which is none', 'A=1\t# c', ['1 A 1\t# c']],
    ['a comment instead of a value, which is none', 'A= # c', ['1 A # c']],
    ['quotes', 'A="1"\nB=\'2\'', ['1 A "1', "2 B '2"]],
    ['a quote within', 'A=1"2"', ['1 A 1"2"']],
    ['an escaped quote', 'A="1\\"2"', ['1 A "1\\"2']],
    ['a backslash before the closing quote', 'A="1\\\\"', ['1 A "1\\\\']],
    ['several lines in quotes', 'A="1\n2"\nB=3', ['1 A "1\n2', '3 B 3']],
    ['what looks like a variable, in quotes', "A='\nB=2\n'\nC=3", ["1 A '\nB=2\n", '4 C 3']],
    ['two on one line', 'A="1" B=2', ['1 A "1', '1 B 2']],
    ['CRLF', 'A=1\r\nB="2"\r\n', ['1 A 1', '2 B "2']],
    ['a lone CR, which ends no line', 'A=1\rB=2', ['1 A 1\rB=2']],
    ['a byte order mark', '\ufeffA=1', ['1 A 1']],
    [
      'names that others drop',
      'É=1\na[0]=2\n__proto__=3\n1.x-y=4',
      ['1 É 1', '2 a[0] 2', '3 __proto__ 3', '4 1.x-y 4'],
    ],
    ['the same name twice', 'A=1\nA=2', ['1 A 1', '2 A 2']],
  ])('%s', (_, text, expected) => expect(statements(text)).toEqual(expected))
})

describe('a text that Compose refuses', () => {
  it.each<[string, string, number, string]>([
    ['a quote that is never closed', 'A=1\n\nB="x\ny', 3, 'line 4: unterminated quoted value "x'],
    ['a space in a name', 'A=1\nB C=2', 2, 'line 2: key cannot contain a space'],
    ['a space in a name that stands alone', 'A B\n', 1, 'line 1: key cannot contain a space'],
    ['a sign that is no letter', 'A=1\n B!=2', 2, 'line 2: unexpected character "!" in variable name "B!=2"'],
    ['text behind a closing quote', 'A="1"x!', 1, 'line 1: unexpected character "!" in variable name "x!"'],
    [
      'a byte order mark in the middle',
      'A=1\n\ufeffB=2',
      2,
      'line 2: unexpected character "\ufeff" in variable name "\ufeffB=2"',
    ],
    ['export and nothing else', 'export ', 1, 'zero length string'],
  ])('%s', (_, text, line, composeSays) => {
    expect(parseEnv(encode(text)).refusal).toMatchObject({ line, composeSays })
  })

  it('keeps what stands before', () => {
    expect(statements('A=1\nB="x')).toEqual(['1 A 1'])
  })

  it.each([
    ['Latin-1 in a name', '\xe9=1'],
    ['half a character in a name', 'A\xc3=1'],
  ])('%s', (_, bytes) => {
    expect(parseEnv(bytes).refusal?.reason).toContain('is not allowed in the name of a variable')
  })
})

describe('positions', () => {
  it('tell the statement, its value and its comment apart', () => {
    const text = '\xef\xbb\xbf# above\nexport A = "1 2" # behind\r\nB=caf\xe9 # c\n'
    const doc = parseEnv(text)
    const cut = doc.statements.map((s) => [text.slice(s.start, s.end), rawValue(doc, s)])
    expect(cut).toEqual([
      ['export A = "1 2"', '1 2'],
      // A bare value's comment belongs to it: with another closing quote before it, it would not.
      ['B=caf\xe9 # c', 'caf\xe9'],
    ])
    expect(doc.comments.map((c) => [c.line, text.slice(c.start, c.end)])).toEqual([
      [1, '# above'],
      [2, '# behind\r'],
    ])
  })
})
