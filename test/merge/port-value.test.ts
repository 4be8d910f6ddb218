import { describe, expect, it } from 'vitest'
import { formatPort, parsePortValue, shiftPort } from '../../src/ports/value.js'

const shifted = (text: string): string => {
  const port = parsePortValue(text)
  return typeof port === 'string' ? port : formatPort(shiftPort(port, 591))
}

describe('a port value and 591', () => {
  it.each([
    ['6380', '6971'],
    ['080', '671'],
    ['65535', '66126'],
    ['127.0.0.1:8080', '127.0.0.1:8671'],
    ['[::1]:8080', '[::1]:8671'],
    ['8000-8010', '8591-8601'],
    ['8000-8000', '8591-8591'],
    ['127.0.0.1:8000-8010', '127.0.0.1:8591-8601'],
    ['', 'empty'],
    ['0', 'empty'],
    ['127.0.0.1:', 'empty'],
    ['web', 'not-a-number'],
    ['80 ', 'not-a-number'],
    ['-80', 'not-a-number'],
    ['80-', 'not-a-number'],
    ['8010-8000', 'not-a-number'],
    ['8080:80', 'not-a-number'],
    ['8080/udp', 'not-a-number'],
    ['0x50', 'not-a-number'],
    ['1e3', 'not-a-number'],
    ['$PORT', 'not-a-number'],
    ['٨٠', 'not-a-number'],
  ])('%j is %s', (text, result) => expect(shifted(text)).toBe(result))
})
