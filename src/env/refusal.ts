/** What Docker Compose refuses in an env file, as a problem for people. */
import { type Problem, problem } from '../problem.js'
import { decode } from './bytes.js'
import type { EnvRefusal } from './read.js'

/** What to do about each kind of refusal. */
const NEXT: Readonly<Record<EnvRefusal['kind'], string>> = {
  parse: 'Correct that line: with it, `docker compose` refuses to run, `down` included.',
  expansion: 'Correct that line; a literal dollar is written $$, or the value put in single quotes.',
  required: 'Export the variable before `docker compose up`, or set it in the product env above that line.',
}

/** That a line is refused. @param reason a byte string, as a reading gives it */
export function refusalMessage(reason: string): string {
  return `Docker Compose refuses this line: ${decode(reason)}`
}

/**
 * The problem that a refusal by Docker Compose is, in the file where it stands.
 * @param shellAsked whether the shell's variables were looked at: without them, one that is required may still come from there
 */
export function refusalProblem(
  file: string,
  { kind, line, reason }: Omit<EnvRefusal, 'composeSays'>,
  shellAsked = false,
): Problem {
  const place = { file, line }
  if (kind === 'required' && !shellAsked) {
    const message = `Docker Compose will refuse this line unless the shell has the variable: ${decode(reason)}`
    return problem('required-missing', place, message, NEXT.required)
  }
  return problem('env-refused', place, refusalMessage(reason), NEXT[kind])
}
