import { type Problem, unique } from '../problem.js'
import { printable } from './escape.js'
import type { Style } from './style.js'

/** The problems, each with its next step on a line below. */
export function problemLines(problems: readonly Problem<string>[], style: Style): string[] {
  return unique(problems).flatMap((each) => [headline(each, style), `  ${printable(each.next)}`])
}

/** `features/redis/.env.example:3: error: … [port-out-of-range]` */
export function headline(
  { file, line, column, severity, message, code }: Omit<Problem<string>, 'next'>,
  style: Style,
): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const paint = severity === 'error' ? style.red : style.yellow
  const lead = place === '' ? '' : `${printable(place)}: `
  return `${lead}${paint(severity)}: ${printable(message)} ${style.dim(`[${code}]`)}`
}
