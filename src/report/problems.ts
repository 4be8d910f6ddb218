import { type Place, type Problem, unique } from '../problem.js'
import { printable } from './escape.js'
import type { Style } from './style.js'

/**
 * Problems for people, two lines each:
 *
 *     features/redis/.env.example:3: error: … [port-out-of-range]
 *       what to do next
 */
export function problemLines(problems: readonly Problem<string>[], style: Style): string[] {
  return unique(problems).flatMap((problem) => {
    const { severity, message, next, code } = problem
    const paint = severity === 'error' ? style.red : style.yellow
    return [
      `${lead(problem)}${paint(severity)}: ${printable(message)} ${style.dim(`[${code}]`)}`,
      `  ${printable(next)}`,
    ]
  })
}

function lead(problem: Place): string {
  const place = placeOf(problem)
  return place === '' ? '' : `${place}: `
}

/** `features/redis/compose.yaml:5:10`, as far as it is known. */
function placeOf({ file, line, column }: Place): string {
  return [file === undefined ? undefined : printable(file), line, column]
    .filter((part) => part !== undefined)
    .join(':')
}
