/** Which names `portVariables:` means. */
import { describe, expect, test } from 'vitest'
import { isPortVariable, portTest } from '../../src/ports/variable.js'

test.each([
  ['APP_PORT', 'APP_PORT', true],
  ['APP_PORT', 'app_port', false],
  ['APP_PORT', 'APP_PORT_2', false],
  ['APP_PORT', 'MY_APP_PORT', false],
  ['FORWARD_*_PORT', 'FORWARD_DB_PORT', true],
  ['FORWARD_*_PORT', 'FORWARD__PORT', true],
  ['FORWARD_*_PORT', 'FORWARD_PORT', false],
  ['*_PORT', '_PORT', true],
  ['*_PORT', 'DB_PORTS', false],
  ['PORT_*', 'PORT_', true],
  ['*A*B*', 'xAyBz', true],
  ['*A*B*', 'xByAz', false],
  ['A*A', 'A', false],
  ['A**B', 'AxB', true],
  // The dot of a regular expression would match.
  ['A.B', 'AxB', false],
])('%s matches %s: %s', (pattern, name, expected) => {
  expect(portTest([pattern], new Set())(name)).toBe(expected)
})

test('a long pattern takes no time', () => {
  expect(portTest(['*A'.repeat(50)], new Set())('A'.repeat(100_000).concat('B'))).toBe(false)
})

describe('the word published', () => {
  test('stands for the variables that only publish a port', () => {
    const isPort = portTest(['X', 'published'], new Set(['APP']))
    expect(['X', 'APP', 'published', 'DB'].filter(isPort)).toEqual(['X', 'APP'])
  })

  test('is only meant if it is written', () => {
    expect(portTest(['X'], new Set(['APP']))('APP')).toBe(false)
  })
})

test.each(['A_HOST_PORT', 'a_port_one', 'A_PORT_TWO'])('%s needs no pattern', (name) => {
  expect(isPortVariable(name)).toBe(true)
})
