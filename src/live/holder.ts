/** The processes that own sockets, from Linux's /proc. Other systems, and other users' processes, give none. */
import { basename } from 'node:path'
import { maskedCommand } from '../env/secret.js'
import { entriesOf, linkOf, textOf } from './proc.js'
import type { Socket } from './sockets.js'

export interface Holder {
  readonly pid: number
  /** As `ps` shows it. Untrusted: escape it for output. */
  readonly name: string
  /** Its command line, with secrets masked; null if the system does not show it. Untrusted, too. */
  readonly command: string | null
  /** The id of its Docker container; null outside of one, and in our own. */
  readonly container: string | null
}

/** Listens on a port for a container. */
export const DOCKER_PROXY = 'docker-proxy'

/** Returns the process of each socket, by inode; the oldest if several share it. */
export function holdersOf(sockets: readonly Socket[], proc = '/proc'): Map<number, Holder> {
  const wanted = new Map(sockets.map((socket) => [`socket:[${socket.inode}]`, socket.inode]))
  const holders = new Map<number, Holder>()
  const ours = containerOf(`${proc}/self`)
  for (const pid of pidsIn(proc)) {
    const folder = `${proc}/${pid}`
    const name = nameOf(folder)
    const open = entriesOf(`${folder}/fd`).map((file) => wanted.get(linkOf(`${folder}/fd/${file}`)))
    const proxied = name === DOCKER_PROXY ? proxiedBy(wordsOf(folder), sockets) : []
    for (const inode of [...open, ...proxied]) {
      if (inode === undefined || holders.has(inode)) continue
      const container = containerOf(folder)
      const command = maskedCommand(wordsOf(folder)) || null
      holders.set(inode, { pid, name, command, container: container === ours ? null : container })
    }
  }
  return holders
}

/** Ascending, except that systemd comes last: it keeps the sockets that it opens for services. */
function pidsIn(proc: string): number[] {
  const pids = entriesOf(proc).map(Number).filter(Number.isInteger)
  return pids.sort((a, b) => Number(a === 1) - Number(b === 1) || a - b)
}

/** Finds the sockets of a docker-proxy by its arguments, as only root may read its files. */
function proxiedBy(words: readonly string[], sockets: readonly Socket[]): number[] {
  const argument = (flag: string) => words[words.indexOf(flag) + 1]
  return sockets
    .filter(({ listening }) => listening)
    .filter(({ protocol, port }) => argument('-proto') === protocol && argument('-host-port') === `${port}`)
    .map(({ inode }) => inode)
}

/** Of a command line, in characters. Some have megabytes. */
const LONGEST = 4096

function wordsOf(folder: string): string[] {
  return textOf(`${folder}/cmdline`)
    .slice(0, LONGEST)
    .split('\0')
    .filter((word) => word !== '')
}

function nameOf(folder: string): string {
  const name = textOf(`${folder}/comm`).trimEnd()
  // The name of newer versions of Node.
  return name === 'MainThread' ? basename(linkOf(`${folder}/exe`)) || name : name
}

/** `0::/system.slice/docker-<id>.scope` (systemd) or `…/docker/<id>` (cgroupfs). */
function containerOf(folder: string): string | null {
  return /\/docker[-/]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(textOf(`${folder}/cgroup`))?.[1] ?? null
}
