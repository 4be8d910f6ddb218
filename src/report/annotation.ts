/** Annotations for GitHub, which shows them at the file and line. */
import { type Problem, type Severity, unique } from '../problem.js'
import { printable } from './escape.js'

/**
 * A workflow command of GitHub Actions.
 * Source: GitHub's documentation, "Workflow commands"; the escapes of its toolkit.
 */
export function annotation(
  severity: Severity | 'notice',
  { file, line, column }: { readonly file?: string; readonly line?: number; readonly column?: number },
  message: string,
): string {
  // Printable first, as the log is shown on terminals.
  const data = (text: string) =>
    text.split('\n').map(printable).join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A')
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
  const properties = [
    file === undefined ? [] : [`file=${property(file)}`],
    line === undefined ? [] : [`line=${line}`],
    column === undefined ? [] : [`col=${column}`],
  ].flat()
  return `::${severity}${properties.length === 0 ? '' : ` ${properties.join(',')}`}::${data(message)}`
}

export function problemAnnotations(problems: readonly Problem[]): string[] {
  return unique(problems).map((each) => annotation(each.severity, each, `${each.message}\n${each.next}`))
}
