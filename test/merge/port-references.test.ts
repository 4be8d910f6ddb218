// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what env files look like
import { describe, expect, test } from 'vitest'
import { parseEnv } from '../../src/env/document.js'
import { portReferences } from '../../src/merge/port-references.js'
import { isPortVariable } from '../../src/ports/variable.js'

/** What env files, one after the other, say of `X`. */
function ofX(...texts: readonly string[]): { leader: string | null; derived: boolean } {
  const { leaders, derived } = portReferences(texts.map(parseEnv), isPortVariable)
  return { leader: leaders.get('X') ?? null, derived: derived.has('X') }
}

const P = 'P_HOST_PORT=8000\n'

describe('a variable has its port from', () => {
  test.each([
    ['none', 'X=8000', null, false],
    ['one that it refers to', 'X=${P_HOST_PORT}', 'P_HOST_PORT', true],
    ['the same in another spelling', 'X=$P_HOST_PORT', 'P_HOST_PORT', true],
    ['the same in quotes', 'X="${P_HOST_PORT}"', 'P_HOST_PORT', true],
    ['none in single quotes', "X='${P_HOST_PORT}'", null, false],
    ['one behind an address', 'X=127.0.0.1:${P_HOST_PORT}', 'P_HOST_PORT', true],
    ['one behind an address that is a variable', 'A=127.0.0.1:\nX=${A}${P_HOST_PORT}', 'P_HOST_PORT', true],
    ['one beside nothing', 'A=\nX=$A$P_HOST_PORT$A', 'P_HOST_PORT', true],
    ['one that has a default', 'X=${P_HOST_PORT:-1}', 'P_HOST_PORT', true],
    ['one that is required', 'X=${P_HOST_PORT:?no}', 'P_HOST_PORT', true],
    ['one that is a default', 'X=${A:-${P_HOST_PORT}}', 'P_HOST_PORT', true],
    ['one that is an alternative', 'A=1\nX=${A:+$P_HOST_PORT}', 'P_HOST_PORT', true],
    ['the default of none', 'X=${A:-8000}', null, false],
    ['the end of a chain', 'A=${P_HOST_PORT}\nB=$A\nX=$B', 'P_HOST_PORT', true],
    ['one that is no port variable', 'A=8000\nX=$A', 'A', false],
    ['none where that is a part', 'X=1${P_HOST_PORT}', null, true],
    ['none where that is a part of a part', 'A=1${P_HOST_PORT}\nX=2$A', null, true],
    ['none where it says more', 'X=http://x:${P_HOST_PORT}', null, true],
    ['two', 'X=${P_HOST_PORT}-${P_HOST_PORT}', null, true],
    ['one that is not set', 'X=${Q_HOST_PORT:-8000}', null, false],
    ['one that is set later', 'X=${Q_HOST_PORT:-8000}\nQ_HOST_PORT=8000', null, false],
    ['one that has another value by now', 'X=$P_HOST_PORT\nP_HOST_PORT=8001', null, false],
    ['itself', 'X=8000\nX=$X', null, false],
    ['none any more', 'X=$P_HOST_PORT\nX=8000', null, false],
  ])('%s: %s', (_, text, leader, derived) => {
    expect(ofX(`${P}${text}\n`)).toEqual({ leader, derived })
  })

  test('the file before it', () => {
    expect(ofX(P, 'X=$P_HOST_PORT\n')).toEqual({ leader: 'P_HOST_PORT', derived: true })
  })

  test('not the file before it where the next one states the other anew', () => {
    expect(ofX(`${P}X=$P_HOST_PORT\n`, 'P_HOST_PORT=8400\n')).toEqual({ leader: null, derived: false })
    const restated = 'P_HOST_PORT=8400\nX=$P_HOST_PORT\n'
    expect(ofX(`${P}X=$P_HOST_PORT\n`, restated)).toEqual({ leader: 'P_HOST_PORT', derived: true })
  })
})
