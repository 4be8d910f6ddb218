/** A machine for the tests: nothing listens on it, and its engine runs no container, unless a test says otherwise. */

import type { ComposeAnswer } from '../../src/live/compose.js'
import type { Container, PublishedRange } from '../../src/live/container.js'
import type { Engine } from '../../src/live/engine.js'
import type { Holder } from '../../src/live/holder.js'
import type { Machine } from '../../src/live/machine.js'
import type { Binding } from '../../src/live/probe.js'
import type { Socket } from '../../src/live/sockets.js'

export interface World {
  readonly engine?: Engine
  /** Whether the engine keeps the run waiting. */
  readonly slow?: boolean
  /** What Docker Compose answers; it is not installed by default. */
  readonly compose?: (args: readonly string[]) => ComposeAnswer
  /** Null if it is not installed; by default `docker compose`. */
  readonly composeCommand?: readonly [string, ...string[]] | null
  /** By default listeners of this user on TCP port 6971 of all IPv4 addresses, with inode 1; null where the system has no list. */
  readonly sockets?: readonly Partial<Socket>[] | null
  /** By inode. */
  readonly holders?: Readonly<Record<number, Partial<Holder>>>
  /** What is in the way of a bind, by `protocol/port` or `protocol/port/address`; what is not named is free. */
  readonly bindings?: Readonly<Record<string, Binding['outcome']>>
  /** Where paths lead that are links; null where nothing is there. */
  readonly links?: Readonly<Record<string, string | null>>
}

export const LOCAL: Engine = {
  endpoint: 'unix:///var/run/docker.sock',
  remote: false,
  containers: [],
  silence: null,
}

export const SILENT: Engine = {
  ...LOCAL,
  containers: null,
  silence: 'the Docker engine does not answer (no answer within 3 s)',
}

const LISTENER: Socket = {
  protocol: 'tcp',
  address: '0.0.0.0',
  port: 6971,
  listening: true,
  uid: 1000,
  inode: 1,
}

export function fakeMachine(world: World = {}): Machine & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    uid: 1000,
    engine: async (onWait) => {
      const isFirst = !asked.includes('engine')
      if (isFirst) asked.push('engine')
      if (isFirst && world.slow) onWait?.('the Docker engine')
      return world.engine ?? LOCAL
    },
    compose: async (args) => world.compose?.(args) ?? null,
    composeCommand: async () =>
      world.composeCommand === undefined ? ['docker', 'compose'] : world.composeCommand,
    sockets: () =>
      world.sockets === null ? null : (world.sockets ?? []).map((socket) => ({ ...LISTENER, ...socket })),
    holders: (sockets) => {
      asked.push(`holders of ${sockets.map(({ inode }) => inode)}`)
      const known = Object.entries(world.holders ?? {})
      const holder: Holder = { pid: 12, name: 'node', command: null, container: null }
      return new Map(known.map(([inode, own]) => [Number(inode), { ...holder, ...own }]))
    },
    bind: async (protocol, address, port) => {
      asked.push(`${protocol}/${port}/${address}`)
      const { bindings = {} } = world
      const outcome = bindings[`${protocol}/${port}/${address}`] ?? bindings[`${protocol}/${port}`] ?? 'free'
      return { outcome, code: 'ECODE' }
    },
    realPath: (path) => (world.links?.[path] === undefined ? path : world.links[path]),
    ephemeralRange: () => ({ from: 32768, to: 60999 }),
  }
}

/** An engine that runs these containers, each with what it publishes. */
export function engineOf(...all: readonly (readonly [Container, readonly PublishedRange[]])[]): Engine {
  return { ...LOCAL, containers: all.map(([container, published]) => ({ container, published })) }
}

export function containerOf(name: string, extra: Partial<Container> = {}): Container {
  return {
    id: name,
    name,
    image: 'redis:7',
    project: null,
    service: null,
    directory: null,
    isRunning: true,
    ...extra,
  }
}

/** A port that is published on all addresses, as `docker ps` lists it. @param target in the container */
export function everywhere(port: number, target = 80): PublishedRange[] {
  return ['0.0.0.0', '::'].map((address) => ({ protocol: 'tcp', address, from: port, to: port, target }))
}
