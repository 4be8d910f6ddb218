import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { readAsDotenv } from '../../src/env/dotenv.js'
import { readEnv } from '../../src/env/read.js'

const read = (text: string, shell: Record<string, string> = {}) => {
  const { values, refusals } = readEnv(parseEnv(encode(text)), new Map(Object.entries(shell)))
  return { values: [...values].map(([key, value]) => `${key}=${decode(value)}`), refusals }
}

describe('what Compose reads', () => {
  it.each<[string, string, string[]]>([
    ['the last of several', 'A=1\nB=2\nA=3', ['A=3', 'B=2']],
    ['what stands earlier', 'A=1\nB=$A\nA=2', ['A=2', 'B=1']],
    ['nothing from further down', 'B=$A\nA=1', ['B=', 'A=1']],
    ['no expansion in single quotes', "A='$B ${'", ['A=$B ${']],
    ['escapes in double quotes', 'A="\\t\\n\\\\\\"\\$B\\0101\\x\\c"', ['A=\t\n\\"$BA\\x\\c']],
    ['no octal beyond 377', 'A="\\0777\\018\\0"', ['A=\\777\\18\\']],
    ['a quote escaped in single quotes', "A='it\\'s \\\\n'", ["A=it's \\\\n"]],
    ['a bare value without its edges', 'A= \u00a01\u2003\r\n', ['A=1']],
    ['a name alone only from the shell', 'A\n', []],
    ['a name alone after its value', 'A=1\nA\n', ['A=1']],
    ['a key called __proto__', '__proto__=1', ['__proto__=1']],
  ])('%s', (_, text, values) => expect(read(text)).toEqual({ values, refusals: [] }))

  it('expands with the shell first, an empty variable too', () => {
    expect(read('A=1\nB=$A$C\n', { A: '', C: '2' }).values).toEqual(['A=1', 'B=2'])
  })

  it('takes a name alone from the shell', () => {
    expect(read('A\n', { A: 'x' }).values).toEqual(['A=x'])
  })

  it('collects every refusal, with its line', () => {
    const { refusals } = read('A=${\nB=${X:?}\nC=1\n\nD="')
    expect(refusals.map(({ line, kind }) => [line, kind])).toEqual([
      [1, 'expansion'],
      [2, 'required'],
      [5, 'parse'],
    ])
  })

  it('lifts a required variable that the shell has', () => {
    expect(read('B=${X:?}', { X: '1' })).toEqual({ values: ['B=1'], refusals: [] })
  })

  it('refuses what Compose, which reads a file twice, refuses the second time', () => {
    expect(read('A=1\nB=${A:?}\nA=\n').refusals).toMatchObject([{ line: 2, kind: 'required' }])
    expect(read('A=1\nB=${A:?}\nA=\n', { A: '2' }).refusals).toEqual([])
    expect(read('A=1\nB=${A?}\nA=\n').refusals).toEqual([])
    expect(read('A=1\nB="\\0044{A:?}"\nA=\n').refusals).toMatchObject([{ line: 2, kind: 'required' }])
  })

  it('refuses lines that double each other until no memory holds them', () => {
    const lines = ['A0=0123456789']
    for (let i = 1; i <= 60; i++) lines.push(`A${i}=$A${i - 1}$A${i - 1}`)
    expect(read(lines.join('\n')).refusals[0]).toMatchObject({ line: 23, kind: 'expansion' })
  })
})

describe('npm dotenv beside it', () => {
  it('reads on as if there were no blank lines', () => {
    expect([...readAsDotenv(parseEnv('A=1\n\n \n\nB="x\n\ny"\n\n'))]).toEqual([
      ['A', '1'],
      ['B', 'x\n\ny'],
    ])
  })
})
