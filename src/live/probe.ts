/** Tries to bind a port, for systems that do not list sockets. */
import { createSocket } from 'node:dgram'
import { createServer, isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Protocol } from './sockets.js'

export interface Binding {
  /** `absent`: the machine does not have the address; `forbidden`: the user may not bind the port, mostly one below 1024. */
  readonly outcome: 'free' | 'held' | 'absent' | 'forbidden' | 'failed'
  /** Of the system's error; '' for `free`. */
  readonly code: string
}

/** In milliseconds; the probe of another run takes less. */
const PAUSE = 100

/** Tries a port; one that is held twice, as the probe of another run may hold it. @param port 0 tests the address alone */
export async function bindPort(
  protocol: Protocol,
  address: string,
  port: number,
  platform: string = process.platform,
  pause = () => sleep(PAUSE),
): Promise<Binding> {
  const first = await bindAll(protocol, address, port, platform)
  if (first.outcome !== 'held') return first
  await pause()
  return bindAll(protocol, address, port, platform)
}

/** Tries one address after the other, as `0.0.0.0` would block `127.0.0.1`. */
async function bindAll(
  protocol: Protocol,
  address: string,
  port: number,
  platform: string,
): Promise<Binding> {
  const found = new Map<Binding['outcome'], Binding>()
  for (const host of addressesToBind(address, platform)) {
    const binding = await (protocol === 'tcp' ? bindTcp(host, port) : bindUdp(host, port))
    found.set(binding.outcome, binding)
  }
  // A port on all addresses needs only one of the families.
  const missing = address === '' ? undefined : found.get('absent')
  const busy = found.get('held') ?? found.get('forbidden') ?? found.get('failed')
  return missing ?? busy ?? found.get('free') ?? (found.get('absent') as Binding)
}

/** Returns the addresses to try for one: BSD and Windows allow the wildcard next to somebody's loopback. */
export function addressesToBind(address: string, platform: string): readonly string[] {
  const known = FAMILIES[address]
  if (known !== undefined) return known
  // On Linux, the wildcard would report the users of other addresses.
  return platform === 'linux' ? [address] : [address, isIPv6(address) ? '::' : '0.0.0.0']
}

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  '': ['0.0.0.0', '127.0.0.1', '::', '::1'],
  '0.0.0.0': ['0.0.0.0', '127.0.0.1'],
  '::': ['::', '::1'],
}

function bindTcp(host: string, port: number): Promise<Binding> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(bindingOf(error)))
    // IPv4 is tried by itself. Closed in the callback, before a connection is accepted.
    server.listen({ host, port, ipv6Only: true }, () => server.close(() => resolve(FREE)))
  })
}

function bindUdp(address: string, port: number): Promise<Binding> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' })
    socket.once('error', (error) => {
      socket.close()
      resolve(bindingOf(error))
    })
    socket.bind({ address, port }, () => socket.close(() => resolve(FREE)))
  })
}

const FREE: Binding = { outcome: 'free', code: '' }

const OUTCOMES: Readonly<Record<string, Binding['outcome']>> = {
  EADDRINUSE: 'held',
  EADDRNOTAVAIL: 'absent',
  // The system has no IPv6.
  EAFNOSUPPORT: 'absent',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
}

function bindingOf({ code = 'unknown error' }: NodeJS.ErrnoException): Binding {
  return { outcome: OUTCOMES[code] ?? 'failed', code }
}
