/** The sockets of this machine, from Linux's /proc/net, which every user may read. */
import { endianness } from 'node:os'
import { addressesOverlap, canonicalAddress } from '../ports/overlap.js'
import { textOf } from './proc.js'

export type Protocol = 'tcp' | 'udp'

export interface Socket {
  readonly protocol: Protocol
  /** `::` may include every IPv4 address: the system does not say. */
  readonly address: string
  readonly port: number
  /** True for a TCP listener, and for a UDP socket without a fixed peer. */
  readonly listening: boolean
  readonly uid: number
  readonly inode: number
}

/** @returns null if the system has no such list */
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

/**
 * Returns the socket that blocks a port: a listener rather than a connection, and the address rather than `::`.
 * @param sockets of that port
 * @param address '' for all
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

/** TCP_LISTEN; TCP_CLOSE, which UDP uses for a socket without a peer. */
const LISTENING = { tcp: '0A', udp: '07' } as const

/** Parses a table. A connection that outlives its process (TIME_WAIT) has no inode and is left out. */
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

/** The kernel prints 32-bit words in the byte order of the machine: `0100007F` is 127.0.0.1. */
function parseHexAddress(hex: string, littleEndian: boolean): string {
  const bytes = Buffer.from(hex, 'hex')
  if (littleEndian) bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  return canonicalAddress(bytes.toString('hex').replace(/.{4}(?=.)/g, '$&:'))
}
