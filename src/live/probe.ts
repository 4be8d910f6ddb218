/**
 * Whether a port of this machine is free: the one sure test is to bind it. A probe connects to nobody, and lets go
 * at once.
 */
import { createSocket } from 'node:dgram'
import { createServer, isIPv6 } from 'node:net'

/**
 * - `free`: it could be bound
 * - `held`: somebody has it
 * - `absent`: this machine does not have the address
 * - `forbidden`: the user may not bind it (ports below 1024, mostly)
 * - `failed`: none of these; `code` is the system's
 */
export interface Binding {
  readonly outcome: 'free' | 'held' | 'absent' | 'forbidden' | 'failed'
  /** The system's word; '' for `free`. */
  readonly code: string
}

/** One port and the addresses to try it on, which are tried one after the other: `0.0.0.0` and `127.0.0.1` would be in each other's way. */
export interface ProbeTarget {
  readonly protocol: 'tcp' | 'udp'
  /** 1…65535. */
  readonly port: number
  /** IP addresses without brackets, or `EVERYWHERE`. */
  readonly addresses: readonly string[]
}

/** In place of an address: all of both families, with one socket. Node then checks no address, whose pattern takes longer to compile than ports take to try. */
const BOTH_FAMILIES = ''

/** Where to try a port of TCP to find out whether anybody has it on any address. */
export const EVERYWHERE: readonly string[] =
  // Other systems may allow such a socket beside somebody's of one family.
  process.platform === 'linux' ? [BOTH_FAMILIES] : ['0.0.0.0', '::']

/** How many sockets are open at a time. More makes it no faster; the usual limits of a process are 256 (macOS) and 1024. */
const SOCKETS = 64

/** The bindings by address, for each target in the order given. Name each protocol and port once, else two targets meet. */
export async function probePorts(
  targets: readonly ProbeTarget[],
  sockets = SOCKETS,
): Promise<ReadonlyMap<string, Binding>[]> {
  const results = new Array<ReadonlyMap<string, Binding>>(targets.length)
  // The workers take from one iterator, so that each target is taken once.
  const queue = targets.entries()
  const work = async () => {
    for (const [index, target] of queue) results[index] = await probePort(target)
  }
  await Promise.all(Array.from({ length: Math.min(sockets, targets.length) }, work))
  return results
}

async function probePort({ protocol, port, addresses }: ProbeTarget): Promise<ReadonlyMap<string, Binding>> {
  const bindings = new Map<string, Binding>()
  for (const address of addresses) {
    bindings.set(address, await (protocol === 'tcp' ? bindTcp(address, port) : bindUdp(address, port)))
  }
  return bindings
}

function bindTcp(host: string, port: number): Promise<Binding> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(bindingOf(error)))
    // Exclusive, lest a cluster's worker is given the port that its parent holds; IPv6 only, as IPv4 is tried for itself.
    // Closed in the very callback: nobody's connection has been accepted by then.
    const where = host === BOTH_FAMILIES ? {} : { host, ipv6Only: true }
    server.listen({ ...where, port, exclusive: true }, () => server.close(() => resolve(FREE)))
  })
}

function bindUdp(address: string, port: number): Promise<Binding> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' })
    socket.once('error', (error) => {
      socket.close()
      resolve(bindingOf(error))
    })
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(FREE)))
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

/**
 * Where to try a port that is to be published on an address. All of a family's addresses are the wildcard and the
 * loopback: BSD's and Windows' kernels allow the wildcard beside somebody's loopback, and the other way round.
 * @param address '' is all addresses
 * @param platform as `process.platform` names it
 */
export function addressesToProbe(address: string, platform: string): readonly string[] {
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
