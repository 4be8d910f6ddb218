/** Which process has a socket, as Linux tells in /proc. Elsewhere, and of other users' processes, nothing is known. */
import { basename } from 'node:path'
import { entriesOf, linkOf, textOf } from './proc.js'
import type { Socket } from './sockets.js'

export interface Holder {
  readonly pid: number
  /** As `ps` shows it: at most 15 bytes. May hold anything: escape it when it is printed. */
  readonly name: string
  /** The id of the Docker container that it runs in; null outside of one, and in the one that we run in ourselves. */
  readonly container: string | null
}

/** The process in which an engine listens on a port for a container. */
export const DOCKER_PROXY = 'docker-proxy'

/** Finds the processes of sockets, by inode. Of several that share one (a server and its workers), the oldest. */
export function holdersOf(sockets: readonly Socket[], proc = '/proc'): Map<number, Holder> {
  const wanted = new Map(sockets.map((socket) => [`socket:[${socket.inode}]`, socket.inode]))
  const holders = new Map<number, Holder>()
  const ours = containerOf(`${proc}/self`)
  for (const pid of pidsIn(proc)) {
    const folder = `${proc}/${pid}`
    const name = nameOf(folder)
    const open = entriesOf(`${folder}/fd`).map((file) => wanted.get(linkOf(`${folder}/fd/${file}`)))
    const proxied = name === DOCKER_PROXY ? proxiedBy(textOf(`${folder}/cmdline`), sockets) : []
    for (const inode of [...open, ...proxied]) {
      if (inode === undefined || holders.has(inode)) continue
      const container = containerOf(folder)
      holders.set(inode, { pid, name, container: container === ours ? null : container })
    }
  }
  return holders
}

/** In ascending order, but the first one last: systemd keeps a copy of each socket that it opened for a service. */
function pidsIn(proc: string): number[] {
  const pids = entriesOf(proc).map(Number).filter(Number.isInteger)
  return pids.sort((a, b) => Number(a === 1) - Number(b === 1) || a - b)
}

/** The inodes of sockets that a docker-proxy has by its arguments: only root may look at its files. */
function proxiedBy(cmdline: string, sockets: readonly Socket[]): number[] {
  const words = cmdline.split('\0')
  const argument = (flag: string) => words[words.indexOf(flag) + 1]
  return sockets
    .filter(({ listening }) => listening)
    .filter(({ protocol, port }) => argument('-proto') === protocol && argument('-host-port') === `${port}`)
    .map(({ inode }) => inode)
}

function nameOf(folder: string): string {
  const name = textOf(`${folder}/comm`).trimEnd()
  // What newer versions of Node call themselves.
  return name === 'MainThread' ? basename(linkOf(`${folder}/exe`)) || name : name
}

/** `0::/system.slice/docker-<id>.scope` (systemd) or `…/docker/<id>` (cgroupfs). */
function containerOf(folder: string): string | null {
  return /\/docker[-/]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(textOf(`${folder}/cgroup`))?.[1] ?? null
}
