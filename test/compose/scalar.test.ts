import { expect, test } from 'vitest'
import { resolvePlain } from '../../src/compose/scalar.js'

test.each([
  ['80', 'int', '80'],
  ['0x50', 'int', '80'],
  ['0o120', 'int', '80'],
  ['0120', 'int', '80'],
  ['0b1010000', 'int', '80'],
  ['8_0', 'int', '80'],
  ['+80', 'int', '80'],
  ['-0x1', 'int', '-1'],
  ['18446744073709551615', 'int', '18446744073709551615'],
  ['18446744073709551616', 'float', '18446744073709551616'],
  ['08', 'float', '08'],
  ['80.0', 'float', '80.0'],
  ['1e3', 'float', '1e3'],
  ['.inf', 'float', '+Inf'],
  ['22:22', 'string', '22:22'],
  ['190:20:30', 'string', '190:20:30'],
  ['8000-8010', 'string', '8000-8010'],
  ['2001-01-02', 'timestamp', '2001-01-02'],
  ['2001-13-02', 'string', '2001-13-02'],
  ['yes', 'string', 'yes'],
  ['on', 'string', 'on'],
  ['True', 'bool', 'true'],
  ['tRUE', 'string', 'tRUE'],
  ['~', 'null', ''],
  ['', 'null', ''],
])('go-yaml reads %j as %s %s', (source, type, text) => {
  expect(resolvePlain(source)).toEqual({ type, text })
})
