import { type Problem, type ProblemCode, problem } from '../problem.js'
import { type Node, spanOf } from './node.js'

/** A message may quote a value, and a value may be megabytes. */
const MAX_MESSAGE = 300

/** A problem that stands at a node. */
export function problemAt(code: ProblemCode, node: Node, message: string, next: string): Problem {
  const { file, line, column } = spanOf(node)
  return problem(code, { file, line, column }, shorten(message), next)
}

/** The message, cut where it gets too long to read. */
export function shorten(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
