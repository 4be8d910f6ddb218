/** The published ports of a copy: by a variable of the env file where that moves nothing else, else by the override. */

import { rehashes } from '../claims/resolve.js'
import type { ComposeProject } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import { crc32 } from '../ports/offset.js'
import { addressesOverlap, canonicalAddress, rangesOverlap } from '../ports/overlap.js'
import { MAX_PORT, rangeText } from '../ports/value.js'
import { servicesIn } from './model.js'
import type { Change, CopyContext, CopySource, Edit, Footprint, TakenPort, Value } from './source.js'

/** `ports`: each published port moves by the offset; address, protocol and container port stay. */
export function portChanges({ original, shift, variables }: CopyContext): Change[] {
  return servicesIn(original.model).flatMap(([name]): Change[] => {
    const ports = original.ports.filter(({ service }) => service === name)
    const fixed = ports.filter((port) => port.host !== null && shift(port) !== 0)
    if (fixed.length === 0) return []
    // A list is stated anew as a whole, so one port that no variable moves brings in the others.
    const byVariable = fixed.every((port) => movesByVariable(port, variables))
    const value = ports.map((port) => portText(port, shift(port)))
    const edit: Edit = { path: ['services', name, 'ports'], value, directive: 'override' }
    return fixed.map((port, index) => ({
      rule: 'ports',
      what: `${name} port`,
      from: hostText(port, 0),
      to: hostText(port, shift(port)),
      edits: index > 0 ? [] : [byVariable ? { ...edit, byVariable: true } : edit],
    }))
  })
}

/** Whether the host part of a port is one variable that the env file of the copy moves. */
function movesByVariable({ references }: PublishedPort, variables: ReadonlyMap<string, string>): boolean {
  return references.length > 0 && references.every(({ name }) => variables.has(name))
}

function hostText({ host, hostIp }: PublishedPort, offset: number): string {
  const { from, to } = host as NonNullable<typeof host>
  const ports = rangeText({ from: from + offset, to: to + offset })
  return hostIp === '' ? ports : `${bracketed(hostIp)}:${ports}`
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** An entry of `ports:`, in the short syntax unless it has what only the long one can say. One that stays keeps its variables. */
function portText(port: PublishedPort, offset: number): Value {
  const { host, hostIp, container, protocol, name, appProtocol, mode, hostText, syntax, raw } = port
  const stays = host !== null && offset === 0
  if (stays && syntax === 'short') return raw
  const moved =
    host === null
      ? null
      : stays
        ? (hostText ?? rangeText(host))
        : rangeText({ from: host.from + offset, to: host.to + offset })
  if (name !== undefined || appProtocol !== undefined || mode !== undefined) {
    return {
      target: container.from,
      ...(moved === null ? {} : { published: moved }),
      ...(hostIp === '' ? {} : { host_ip: hostIp }),
      protocol,
      ...(name === undefined ? {} : { name }),
      ...(appProtocol === undefined ? {} : { app_protocol: appProtocol }),
      ...(mode === undefined ? {} : { mode }),
    }
  }
  const address = hostIp === '' ? '' : `${bracketed(hostIp)}:`
  const published = moved === null ? (address === '' ? '' : `${address}:`) : `${address}${moved}:`
  return `${published}${rangeText(container)}${protocol === 'tcp' ? '' : `/${protocol}`}`
}

/** The host ports of a project, those of alternatives once. */
export function takenPorts({ ports }: ComposeProject): TakenPort[] {
  return ports.flatMap(({ protocol, hostIp, host }): TakenPort[] =>
    host === null ? [] : [{ protocol, address: canonicalAddress(hostIp), range: host }],
  )
}

/** Whether two ports cannot both be published on one host. */
export function meet(one: TakenPort, two: TakenPort): boolean {
  return (
    one.protocol === two.protocol &&
    rangesOverlap(one.range, two.range) &&
    addressesOverlap(one.address, two.address)
  )
}

/**
 * The offset of a copy: that of `shop@blue`, or the first re-hash with which no port meets one that is taken.
 * @returns it in ports; null where none is left
 */
export function offsetFor(
  { name, product, offset, isolated }: CopySource,
  original: ComposeProject,
  taken: readonly Footprint[],
): number | null {
  if (isolated !== undefined) return offset.stated ?? 0
  const own = takenPorts(original)
  const theirs = portsByNumber(taken.flatMap(({ ports }) => ports))
  const fits = (by: number): boolean =>
    own.every(({ protocol, address, range }) => {
      if (range.to + by > MAX_PORT) return false
      for (let port = range.from + by; port <= range.to + by; port++) {
        const addresses = theirs.get(`${protocol} ${port}`) ?? []
        if (addresses.some((other) => addressesOverlap(address, other))) return false
      }
      return true
    })
  if (offset.stated !== undefined) return fits(offset.stated) ? offset.stated : null
  const hashed = `${product}@${name}`
  const first = crc32(hashed) % offset.modulus
  if (fits(first)) return first
  const [found] = rehashes(hashed, offset.modulus, fits)
  return found?.offset ?? null
}

/** The addresses on which each port is taken, by protocol and number. */
function portsByNumber(ports: readonly TakenPort[]): Map<string, string[]> {
  const addresses = new Map<string, string[]>()
  for (const { protocol, address, range } of ports) {
    for (let port = range.from; port <= Math.min(range.to, MAX_PORT); port++) {
      const key = `${protocol} ${port}`
      const known = addresses.get(key)
      if (known === undefined) addresses.set(key, [address])
      else known.push(address)
    }
  }
  return addresses
}
