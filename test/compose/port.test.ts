import { describe, expect, test } from 'vitest'
import { isAddress, parsePortSpec } from '../../src/compose/port.js'

const range = (from: number, to = from) => ({ from, to })

describe('a port mapping in the short syntax', () => {
  test.each([
    ['8080:80', '', range(8080), range(80), 'tcp'],
    ['80', '', null, range(80), 'tcp'],
    [':80', '', null, range(80), 'tcp'],
    ['::80', '', null, range(80), 'tcp'],
    ['127.0.0.1::80', '127.0.0.1', null, range(80), 'tcp'],
    ['127.0.0.1:8000-8010:80-90/udp', '127.0.0.1', range(8000, 8010), range(80, 90), 'udp'],
    ['8000-8010:80', '', range(8000, 8010), range(80), 'tcp'],
    ['8000-8010', '', null, range(8000, 8010), 'tcp'],
    ['[::1]:8080:80', '::1', range(8080), range(80), 'tcp'],
    ['[]:8080:80', '', range(8080), range(80), 'tcp'],
    ['0:80', '', range(0), range(80), 'tcp'],
    ['080:0080', '', range(80), range(80), 'tcp'],
    ['80/', '', null, range(80), 'tcp'],
    ['80/SCTP', '', null, range(80), 'sctp'],
    ['80/tcp/x', '', null, range(80), 'tcp'],
    ['1-2-9:3-4', '', range(1, 2), range(3, 4), 'tcp'],
  ])('%s', (text, hostIp, host, container, protocol) => {
    expect(parsePortSpec(text)).toMatchObject({ hostIp, host, container, protocol })
  })

  test.each([
    ['', 'The port is empty'],
    ['8080:', 'The port is empty'],
    ['80/icmp', 'The protocol must be'],
    ['1:2:3', 'The IP address'],
    ['localhost:80:80', 'The IP address'],
    ['::1:8080:80', 'The IP address'],
    ['127.0.0.01:80:80', 'The IP address'],
    ['1.2.3.4:80', 'The host port'],
    ['70000:80', 'The host port'],
    ['-1:80', 'The host port'],
    ['+80:80', 'The host port'],
    [' 80:80', 'The host port'],
    ['80-:80', 'The host port'],
    ['8010-8000:80', 'The host port'],
    ['80: 80', 'The container port'],
    ['8000-8001:80-82', 'differ in length'],
  ])('%j is refused: %s', (text, reason) => {
    expect(parsePortSpec(text)).toContain(reason)
  })
})

test.each([
  ['1.2.3.4', true],
  ['::', true],
  ['1::', true],
  ['::ffff:1.2.3.4', true],
  ['1:2:3:4:5:6:7:8', true],
  ['fe80::1%eth0', false],
  ['1:2:3:4:5:6:7', false],
  ['1::2::3', false],
  ['1:2:3:4:5:6:7:8:9', false],
  ['256.0.0.1', false],
  ['', false],
])('%s is an address: %s', (text, is) => {
  expect(isAddress(text)).toBe(is)
})
