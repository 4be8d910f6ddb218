/** `feature lint`: the rules for features, and their fixes. */
import { hasErrors } from '../problem.js'
import { lintAnnotations, lintJson, lintLines, NOTHING_LINTED } from '../report/lint.js'
import { lintFeatures } from '../tasks/lint.js'
import { type Call, inWorkspace, joined, type OutputOptions, requireOneOf, styleOf } from './command.js'
import type { ExitCode } from './host.js'

interface LintOptions extends OutputOptions {
  readonly fix?: true
  readonly dryRun?: true
  readonly strict?: true
}

export async function featureLint(call: Call<LintOptions>, names: readonly string[]): Promise<ExitCode> {
  const { fix = false, dryRun = false, strict = false } = call.options
  requireOneOf(call, 'dryRun', ['fix'])
  return inWorkspace(call, lintJson(NOTHING_LINTED), async (workspace) => {
    const lint = await lintFeatures(workspace, names, { fix, dryRun })
    const { findings, changes, problems } = lint
    const style = styleOf(call.host, 'stdout')
    // Loaded lazily: only a dry run shows a diff.
    const diffs = dryRun ? (await import('../report/diff.js')).fileDiffs(changes ?? [], style) : ''
    return {
      text: () => `${diffs}${joined(lintLines(lint, dryRun, style))}`,
      json: () => ({ ok: !hasErrors([...problems, ...findings]), ...lintJson(lint) }),
      annotations: () => lintAnnotations(lint),
      problems,
      isFailing: strict ? findings.length + problems.length > 0 : hasErrors(findings),
    }
  })
}
