import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ephemeralRange, parseReserved } from '../../src/live/ephemeral.js'

describe('the reserved ports', () => {
  test.each([
    ['\n', []],
    ['8080\n', [[8080, 8080]]],
    [
      '8080,9148-9150,40000\n',
      [
        [8080, 8080],
        [9148, 9150],
        [40000, 40000],
      ],
    ],
  ])('%j', (text, ranges) => {
    expect(parseReserved(text).map(({ from, to }) => [from, to])).toEqual(ranges)
  })
})

const FILE = '/proc/sys/net/ipv4/ip_local_port_range'

test.runIf(existsSync(FILE))('the range of this machine', () => {
  const [from, to] = readFileSync(FILE, 'utf8').trim().split(/\s+/).map(Number)
  expect(ephemeralRange()).toEqual({ from, to, reserved: expect.any(Array) })
})
