import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ephemeralRange, parseRanges } from '../../src/live/ephemeral.js'

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
    expect(parseRanges(text).map(({ from, to }) => [from, to])).toEqual(ranges)
  })
})

const FOLDER = '/proc/sys/net/ipv4'

test.runIf(existsSync(`${FOLDER}/ip_local_port_range`))('the range of this machine', () => {
  const numbers = (name: string) => readFileSync(`${FOLDER}/${name}`, 'utf8').trim().split(/\s+/).map(Number)
  const [from, to] = numbers('ip_local_port_range')
  const reserved = parseRanges(readFileSync(`${FOLDER}/ip_local_reserved_ports`, 'utf8'))
  expect(ephemeralRange()).toEqual({ from, to, reserved })
})
