/** The sockets of this machine, as Linux lists them in /proc/net: open to every user, and read in a millisecond. */
import { endianness } from 'node:os'
import { addressesOverlap, canonicalAddress } from '../ports/overlap.js'
import { textOf } from './proc.js'

export type Protocol = 'tcp' | 'udp'

export interface Socket {
  readonly protocol: Protocol
  /** Of this machine; `::` may include every IPv4 address, which the system does not list. */
  readonly address: string
  readonly port: number
  /** Whether it waits for others: a TCP listener, or a UDP socket with no fixed peer. */
  readonly listening: boolean
  /** The user id of its owner. */
  readonly uid: number
  /** Identifies it among the open files of its process. */
  readonly inode: number
}

/** Lists every socket that has an owner. @returns null where the system has no such list */
export function readSockets(folder = '/proc/net'): Socket[] | null {
  const tcp = textOf(`${folder}/tcp`)
  if (tcp === '') return null
  return [
    ...parseSockets(tcp, 'tcp'),
    ...parseSockets(textOf(`${folder}/tcp6`), 'tcp'),
    ...parseSockets(textOf(`${folder}/udp`), 'udp'),
    ...parseSockets(textOf(`${folder}/udp6`), 'udp'),
  ]
}

export function byPort(sockets: readonly Socket[]): Map<number, Socket[]> {
  const found = new Map<number, Socket[]>()
  for (const socket of sockets) {
    const there = found.get(socket.port)
    if (there === undefined) found.set(socket.port, [socket])
    else there.push(socket)
  }
  return found
}

/**
 * Finds the socket in the way of a port: a listener before a connection, and the address itself before `::`, which may
 * or may not include IPv4.
 * @param sockets those of the port
 * @param address '' is all addresses
 */
export function socketInTheWay(
  sockets: readonly Socket[],
  protocol: Protocol,
  address: string,
): Socket | null {
  const there = sockets.filter((socket) => socket.protocol === protocol)
  const hits = there.filter((socket) => addressesOverlap(socket.address, address))
  const all = [...hits, ...there.filter((socket) => socket.address === '::')]
  return all.find(({ listening }) => listening) ?? hits[0] ?? null
}

/** `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …` (Linux, Documentation/networking/proc_net_tcp) */
const ROW =
  /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) \S+ \S+ \S+ +(\d+) +\d+ (\d+)/gm

/** State numbers of the kernel: TCP_LISTEN; TCP_CLOSE, which UDP uses for a socket with no peer. */
const LISTENING = { tcp: '0A', udp: '07' } as const

/** Parses one of the tables. A connection that lingers after its process (TIME_WAIT) has no inode and is left out. */
export function parseSockets(
  text: string,
  protocol: Protocol,
  littleEndian = endianness() === 'LE',
): Socket[] {
  const sockets: Socket[] = []
  for (const [, address = '', port = '', state = '', uid, inode] of text.matchAll(ROW)) {
    if (inode === '0') continue
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
