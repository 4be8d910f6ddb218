/** The result of `feature lint`, as text, as JSON, and as annotations for GitHub. */
import { withoutEdits } from '../lint/rule.js'
import type { Severity } from '../problem.js'
import type { Lint } from '../tasks/lint.js'
import { annotation } from './annotation.js'
import { printable } from './escape.js'
import { count, counts, row, unreadLines } from './lines.js'
import { problemLines } from './problems.js'
import type { Style } from './style.js'

type LintResult = Omit<Lint, 'problems'>

/** The result of a run that stops before it lints anything. */
export const NOTHING_LINTED: LintResult = { features: 0, unread: [], findings: [], changes: null }

export function lintLines(
  { features, unread, findings, changes }: LintResult,
  dryRun: boolean,
  style: Style,
): string[] {
  const lines = problemLines(findings, style)
  const title = dryRun ? 'would fix' : 'fixed'
  for (const { file, codes } of changes ?? []) {
    lines.push(row(title, `${printable(file)}: ${codes.join(', ')}`, style, 11))
  }
  if (changes?.length === 0) lines.push(row(title, 'nothing', style, 11))
  if (lines.length > 0) lines.push('')
  const having = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length
  const fixable = changes === null ? findings.filter(({ edits }) => edits !== undefined).length : 0
  const hint = fixable === 0 ? '' : `; --fix resolves ${fixable} of them`
  const kinds = [
    [having('error'), 'error'],
    [having('warning'), 'warning'],
  ] as const
  const found = counts(kinds, unread)
  const left = dryRun ? '; would be left' : ''
  const what = `${count(features, 'feature')}${found === '' ? '' : `${left}: ${found}${hint}`}`
  return [...lines, row('linted', what, style, 11), ...unreadLines(unread, 11, style)]
}

/** As JSON (docs/json.md). */
export function lintJson({ features, unread, findings, changes }: LintResult) {
  return {
    features,
    unread,
    findings: findings.map((finding) => ({
      ...withoutEdits(finding),
      fixable: finding.edits !== undefined,
    })),
    changes: (changes ?? []).map(({ file, codes }) => ({ file, codes })),
  }
}

export function lintAnnotations({ findings }: LintResult): string[] {
  return findings.map((finding) =>
    annotation(finding.severity, finding, `${finding.message} [${finding.code}]\n${finding.next}`),
  )
}
