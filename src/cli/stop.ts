/** The end of a command that did not come to any product. */
import { hasErrors, type Problem } from '../problem.js'
import { problemAnnotations } from '../report/annotation.js'
import type { ExitCode, Host } from './host.js'
import { printJson, reportProblems } from './program.js'

/** Tells the problems. @param empty what the JSON document holds besides them; undefined if none is asked for */
export function stop(host: Host, empty: object | undefined, problems: readonly Problem[]): ExitCode {
  if (empty !== undefined) printJson(host, { ok: !hasErrors(problems), ...empty, problems })
  return reportProblems(host, problems)
}

/** Tells them in the format that is asked for. */
export function stopAs(
  host: Host,
  format: string | undefined,
  empty: object,
  problems: readonly Problem[],
): ExitCode {
  if (format === 'github') printAnnotations(host, problemAnnotations(problems))
  return stop(host, format === 'json' ? empty : undefined, problems)
}

/** For GitHub, a line each. */
export function printAnnotations(host: Host, annotations: readonly string[]): void {
  host.stdout(annotations.map((line) => `${line}\n`).join(''))
}
