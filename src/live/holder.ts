/** Which process has a socket, as Linux tells in /proc. Elsewhere, and of other users' processes, nothing is known. */
import { basename } from 'node:path'
import { entriesOf, linkOf, textOf } from './proc.js'
import type { Socket } from './sockets.js'

export interface Holder {
  readonly pid: number
  /** As `ps` shows it: at most 15 bytes. May hold anything: escape it when it is printed. */
  readonly name: string
  /** The id of the Docker container that it runs in; null outside of one. A container on the host's network publishes nothing. */
  readonly container: string | null
}

/** The process in which an engine listens on a port for a container. */
export const DOCKER_PROXY = 'docker-proxy'

/** Finds the processes of sockets, by inode. Of several that share one (a server and its workers), the oldest. */
export function holdersOf(sockets: readonly Socket[]): Map<number, Holder> {
  const wanted = new Map(sockets.map((socket) => [`socket:[${socket.inode}]`, socket.inode]))
  const holders = new Map<number, Holder>()
  for (const pid of processes()) {
    const name = nameOf(pid)
    const open = entriesOf(`/proc/${pid}/fd`).map((file) => wanted.get(linkOf(`/proc/${pid}/fd/${file}`)))
    const proxied = name === DOCKER_PROXY ? proxiedBy(textOf(`/proc/${pid}/cmdline`), sockets) : []
    for (const inode of [...open, ...proxied]) {
      if (inode !== undefined && !holders.has(inode))
        holders.set(inode, { pid, name, container: containerInCgroup(textOf(`/proc/${pid}/cgroup`)) })
    }
  }
  return holders
}

/** In ascending order, but the first one last: systemd keeps a copy of each socket that it opened for a service. */
function processes(): number[] {
  const pids = entriesOf('/proc').map(Number).filter(Number.isInteger)
  return pids.sort((a, b) => Number(a === 1) - Number(b === 1) || a - b)
}

/** The inodes of sockets that a docker-proxy has by its arguments: only root may look at its files. */
export function proxiedBy(cmdline: string, sockets: readonly Socket[]): number[] {
  const words = cmdline.split('\0')
  const argument = (flag: string) => words[words.indexOf(flag) + 1]
  return sockets
    .filter(({ listening }) => listening)
    .filter(({ protocol, port }) => argument('-proto') === protocol && argument('-host-port') === `${port}`)
    .map(({ inode }) => inode)
}

function nameOf(pid: number): string {
  const name = textOf(`/proc/${pid}/comm`).trimEnd()
  // What newer versions of Node call themselves.
  return name === 'MainThread' ? basename(linkOf(`/proc/${pid}/exe`)) || name : name
}

/** `0::/system.slice/docker-<id>.scope` (systemd) or `…/docker/<id>` (cgroupfs). */
export function containerInCgroup(text: string): string | null {
  return /\/docker[-/]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(text)?.[1] ?? null
}
