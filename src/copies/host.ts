/** What no Compose file can keep apart on one host. */
import { get, isTrue, type MappingNode, type Node, spanOf, stringOf } from '../compose/node.js'
import { type Problem, problem } from '../problem.js'
import { servicesIn } from './model.js'
import type { CopyContext } from './source.js'

interface Row {
  readonly of: (service: MappingNode) => Node | undefined
  readonly isError?: true
  readonly message: (service: string) => string
  readonly next: string
}

const ROWS: readonly Row[] = [
  {
    of: (service) =>
      stringOf(get(service, 'network_mode')) === 'host' ? get(service, 'network_mode') : undefined,
    isError: true,
    message: (service) => `${service} uses the host's network, so the copy would listen on the same ports`,
    next: 'Publish its ports with "ports:" instead of "network_mode: host", or leave the service out of the copy.',
  },
  {
    of: (service) => {
      const node = get(service, 'privileged')
      return isTrue(node) ? node : undefined
    },
    message: (service) =>
      `${service} is privileged, so nothing keeps the copy from changing the host for both`,
    next: 'Check that two of them can run on one host.',
  },
  {
    of: (service) =>
      get(service, 'devices') ??
      get(get(get(get(service, 'deploy'), 'resources'), 'reservations'), 'devices') ??
      get(service, 'gpus'),
    message: (service) => `${service} uses devices of the host, which both copies share`,
    next: 'Check that two of them can use the device at once.',
  },
]

/** A problem for each service that shares the host itself with the original. */
export function hostProblems({ source, original }: CopyContext): Problem[] {
  return servicesIn(original.model).flatMap(([service, node]) =>
    ROWS.flatMap(({ of, isError, message, next }): Problem[] => {
      const at = of(node)
      if (at === undefined) return []
      const { file, line } = spanOf(at)
      return [
        problem(
          isError && source.isolated === undefined ? 'cannot-isolate' : 'shared-host',
          { file, line },
          message(service),
          next,
        ),
      ]
    }),
  )
}
