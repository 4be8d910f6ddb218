/** The end of a command that did not come to any product. */
import { hasErrors, type Problem } from '../problem.js'
import { problemAnnotations } from '../report/annotation.js'
import type { ExitCode, Host } from './host.js'
import { type Format, printJson, reportProblems } from './program.js'

/** Prints the problems in a format. @param empty the fields of the JSON document besides them */
export function stop(
  host: Host,
  format: Format | undefined,
  empty: object,
  problems: readonly Problem[],
): ExitCode {
  if (format === 'github') printAnnotations(host, problemAnnotations(problems))
  if (format === 'json') printJson(host, { ok: !hasErrors(problems), ...empty, problems })
  return reportProblems(host, problems)
}

/** For GitHub, a line each. */
export function printAnnotations(host: Host, annotations: readonly string[]): void {
  host.stdout(annotations.map((line) => `${line}\n`).join(''))
}
