/** `feature lint`: the rules for features, and their fixes. */
import type { Command } from 'commander'
import { hasErrors } from '../problem.js'
import { lintAnnotations, lintJson, lintLines, NOTHING_LINTED } from '../report/lint.js'
import { lintFeatures } from '../tasks/lint.js'
import { joined, type OutputOptions, print, styleOf, usageError, workspaceOf } from './command.js'
import type { ExitCode, Host } from './host.js'

export interface LintOptions extends OutputOptions {
  readonly fix?: true
  readonly dryRun?: true
  readonly strict?: true
}

export async function featureLint(
  host: Host,
  command: Command,
  names: readonly string[],
  options: LintOptions,
): Promise<ExitCode> {
  const { fix = false, dryRun = false, strict = false } = options
  if (dryRun && !fix) return usageError(host, '--dry-run needs --fix')
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return print(host, options, { json: () => lintJson(NOTHING_LINTED) }, [workspace])
  const lint = await lintFeatures(workspace, names, { fix, dryRun })
  const { findings, changes, problems } = lint
  const style = styleOf(host, 'stdout')
  // Loaded lazily: only a dry run shows a diff.
  const diffs = dryRun ? (await import('../report/file-diff.js')).fileDiffs(changes ?? [], style) : ''
  const output = {
    text: () => `${diffs}${joined(lintLines(lint, dryRun, style))}`,
    json: () => ({ ok: !hasErrors([...problems, ...findings]), ...lintJson(lint) }),
    annotations: () => lintAnnotations(lint),
  }
  const exitCode = await print(host, options, output, problems)
  if (exitCode === 2) return exitCode
  const isFailing = strict ? findings.length + problems.length > 0 : hasErrors(findings)
  return isFailing ? 1 : exitCode
}
