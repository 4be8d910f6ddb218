import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ephemeralRange } from '../../src/live/proc.js'
import { temporaryFolder } from './support.js'

describe('the ephemeral ports', () => {
  test.each([
    ['\n', []],
    ['8080\n', [{ from: 8080, to: 8080 }]],
    [
      '8080,9148-9150\n',
      [
        { from: 8080, to: 8080 },
        { from: 9148, to: 9150 },
      ],
    ],
  ])('are those of the system, with the reserved ones %j', (text, reserved) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'ip_local_port_range'), '32768\t\t60999\n')
    writeFileSync(join(folder, 'ip_local_reserved_ports'), text)
    expect(ephemeralRange(folder)).toEqual({ from: 32768, to: 60999, reserved })
  })
  test('are not known on a system that does not say', () => {
    expect(ephemeralRange('/nonexistent')).toBeNull()
  })

  const FILE = '/proc/sys/net/ipv4/ip_local_port_range'
  test.runIf(existsSync(FILE))('of this machine are read', () => {
    const [from, to] = readFileSync(FILE, 'utf8').trim().split(/\s+/).map(Number)
    expect(ephemeralRange()).toEqual({ from, to, reserved: expect.any(Array) })
  })
})
