/**
 * What is known of the ports after asking the engine and, if the ports are this machine's, the machine. The engine's
 * word comes first: it may forward a port for which nothing listens (with its userland proxy switched off), and behind
 * a listening docker-proxy it knows the container. What it does not know is tried on this machine.
 */

import { canonicalAddress } from '../ports/address.js'
import { addressesOverlap } from '../ports/claim.js'
import type { Container } from './container.js'
import type { Engine } from './docker.js'
import type { Binding, ProbeTarget } from './probe.js'
import { addressesToProbe } from './probe.js'
import type { Holder } from './process.js'
import { type Socket, socketInTheWay } from './sockets.js'
import { isPortRange, type PortState, type Stack, type WantedPorts } from './state.js'

/** What is asked of the machine; `thisMachine` is the real one. */
export interface Machine {
  /** As `process.platform` names it. */
  readonly platform: string
  /** The user's id; null where the system has none. */
  readonly uid: number | null
  engine(): Promise<Engine>
  /** As `probePorts`. */
  probe(targets: readonly ProbeTarget[]): Promise<readonly ReadonlyMap<string, Binding>[]>
  /** As `readSockets`. */
  sockets(): readonly Socket[] | null
  /** As `holdersOf`. */
  holders(inodes: Iterable<number>): ReadonlyMap<number, Holder>
  /** Whether two paths, which are not the same text, lead to the same folder. */
  sameFolder(a: string, b: string): boolean
}

type Key = `${string}/${number}`

const keyOf = (protocol: string, port: number): Key => `${protocol}/${port}`

/** What is known, and the answers that follow. */
export class Look {
  /** Who publishes what, by the engine's word. */
  readonly #published = new Map<Key, { readonly address: string; readonly container: Container }[]>()
  readonly #byId = new Map<string, Container>()
  readonly #stacksByProject = new Map<string, Stack[]>()
  readonly #bindings = new Map<Key, ReadonlyMap<string, Binding>>()
  /** Of the ports that are held, or may not be bound; null where the system does not list them. */
  #sockets: ReadonlyMap<Key, readonly Socket[]> | null = null
  #holders: ReadonlyMap<number, Holder> = new Map()

  constructor(
    private readonly engine: Engine,
    stacks: readonly Stack[],
    private readonly machine: Machine,
  ) {
    for (const stack of stacks) add(this.#stacksByProject, stack.project, stack)
    for (const { container, published } of engine.containers ?? []) {
      this.#byId.set(container.id, container)
      for (const { protocol, address, from, to } of published) {
        for (let port = from; port <= to; port += 1)
          add(this.#published, keyOf(protocol, port), { address, container })
      }
    }
  }

  /** Tries what the engine does not account for, and looks up who has what turns out to be held. */
  async probe(wanted: readonly WantedPorts[]): Promise<void> {
    if (this.engine.remote) return
    const targets = this.#targets(wanted)
    const results = await this.machine.probe(targets)
    const open = new Set<Key>()
    for (const [index, { protocol, port }] of targets.entries()) {
      const bindings = results[index] ?? new Map<string, Binding>()
      this.#bindings.set(keyOf(protocol, port), bindings)
      const isOpen = ({ outcome }: Binding) => outcome === 'held' || outcome === 'forbidden'
      if ([...bindings.values()].some(isOpen)) open.add(keyOf(protocol, port))
    }
    if (open.size > 0) this.#lookUp(open)
  }

  /** Each protocol and port once, with every address that somebody wants it on. */
  #targets(wanted: readonly WantedPorts[]): ProbeTarget[] {
    const targets = new Map<Key, { protocol: 'tcp' | 'udp'; port: number; addresses: string[] }>()
    for (const ports of wanted) {
      const { protocol } = ports
      if (!isPortRange(ports) || (protocol !== 'tcp' && protocol !== 'udp')) continue
      const addresses = addressesToProbe(canonicalAddress(ports.address), this.machine.platform)
      for (let port = ports.from; port <= ports.to; port += 1) {
        if (this.#publishers(ports, port).length > 0) continue
        const key = keyOf(protocol, port)
        const target = targets.get(key) ?? { protocol, port, addresses: [] }
        targets.set(key, target)
        for (const address of addresses)
          if (!target.addresses.includes(address)) target.addresses.push(address)
      }
    }
    return [...targets.values()]
  }

  #lookUp(open: ReadonlySet<Key>): void {
    const all = this.machine.sockets()
    if (all === null) return
    const sockets = new Map<Key, Socket[]>()
    for (const socket of all) {
      const key = keyOf(socket.protocol, socket.port)
      if (open.has(key)) add(sockets, key, socket)
    }
    this.#sockets = sockets
    const inodes = [...sockets.values()].flatMap((some) => some.map(({ inode }) => inode))
    this.#holders = this.machine.holders(inodes)
  }

  stateOf(wanted: WantedPorts, port: number): PortState {
    const containers = this.#publishers(wanted, port)
    if (containers.length > 0) {
      const states = containers.map((container) => this.#stateOfContainer(container, wanted.stack))
      // Where the stack's own container has one address and a stranger another, it is the stranger that matters.
      return states.find(({ kind }) => kind !== 'own') ?? (states[0] as PortState)
    }
    if (this.engine.remote) return this.#stateByEngine()
    const bindings = this.#bindings.get(keyOf(wanted.protocol, port))
    if (bindings === undefined) {
      return { kind: 'unknown', reason: `whether a port of ${wanted.protocol} is free cannot be tried` }
    }
    return this.#stateByBindings(wanted, port, bindings)
  }

  #publishers({ protocol, address }: WantedPorts, port: number): Container[] {
    const all = this.#published.get(keyOf(protocol, port))
    if (all === undefined) return []
    const host = canonicalAddress(address)
    return all
      .filter((published) => addressesOverlap(published.address, host))
      .map(({ container }) => container)
  }

  #stateOfContainer(container: Container, stack: Stack | null): PortState {
    const isOf = ({ directory }: Stack) =>
      container.directory === null ||
      container.directory === directory ||
      this.machine.sameFolder(container.directory, directory)
    if (stack !== null && stack.project === container.project && isOf(stack))
      return { kind: 'own', container }
    const others = container.project === null ? undefined : this.#stacksByProject.get(container.project)
    const other = others?.find(isOf)
    return other === undefined
      ? { kind: 'container', container }
      : { kind: 'other-product', stack: other, container }
  }

  #stateByEngine(): PortState {
    const { silence } = this.engine
    if (silence === null) return { kind: 'free', by: 'engine' }
    return { kind: 'unknown', reason: `the Docker engine is remote and does not answer: ${silence.reason}` }
  }

  #stateByBindings(wanted: WantedPorts, port: number, bindings: ReadonlyMap<string, Binding>): PortState {
    const address = canonicalAddress(wanted.address)
    const addresses = addressesToProbe(address, this.machine.platform)
    const tried = addresses.flatMap((one) => bindings.get(one) ?? [])
    const find = (outcome: Binding['outcome']) => tried.find((binding) => binding.outcome === outcome)
    // A family that the machine lacks is no loss to a port on all addresses; an address of its own that it lacks is.
    const isAbsent = bindings.get(address)?.outcome === 'absent'
    if (isAbsent || tried.every(({ outcome }) => outcome === 'absent')) {
      return { kind: 'unknown', reason: `this machine does not have the address ${address || '0.0.0.0'}` }
    }
    if (find('held') !== undefined) return this.#stateOfHeld(wanted, port)
    const forbidden = find('forbidden')
    if (forbidden !== undefined && this.#sockets === null) {
      return { kind: 'unknown', reason: `you may not bind it (${forbidden.code})` }
    }
    if (forbidden !== undefined) {
      if (this.#socket(wanted, port) !== null) return this.#stateOfHeld(wanted, port)
      return { kind: 'free', by: 'sockets' }
    }
    const failed = find('failed')
    if (failed !== undefined) return { kind: 'unknown', reason: `it could not be tried (${failed.code})` }
    return { kind: 'free', by: 'bind' }
  }

  #stateOfHeld(wanted: WantedPorts, port: number): PortState {
    const socket = this.#socket(wanted, port)
    if (socket === null) return { kind: 'held', reason: 'a process that this system does not name' }
    const holder = this.#holders.get(socket.inode)
    if (holder === undefined) {
      const reason =
        socket.uid === this.machine.uid
          ? 'a process out of sight, such as one in another container'
          : `a process of another user (uid ${socket.uid})`
      return { kind: 'held', reason }
    }
    const container = holder.container === null ? undefined : this.#byId.get(holder.container)
    if (container !== undefined) return this.#stateOfContainer(container, wanted.stack)
    return { kind: 'process', pid: holder.pid, name: holder.name }
  }

  #socket({ protocol, address }: WantedPorts, port: number): Socket | null {
    const sockets = this.#sockets?.get(keyOf(protocol, port)) ?? []
    return socketInTheWay(sockets, protocol, canonicalAddress(address), port)
  }
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}
