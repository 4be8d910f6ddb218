/** What Compose refuses once it has the whole project (compose-go 2.9.1, `loader/validate.go`), as far as no other file can help it. */
import type { Problem } from '../problem.js'
import { isOpen, REFERENCE } from './check-keys.js'
import type { NameUse } from './names.js'
import { get, type MappingNode, type Node, stringOf } from './node.js'
import { problemAt } from './problems.js'

/** Checks one service by itself. */
export function checkService(name: string, service: MappingNode, problems: Problem[]): void {
  const refuse = (node: Node, message: string, next = REFERENCE) => {
    problems.push(problemAt('compose-refused', node, message, next))
  }
  const mode = get(service, 'network_mode')
  const networks = get(service, 'networks')
  const isAttached =
    networks?.kind === 'mapping'
      ? networks.entries.size > 0
      : networks?.kind === 'sequence' && networks.items.length > 0
  if (mode !== undefined && !isOpen(mode) && stringOf(mode) !== '' && isAttached)
    refuse(mode, `Service ${name} has both network_mode and networks`, 'Remove one of them.')
  const test = get(get(service, 'healthcheck'), 'test')
  const first = test?.kind === 'sequence' ? test.items[0] : undefined
  const word = stringOf(first)
  if (first !== undefined && word !== undefined && !isOpen(first) && !/^(CMD|CMD-SHELL|NONE)$/.test(word))
    refuse(
      first,
      `The healthcheck.test list of service ${name} does not start with CMD, CMD-SHELL or NONE`,
      'Add CMD as the first item.',
    )
  const build = get(service, 'build')
  const inline = get(build, 'dockerfile_inline')
  if (inline !== undefined && stringOf(get(build, 'dockerfile')) !== undefined)
    refuse(
      inline,
      `The build of service ${name} has both dockerfile and dockerfile_inline`,
      'Remove one of them.',
    )
}

interface Dependent {
  readonly name: string
  readonly node: Node
  readonly names: readonly NameUse[]
}

/** Services that wait for each other in a circle, of which the first one is reported. */
export function checkCycles(services: readonly Dependent[], problems: Problem[]): void {
  const byName = new Map(services.map((service) => [service.name, service]))
  const state = new Map<string, 'open' | 'done'>()
  for (const { name: start } of services) {
    if (state.has(start)) continue
    // A stack of our own: a chain of a hundred thousand services would overflow that of the language.
    const stack = [{ name: start, next: dependenciesOf(byName.get(start)) }]
    state.set(start, 'open')
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const name = top.next.pop()
      if (name === undefined) {
        state.set(top.name, 'done')
        stack.pop()
      } else if (state.get(name) === 'open') {
        const names = stack.map((each) => each.name)
        const circle = [...names.slice(names.indexOf(name)), name]
        const { node } = byName.get(top.name) as Dependent
        const message = `Services depend on each other in a circle: ${circle.join(' → ')}`
        problems.push(problemAt('compose-refused', node, message, 'Remove one of these dependencies.'))
        return
      } else if (byName.has(name) && !state.has(name)) {
        state.set(name, 'open')
        stack.push({ name, next: dependenciesOf(byName.get(name)) })
      }
    }
  }
}

function dependenciesOf(service: Dependent | undefined): string[] {
  return (service?.names ?? []).filter(({ kind }) => kind === 'service').map(({ name }) => name)
}
