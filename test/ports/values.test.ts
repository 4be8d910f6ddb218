import { describe, expect, test } from 'vitest'
import { formatPort, parsePortValue, rangeText, shiftPort } from '../../src/ports/value.js'
import { isPortVariable } from '../../src/ports/variable.js'

describe('a port value', () => {
  test.each([
    ['8080', '', 8080, 8080],
    ['1', '', 1, 1],
    ['65535', '', 65535, 65535],
    ['65536', '', 65536, 65536],
    ['08080', '', 8080, 8080],
    ['8000-8010', '', 8000, 8010],
    ['8000-8000', '', 8000, 8000],
    ['127.0.0.1:8080', '127.0.0.1:', 8080, 8080],
    ['127.0.0.1:8000-8010', '127.0.0.1:', 8000, 8010],
    ['0.0.0.0:80', '0.0.0.0:', 80, 80],
    ['[::1]:8080', '[::1]:', 8080, 8080],
    ['[::]:8000-8010', '[::]:', 8000, 8010],
    ['[::ffff:127.0.0.1]:80', '[::ffff:127.0.0.1]:', 80, 80],
  ])('%s', (text, address, from, to) => {
    expect(parsePortValue(text)).toEqual({ address, from, to, range: text.includes('-') })
  })

  test.each(['', '0', '00', '0-0', '0-10', '127.0.0.1:', '[::1]:', '127.0.0.1:0'])('%j is empty', (text) => {
    expect(parsePortValue(text)).toBe('empty')
  })

  test.each([
    ...['web', '8080a', 'a8080', ' 8080', '8080 ', '80 80', '-8080', '8080-', '8010-8000', '8000-8010-8020'],
    ...[
      '+80',
      '8080.0',
      '1e3',
      '0x50',
      '80:80',
      '8080:80',
      '::1:8080',
      'localhost:8080',
      '[]:80',
      '1.2.3:80',
    ],
    ...['1234567890123456', '８０８０', '8080/tcp', '127.0.0.1:127.0.0.1:80', ':8080'],
  ])('%j is none', (text) => {
    expect(parsePortValue(text)).toBe('not-a-number')
  })

  test.each([
    ['8080', 591, '8671', '8671'],
    ['127.0.0.1:8000-8010', 1000, '127.0.0.1:9000-9010', '9000-9010'],
    ['[::1]:80', 0, '[::1]:80', '80'],
    ['8000-8000', 1, '8001-8001', '8001'],
  ])('%s moved by %i is %s', (text, offset, moved, numbers) => {
    const port = parsePortValue(text)
    if (typeof port === 'string') throw new Error(`${text} is no port value`)
    expect(formatPort(port)).toBe(text)
    expect(formatPort(shiftPort(port, offset))).toBe(moved)
    expect(rangeText(shiftPort(port, offset))).toBe(numbers)
  })
})

describe('the name of a port variable', () => {
  test.each([
    'REDIS_HOST_PORT',
    'redis_host_port',
    'Redis_Host_Port',
    'X_PORT_ONE',
    'x_port_two',
    '_HOST_PORT',
  ])('is %s', (name) => {
    expect(isPortVariable(name)).toBe(true)
  })

  test.each([
    ...['HOST_PORT', 'PORT', 'REDIS_PORT', 'OLD_HOST_PORT_NOTE', 'A_HOST_PORTS', 'A_PORT_THREE', 'PORT_ONE'],
    ...['A_HOST_PORT ', ' ', '', 'AHOST_PORT', 'A_HOST_PORT\n', 'A-HOST-PORT'],
  ])('is not %j', (name) => {
    expect(isPortVariable(name)).toBe(false)
  })
})
