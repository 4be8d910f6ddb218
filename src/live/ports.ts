/**
 * Who has the ports that products want, on the host where they would be published.
 * Pure but for what the machine is asked through `Machine`.
 */
import type { Engine } from './docker.js'
import { Look, type Machine } from './look.js'
import { isPortRange, type PortState, type Stack, type WantedPorts } from './state.js'

/** Neighbouring ports of one state. */
interface StateRun {
  readonly from: number
  readonly to: number
  readonly state: PortState
}

export interface LivePorts<Wanted extends WantedPorts> {
  readonly wanted: Wanted
  /** Every port of it, in ascending order. */
  readonly runs: readonly StateRun[]
}

export interface LiveReport<Wanted extends WantedPorts> {
  /** What was asked. If it is remote, nothing was tried on this machine; if it is silent, containers are not known. */
  readonly engine: Engine
  /** As many as were wanted, in their order. */
  readonly ports: readonly LivePorts<Wanted>[]
}

/**
 * Finds out who has each port.
 * @param stacks every product and instance that is known, not only those whose ports are wanted
 */
export async function lookAtPorts<Wanted extends WantedPorts>(
  wanted: readonly Wanted[],
  stacks: readonly Stack[],
  machine: Machine,
): Promise<LiveReport<Wanted>> {
  const engine = await machine.engine()
  const look = new Look(engine, stacks, machine)
  await look.probe(wanted)
  return { engine, ports: wanted.map((ports) => ({ wanted: ports, runs: runsOf(ports, look) })) }
}

/** The ports of a range, each with its state, equal neighbours as one. */
function runsOf(wanted: WantedPorts, look: Look): StateRun[] {
  const { from, to } = wanted
  if (!isPortRange(wanted)) {
    const reason = from === 0 ? 'the port is left to chance' : 'there is no such port'
    return [{ from, to, state: { kind: 'unknown', reason } }]
  }
  const runs: StateRun[] = []
  for (let port = from; port <= to; port += 1) {
    const state = look.stateOf(wanted, port)
    const last = runs.at(-1)
    if (last !== undefined && isSame(last.state, state)) runs[runs.length - 1] = { ...last, to: port }
    else runs.push({ from: port, to: port, state })
  }
  return runs
}

function isSame(a: PortState, b: PortState): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
