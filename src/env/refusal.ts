import { type Problem, problem } from '../problem.js'
import { decode } from './bytes.js'
import type { EnvRefusal } from './read.js'

const NEXT: Readonly<Record<EnvRefusal['kind'], string>> = {
  parse: 'Correct this line: with it, `docker compose` refuses to run, `down` included.',
  expansion: 'Write a literal dollar as $$, or put the value in single quotes.',
  required: 'Export the variable before `docker compose up`, or set it in the product env above this line.',
}

/** @param reason a byte string */
export function refusalMessage(reason: string): string {
  return `Docker Compose refuses this line: ${decode(reason)}`
}

/** Turns a refusal into a problem. @param isShellKnown whether the reading had the shell's variables */
export function refusalProblem(
  file: string,
  { kind, line, reason }: Omit<EnvRefusal, 'composeSays'>,
  isShellKnown = false,
): Problem {
  const place = { file, line }
  if (kind === 'required' && !isShellKnown) {
    const message = `Docker Compose will refuse this line unless the shell has the variable: ${decode(reason)}`
    return problem('required-missing', place, message, NEXT.required)
  }
  return problem('env-refused', place, refusalMessage(reason), NEXT[kind])
}
