import { expect, test } from 'vitest'
import { canonicalAddress } from '../../src/ports/overlap.js'

test.each([
  ['', ''],
  ['127.0.0.1', '127.0.0.1'],
  ['[::1]', '::1'],
  ['::', '::'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['2001:0DB8:0000::0001', '2001:db8::1'],
  ['::ffff:192.168.0.7', '192.168.0.7'],
  ['::ffff:0:0', '0.0.0.0'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['no address', 'no address'],
])('%j is %j', (address, canonical) => {
  expect(canonicalAddress(address)).toBe(canonical)
})
