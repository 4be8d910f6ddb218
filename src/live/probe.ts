/** Tries to bind a port, where the system does not list who has it. A probe connects to nobody, and lets go at once. */
import { createSocket } from 'node:dgram'
import { createServer, isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Protocol } from './sockets.js'

/**
 * - `free`: it could be bound
 * - `held`: somebody has it
 * - `absent`: this machine does not have the address
 * - `forbidden`: the user may not bind it (ports below 1024, mostly)
 * - `failed`: none of these
 */
export interface Binding {
  readonly outcome: 'free' | 'held' | 'absent' | 'forbidden' | 'failed'
  /** The system's word for it; '' for `free`. */
  readonly code: string
}

/** In milliseconds. A probe of another run is over by then. */
const PAUSE = 100

/**
 * Tries a port, and one that is held once more after a pause: it may have been held by the probe of another run.
 * @param address '' is all addresses
 * @param port 0 only finds out whether this machine has the address
 */
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

/** One address after the other: `0.0.0.0` and `127.0.0.1` would be in each other's way. */
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
  // A family that the machine lacks is no loss to a port on all addresses; an address of its own that it lacks is.
  const missing = address === '' ? undefined : found.get('absent')
  const busy = found.get('held') ?? found.get('forbidden') ?? found.get('failed')
  return missing ?? busy ?? found.get('free') ?? (found.get('absent') as Binding)
}

/**
 * Returns where to try a port that is to be published on an address. All of a family's addresses are the wildcard and
 * the loopback: BSD's and Windows' kernels allow the wildcard beside somebody's loopback, and the other way round.
 * @param platform as `process.platform` names it
 */
export function addressesToBind(address: string, platform: string): readonly string[] {
  const known = FAMILIES[address]
  if (known !== undefined) return known
  // On Linux an address of its own is held exactly if a bind says so; the wildcard would report other addresses' holders.
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
    // IPv6 only, as IPv4 is tried for itself. Closed in the very callback: no connection has been accepted by then.
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
  // The system has no IPv6 at all.
  EAFNOSUPPORT: 'absent',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
}

function bindingOf({ code = 'unknown error' }: NodeJS.ErrnoException): Binding {
  return { outcome: OUTCOMES[code] ?? 'failed', code }
}
