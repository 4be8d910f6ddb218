/** The sockets of this machine, as Linux lists them in /proc/net: open to every user, and read in a millisecond. */
import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { canonicalAddress } from '../ports/address.js'
import { addressesOverlap } from '../ports/claim.js'

export interface Socket {
  readonly protocol: 'tcp' | 'udp'
  /** Of this machine; `::` may stand for every IPv4 address as well, which the system does not list. */
  readonly address: string
  readonly port: number
  /** Whether it waits for others: a TCP listener, or a UDP socket with no fixed peer. */
  readonly listening: boolean
  /** The user id of its owner. */
  readonly uid: number
  /** By which the process is found (`holdersOf`). */
  readonly inode: number
}

const TABLES = [
  { file: '/proc/net/tcp', protocol: 'tcp' },
  { file: '/proc/net/tcp6', protocol: 'tcp' },
  { file: '/proc/net/udp', protocol: 'udp' },
  { file: '/proc/net/udp6', protocol: 'udp' },
] as const

/** Every socket that has a local port and an owner. @returns null where the system has no such list */
export function readSockets(): Socket[] | null {
  const sockets: Socket[] = []
  let found = false
  for (const { file, protocol } of TABLES) {
    const text = readOrNull(file)
    if (text === null) continue
    found = true
    sockets.push(...parseSockets(text, protocol))
  }
  return found ? sockets : null
}

/**
 * The socket in the way of a port on an address, a listening one if there is one.
 * @param sockets all of them, or those of the port
 * @param address '' is all addresses
 */
export function socketInTheWay(
  sockets: readonly Socket[],
  protocol: string,
  address: string,
  port: number,
): Socket | null {
  const there = sockets.filter((socket) => socket.port === port && socket.protocol === protocol)
  const hits = there.filter((socket) => addressesOverlap(socket.address, address))
  // Most programs that listen on `::` take IPv4 as well; one that does not is met only if nothing fits better.
  const dual = there.filter((socket) => socket.address === '::')
  return [hits, dual].flatMap((all) => all.filter(({ listening }) => listening))[0] ?? hits[0] ?? null
}

/** `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …` (Linux, Documentation/networking/proc_net_tcp) */
const ROW =
  /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) \S+ \S+ \S+ +(\d+) +\d+ (\d+)/gm

/** State numbers of the kernel: TCP_LISTEN; TCP_CLOSE, which UDP uses for a socket with no peer. */
const LISTENING = { tcp: '0A', udp: '07' } as const

/** Parses one of the tables. A connection that lingers after its process (TIME_WAIT) has no inode and is left out. */
export function parseSockets(
  text: string,
  protocol: 'tcp' | 'udp',
  littleEndian = endianness() === 'LE',
): Socket[] {
  const sockets: Socket[] = []
  for (const [, address = '', port = '', state = '', uid, inode] of text.matchAll(ROW)) {
    if (inode === '0' || port === '0000') continue
    sockets.push({
      protocol,
      address: parseHexAddress(address, littleEndian),
      port: Number.parseInt(port, 16),
      listening: state === LISTENING[protocol],
      uid: Number(uid),
      inode: Number(inode),
    })
  }
  return sockets
}

/** The kernel prints the address as 32-bit words, each in the byte order of the machine: `0100007F` is 127.0.0.1. */
function parseHexAddress(hex: string, littleEndian: boolean): string {
  const bytes = Buffer.from(hex, 'hex')
  if (littleEndian) bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  return canonicalAddress(bytes.toString('hex').replace(/.{4}(?=.)/g, '$&:'))
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return null
  }
}
