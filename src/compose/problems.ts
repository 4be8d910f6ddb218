import { type Problem, type ProblemCode, problem } from '../problem.js'
import { type Node, type ScalarNode, spanOf } from './node.js'

/** A message may quote a value, and a value may be megabytes. */
const MAX_MESSAGE = 300

const REFERENCE = 'See the Compose file reference: https://docs.docker.com/reference/compose-file/'

/** Returns a problem in the place of a node. */
export function problemAt(code: ProblemCode, node: Node, message: string, next: string): Problem {
  const { file, line, column } = spanOf(node)
  return problem(code, { file, line, column }, shorten(message), next)
}

/** Returns the problem that Compose refuses a node. */
export function refused(node: Node, message: string, next = REFERENCE): Problem {
  return problemAt('compose-refused', node, message, next)
}

/**
 * Returns the problem that a file which another one names cannot be read.
 * @param why null if there is no such file
 */
export function unreadAt(node: ScalarNode, what: string, path: string, why: string | null): Problem {
  const name = pathText(node, path)
  return why === null
    ? problemAt('compose-missing', node, `${what} does not exist: ${name}`, 'Correct the path.')
    : problemAt('unreadable-file', node, `${what} ${why}: ${name}`, 'Correct the path.')
}

/** Returns a path as written if it has variables, which may stand for secrets. */
export function pathText({ raw }: ScalarNode, path = raw): string {
  return raw.includes('$') ? raw : path
}

export function shorten(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
