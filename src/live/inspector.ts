/** Finds out who uses the ports of this host: the engine first, which forwards some ports without a listener. */

import { ownerName } from '../claims/claim.js'
import { groupBy } from '../claims/group.js'
import { addressesOverlap, canonicalAddress, rangesOverlap } from '../ports/overlap.js'
import { MAX_PORT } from '../ports/value.js'
import type { Container } from './container.js'
import type { Engine } from './engine.js'
import { DOCKER_PROXY, type Holder } from './holder.js'
import type { Machine } from './machine.js'
import { type Protocol, type Socket, socketInTheWay } from './sockets.js'
import { belongingOf, type Stack } from './stack.js'

export interface WantedPorts {
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string
  /** Without brackets; '' for all. */
  readonly address: string
  /** 0 for a port that Docker chooses. */
  readonly from: number
  readonly to: number
  /** Null for `product whois`. */
  readonly stack: Stack | null
}

/** The state of a port, and a text that follows its number. Untrusted: escape it for output. */
export interface PortState {
  /**
   * - `own`: a container of the stack uses it
   * - `elsewhere`: the stack's Compose project, started from another folder, uses it
   * - `held`: somebody else uses it
   * - `container`: some container uses it, but the engine does not answer
   */
  readonly kind: 'free' | 'own' | 'elsewhere' | 'held' | 'container' | 'unknown'
  readonly text: string
  /** Null if nobody is known to use it. */
  readonly holder: PortHolder | null
}

/** Who uses a port; null for what is not known. Untrusted: escape it for output. */
export interface PortHolder {
  readonly kind: 'process' | 'container'
  readonly pid: number | null
  /** With secrets masked. */
  readonly command: string | null
  readonly container: string | null
  /** Its Compose project, and the folder from which that runs. */
  readonly project: string | null
  readonly folder: string | null
}

/** Adjacent ports of one state. */
export interface StateRun extends PortState {
  readonly from: number
  readonly to: number
}

const FREE: PortState = { kind: 'free', text: 'free', holder: null }
const FREE_BY_ENGINE: PortState = { ...FREE, text: 'free, as far as the Docker engine knows' }

const SOMEBODY: PortHolder = {
  kind: 'process',
  pid: null,
  command: null,
  container: null,
  project: null,
  folder: null,
}
const SOME_CONTAINER: PortState = {
  kind: 'container',
  text: 'in use by a container, not known which',
  holder: { ...SOMEBODY, kind: 'container' },
}

/** Of a command line in a text, in characters. */
const LONGEST_COMMAND = 80

export class PortInspector {
  /** By port; null if the system does not list them. */
  readonly #sockets: ReadonlyMap<number, readonly Socket[]> | null
  #holders: ReadonlyMap<number, Holder> | null = null

  /**
   * @param engine null to ask this machine only
   * @param stacks all products and instances
   */
  constructor(
    private readonly machine: Machine,
    private readonly engine: Engine | null = null,
    private readonly stacks: readonly Stack[] = [],
  ) {
    const sockets = machine.sockets()
    this.#sockets = sockets === null ? null : groupBy(sockets, ({ port }) => port)
  }

  async runsOf(wanted: WantedPorts): Promise<StateRun[]> {
    const { from, to } = wanted
    if (from === 0) return [{ from, to, ...unknown('Docker chooses a random port') }]
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

  async #stateOf({ protocol, address, stack }: WantedPorts, port: number): Promise<PortState> {
    const host = canonicalAddress(address)
    const states = this.#publishers(protocol, host, port).map((each) => this.#stateOfContainer(each, stack))
    // On different addresses, somebody else matters more than the stack itself.
    const published = states.find(({ kind }) => kind !== 'own') ?? states[0]
    if (published !== undefined) return published
    if (this.engine?.remote)
      return this.engine.silence === null ? FREE_BY_ENGINE : unknown(this.engine.silence)
    if (protocol === 'tcp' || protocol === 'udp') return this.#stateHere(protocol, host, port, stack)
    return unknown(`${protocol} ports cannot be checked`)
  }

  #publishers(protocol: string, address: string, port: number): Container[] {
    return (this.engine?.containers ?? []).flatMap(({ container, published }) => {
      const isUser = published.some(
        (range) =>
          range.protocol === protocol &&
          rangesOverlap(range, { from: port, to: port }) &&
          addressesOverlap(range.address, address),
      )
      return isUser ? [container] : []
    })
  }

  #stateOfContainer(container: Container, stack: Stack | null): PortState {
    const { name, image, project, service, directory: folder } = container
    const holder = { ...SOMEBODY, kind: 'container', container: name, project, folder } as const
    const belonging = (each: Stack) => belongingOf(container, each, this.machine, this.engine)
    const own = stack === null ? null : belonging(stack)
    if (own === 'own')
      return { kind: own, text: `in use by this product's own stack (${service ?? name})`, holder }
    const who =
      project === null ? `container ${name}, image ${image}` : `container ${name} of project ${project}`
    const other = this.stacks.find((each) => belonging(each) === 'own')
    if (other !== undefined) return held(`${ownerName(other)} (${who})`, holder)
    return own === 'elsewhere'
      ? {
          kind: own,
          text: `in use by this product's project, started from ${folder} (${service ?? name})`,
          holder,
        }
      : held(who, holder)
  }

  /** Binds the port for a moment, which may disturb others, only if the list of sockets does not decide. */
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
    // Port 0 tests the address alone.
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
        return unknown(`binding it failed (${code})`)
    }
  }

  #stateOfHeld(socket: Socket | null, stack: Stack | null): PortState {
    if (socket === null) return held('a process that this system does not identify')
    this.#holders ??= this.machine.holders([...(this.#sockets?.values() ?? [])].flat())
    const holder = this.#holders.get(socket.inode)
    if (holder === undefined) {
      return held(
        socket.uid === this.machine.uid
          ? 'a process that is not visible here, such as one in another container'
          : `a process of another user (uid ${socket.uid})`,
      )
    }
    const containers = this.engine?.containers ?? null
    const isContainer = holder.container !== null || holder.name === DOCKER_PROXY
    if (isContainer && containers === null) return SOME_CONTAINER
    const found = containers?.find(({ container }) => container.id === holder.container)
    if (found !== undefined) return this.#stateOfContainer(found.container, stack)
    const { name, pid, command } = holder
    const shown =
      command === null || command.length <= LONGEST_COMMAND
        ? command
        : `${command.slice(0, LONGEST_COMMAND)}…`
    return held(`${name} (pid ${pid}${shown === null ? '' : `: ${shown}`})`, { ...SOMEBODY, pid, command })
  }
}

/** Returns true if somebody uses the port who is not known to be the stack itself. */
export function isInUse({ kind }: PortState): boolean {
  return kind === 'held' || kind === 'container'
}

function held(who: string, holder = SOMEBODY): PortState {
  return { kind: 'held', text: `in use by ${who}`, holder }
}

function unknown(reason: string): PortState {
  return { kind: 'unknown', text: `unknown: ${reason}`, holder: null }
}
