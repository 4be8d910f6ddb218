import { expect, test } from 'vitest'
import { nearestPort } from '../../src/claims/nearest-port.js'

const free =
  (...ports: number[]) =>
  (port: number) =>
    ports.includes(port) ? 0 : null

test.each<[what: string, wanted: number, costOf: (port: number) => number | null, port: number | null]>([
  ['the wanted port if it is free', 8000, () => 0, 8000],
  ['the nearest free port', 8000, free(7998, 8003), 7998],
  ['the higher of two at the same distance', 8000, free(7998, 8002), 8002],
  ['the port with the lowest cost, however far', 8000, (port) => (port === 9000 ? 1 : 2), 9000],
  ['the nearest of several with the lowest cost', 8000, (port) => (port < 7000 ? 1 : 2), 6999],
  ['no port of root', 80, (port) => (port < 2000 ? 0 : null), 1024],
  ['no port above 65535', 65535, (port) => (port === 65535 ? null : 0), 65534],
  ['nothing if every port is excluded', 8000, () => null, null],
])('finds %s', (_, wanted, costOf, port) => {
  expect(nearestPort(wanted, costOf)).toBe(port)
})
