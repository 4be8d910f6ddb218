/** What was found, in words. Text from containers and processes is passed on as it is: escape it when it is printed. */
import { ownerName } from '../ports/claim.js'
import type { Container } from './container.js'
import type { Engine } from './docker.js'
import type { PortState } from './state.js'

/** The state of a port, to follow its number: `in use by process redis-server (pid 812)`. */
export function describeState(state: PortState): string {
  switch (state.kind) {
    case 'free':
      return state.by === 'engine' ? 'free, as far as the Docker engine knows' : 'free'
    case 'own':
      return `in use by this product's own stack (${state.container.service ?? state.container.name})`
    case 'other-product':
      return `in use by ${ownerName(state.stack)} (${describeContainer(state.container)})`
    case 'container':
      return `in use by ${describeContainer(state.container)}`
    case 'process':
      return `in use by process ${state.name} (pid ${state.pid})`
    case 'held':
      return `in use by ${state.reason}`
    case 'unknown':
      return `unknown: ${state.reason}`
  }
}

function describeContainer({ name, image, project }: Container): string {
  return project === null ? `container ${name}, image ${image}` : `container ${name} of project ${project}`
}

/** What a reader has to know about the engine that was asked; null if it is this machine's and answers. */
export function describeEngine({ endpoint, remote, silence }: Engine): string | null {
  const where = remote ? `the remote Docker engine ${endpoint}` : 'the Docker engine'
  if (silence?.code === 'no-client') return 'Containers are not known: no docker client is installed.'
  if (silence !== null) return `Containers are not known: ${where} does not answer (${silence.reason}).`
  return remote ? `Ports are as ${where} tells; what else listens there is not known.` : null
}
