/**
 * Who holds the ports of this host. The engine's word comes first: it may forward a port on which nothing listens (with
 * its userland proxy switched off), and behind a listening docker-proxy it knows the container.
 */

import { ownerName } from '../claims/claim.js'
import { addressesOverlap, canonicalAddress, rangesOverlap } from '../ports/overlap.js'
import { MAX_PORT } from '../ports/value.js'
import type { Container } from './container.js'
import type { Engine } from './engine.js'
import { DOCKER_PROXY, type Holder } from './holder.js'
import type { Machine } from './machine.js'
import { byPort, type Protocol, type Socket, socketInTheWay } from './sockets.js'

/** A product, or one of its instances, as Docker Compose knows it. */
export interface Stack {
  readonly product: string
  readonly instance: string | null
  /** Compose's project name. */
  readonly project: string
  /** Compose's project directory, absolute. */
  readonly directory: string
}

/** A port, or range, that somebody wants on the host. A claim with its stack is one. */
export interface WantedPorts {
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string
  /** Without brackets; '' is all addresses. */
  readonly address: string
  /** First and last, both included; 0 is a port that Docker picks. */
  readonly from: number
  readonly to: number
  /** Null for a port that no product owns (`product whois`). */
  readonly stack: Stack | null
}

/** The state of a port, with the words that follow its number. They may hold a stranger's text: escape them when they are printed. */
export interface PortState {
  /**
   * - `own`: a container of the stack itself has it, which is no problem
   * - `held`: somebody else has it
   * - `container`: a container has it, perhaps one of the stack: the engine, which knows, does not answer
   * - `unknown`: it could not be found out
   */
  readonly kind: 'free' | 'own' | 'held' | 'container' | 'unknown'
  readonly text: string
}

/** Neighbouring ports of one state. */
export interface StateRun extends PortState {
  readonly from: number
  readonly to: number
}

const FREE: PortState = { kind: 'free', text: 'free' }
const FREE_BY_ENGINE: PortState = { kind: 'free', text: 'free, as far as the Docker engine knows' }
const SOME_CONTAINER: PortState = { kind: 'container', text: 'in use by a container, not known which' }

export class PortInspector {
  /** By port; null where the system does not list them. */
  readonly #sockets: ReadonlyMap<number, readonly Socket[]> | null
  #holders: ReadonlyMap<number, Holder> | null = null

  /**
   * @param engine null to ask this machine alone, without a word about containers
   * @param stacks every product and instance that is known, not only those whose ports are wanted
   */
  constructor(
    private readonly machine: Machine,
    private readonly engine: Engine | null = null,
    private readonly stacks: readonly Stack[] = [],
  ) {
    const sockets = machine.sockets()
    this.#sockets = sockets === null ? null : byPort(sockets)
  }

  /** Every port of a range, in ascending order. */
  async runsOf(wanted: WantedPorts): Promise<StateRun[]> {
    const { from, to } = wanted
    if (from === 0) return [{ from, to, ...unknown('Docker picks a random port') }]
    if (to > MAX_PORT) return [{ from, to, ...unknown('there is no such port') }]
    const runs: StateRun[] = []
    for (let port = from; port <= to; port += 1) {
      const state = await this.#stateOf(wanted, port)
      const last = runs.at(-1)
      if (last?.kind === state.kind && last.text === state.text) runs[runs.length - 1] = { ...last, to: port }
      else runs.push({ from: port, to: port, ...state })
    }
    return runs
  }

  /** Returns true if the engine runs a container of the stack. */
  isRunning(stack: Stack): boolean {
    return (this.engine?.containers ?? []).some(({ container }) => this.#isOf(container, stack))
  }

  async #stateOf({ protocol, address, stack }: WantedPorts, port: number): Promise<PortState> {
    const host = canonicalAddress(address)
    const states = this.#publishers(protocol, host, port).map((each) => this.#stateOfContainer(each, stack))
    // Where the stack's own container has one address and a stranger another, it is the stranger that matters.
    const published = states.find(({ kind }) => kind !== 'own') ?? states[0]
    if (published !== undefined) return published
    if (this.engine?.remote)
      return this.engine.silence === null ? FREE_BY_ENGINE : unknown(this.engine.silence)
    if (protocol === 'tcp' || protocol === 'udp') return this.#stateHere(protocol, host, port, stack)
    return unknown(`ports of ${protocol} cannot be looked at`)
  }

  #publishers(protocol: string, address: string, port: number): Container[] {
    return (this.engine?.containers ?? []).flatMap(({ container, published }) => {
      const inTheWay = published.some(
        (range) =>
          range.protocol === protocol &&
          rangesOverlap(range, { from: port, to: port }) &&
          addressesOverlap(range.address, address),
      )
      return inTheWay ? [container] : []
    })
  }

  #stateOfContainer(container: Container, stack: Stack | null): PortState {
    const { name, image, project, service } = container
    if (stack !== null && this.#isOf(container, stack))
      return { kind: 'own', text: `in use by this product's own stack (${service ?? name})` }
    const who =
      project === null ? `container ${name}, image ${image}` : `container ${name} of project ${project}`
    const other = this.stacks.find((each) => this.#isOf(container, each))
    return held(other === undefined ? who : `${ownerName(other)} (${who})`)
  }

  #isOf({ project, directory }: Container, stack: Stack): boolean {
    if (project !== stack.project) return false
    // Older versions of Compose do not record the folder.
    if (directory === null) return true
    const real = this.machine.realPath(directory)
    // A folder that is gone was the product's before it moved; behind a remote engine, it may be another machine's.
    return real === null ? !this.engine?.remote : real === this.machine.realPath(stack.directory)
  }

  /** The list of sockets decides. Where it cannot, the port is bound for a moment, which is in the way of others. */
  async #stateHere(
    protocol: Protocol,
    address: string,
    port: number,
    stack: Stack | null,
  ): Promise<PortState> {
    const socket = socketInTheWay(this.#sockets?.get(port) ?? [], protocol, address)
    if (socket?.listening && addressesOverlap(socket.address, address))
      return this.#stateOfHeld(socket, stack)
    const isListedFree = this.#sockets !== null && socket === null
    if (isListedFree && address === '') return FREE
    // Port 0 stands for any port: only the address is in question.
    const { outcome, code } = await this.machine.bind(protocol, address, isListedFree ? 0 : port)
    switch (outcome) {
      case 'free':
        return FREE
      case 'held':
        return this.#stateOfHeld(socket, stack)
      case 'absent':
        return unknown(`this machine does not have the address ${address || '0.0.0.0'}`)
      case 'forbidden':
        return socket === null ? unknown(`you may not bind it (${code})`) : this.#stateOfHeld(socket, stack)
      case 'failed':
        return unknown(`it could not be bound (${code})`)
    }
  }

  #stateOfHeld(socket: Socket | null, stack: Stack | null): PortState {
    if (socket === null) return held('a process that this system does not name')
    this.#holders ??= this.machine.holders([...(this.#sockets?.values() ?? [])].flat())
    const holder = this.#holders.get(socket.inode)
    if (holder === undefined) {
      return held(
        socket.uid === this.machine.uid
          ? 'a process out of sight, such as one in another container'
          : `a process of another user (uid ${socket.uid})`,
      )
    }
    const containers = this.engine?.containers ?? null
    const isContainer = holder.container !== null || holder.name === DOCKER_PROXY
    if (isContainer && containers === null) return SOME_CONTAINER
    const found = containers?.find(({ container }) => container.id === holder.container)
    if (found !== undefined) return this.#stateOfContainer(found.container, stack)
    return held(`process ${holder.name} (pid ${holder.pid})`)
  }
}

/** Whether somebody has the port who is not known to be the stack itself. */
export function isInUse({ kind }: PortState): boolean {
  return kind === 'held' || kind === 'container'
}

function held(who: string): PortState {
  return { kind: 'held', text: `in use by ${who}` }
}

function unknown(reason: string): PortState {
  return { kind: 'unknown', text: `unknown: ${reason}` }
}
