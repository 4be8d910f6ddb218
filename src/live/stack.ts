/** The containers of a product or instance. */
import type { Container, PublishingContainer } from './container.js'
import type { Engine } from './engine.js'
import type { Machine } from './machine.js'

/** A product or instance, as Compose knows it. */
export interface Stack {
  readonly product: string
  readonly instance: string | null
  readonly project: string
  /** The project directory, absolute. */
  readonly directory: string
  /** The Compose projects of its features. */
  readonly others?: readonly { readonly project: string; readonly directory: string }[]
}

/**
 * Returns whether a container is one of the stack's, or of its Compose project in another existing folder, such as a second
 * clone (`elsewhere`); null for any other.
 */
export function belongingOf(
  { project, directory }: Container,
  stack: Stack,
  machine: Machine,
  engine: Engine | null,
): 'own' | 'elsewhere' | null {
  const own = [stack, ...(stack.others ?? [])].find((each) => each.project === project)
  if (own === undefined) return null
  // Older versions of Compose do not record the folder.
  if (directory === null) return 'own'
  const real = machine.realPath(directory)
  if (real !== null) return real === machine.realPath(own.directory) ? 'own' : 'elsewhere'
  // A missing folder was the product's before it moved, or is on the remote engine's machine.
  return engine?.remote ? null : 'own'
}

/** Returns the containers of a stack's Compose project; none if the engine does not answer. */
export function containersOf(
  stack: Stack,
  machine: Machine,
  engine: Engine,
): { readonly own: readonly PublishingContainer[]; readonly elsewhere: readonly PublishingContainer[] } {
  const found = { own: [] as PublishingContainer[], elsewhere: [] as PublishingContainer[] }
  for (const each of engine.containers ?? []) {
    const belonging = belongingOf(each.container, stack, machine, engine)
    if (belonging !== null) found[belonging].push(each)
  }
  return found
}

/** A port of a service as its files have it now. */
interface ServicePort {
  readonly service: string | null
  readonly protocol: string
  readonly target: number | null
  /** 0 for a port that Docker chooses. */
  readonly from: number
  readonly to: number
}

/** Returns the host ports of a running service if they are others than its files have now. @param own its stack's */
export function formerPorts(
  own: readonly PublishingContainer[],
  { service, protocol, target, from, to }: ServicePort,
): number[] {
  if (target === null || from === 0) return []
  const ports = own.flatMap(({ container, published }) =>
    published.flatMap((range) => {
      const port = range.from + target - range.target
      const isSame = container.service === service && range.protocol === protocol
      return isSame && range.from <= port && port <= range.to ? port : []
    }),
  )
  return ports.some((port) => from <= port && port <= to) ? [] : [...new Set(ports)]
}
