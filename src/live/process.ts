/** Which process has a socket, as Linux tells in /proc. Elsewhere, and of other users' processes, nothing is known. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

export interface Holder {
  readonly pid: number
  /** As `ps` shows it: at most 15 bytes. May hold anything: escape it when it is printed. */
  readonly name: string
  /** The id of the Docker container that it runs in; null outside of one. A container on the host's network publishes nothing. */
  readonly container: string | null
}

/**
 * The processes that have these sockets, all looked up in one go. Where several share one (a server and its workers),
 * the oldest.
 * @param inodes as `readSockets` gives them
 */
export function holdersOf(inodes: Iterable<number>): Map<number, Holder> {
  const wanted = new Map([...inodes].map((inode) => [`socket:[${inode}]`, inode]))
  const holders = new Map<number, Holder>()
  if (wanted.size === 0) return holders
  for (const pid of processes()) {
    for (const inode of socketsOf(pid, wanted)) {
      // Found once is found: further processes share it.
      wanted.delete(`socket:[${inode}]`)
      holders.set(inode, { pid, name: nameOf(pid), container: containerOf(pid) })
    }
    if (wanted.size === 0) break
  }
  return holders
}

/** In ascending order, but the first one last: systemd keeps a copy of each socket that it opened for a service. */
function processes(): number[] {
  const pids = entries('/proc').map(Number).filter(Number.isInteger)
  return pids.sort((a, b) => Number(a === 1) - Number(b === 1) || a - b)
}

function socketsOf(pid: number, wanted: ReadonlyMap<string, number>): Set<number> {
  const found = new Set<number>()
  const folder = `/proc/${pid}/fd`
  for (const descriptor of entries(folder)) {
    const inode = wanted.get(linkOrEmpty(`${folder}/${descriptor}`))
    if (inode !== undefined) found.add(inode)
  }
  return found
}

function nameOf(pid: number): string {
  const name = textOrEmpty(`/proc/${pid}/comm`).trimEnd()
  // What newer versions of Node call themselves.
  return name === 'MainThread' ? basename(linkOrEmpty(`/proc/${pid}/exe`)) || name : name
}

function containerOf(pid: number): string | null {
  return containerInCgroup(textOrEmpty(`/proc/${pid}/cgroup`))
}

/** `0::/system.slice/docker-<id>.scope` (systemd) or `…/docker/<id>` (cgroupfs). */
export function containerInCgroup(text: string): string | null {
  return /\/docker[-/]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(text)?.[1] ?? null
}

// A process may end at any moment, and another user's may not be looked into: both are no news.

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function textOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
