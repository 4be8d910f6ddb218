/** What `feature lint` found, as text, as JSON, and as annotations for GitHub. */
import { type Finding, withoutEdits } from '../lint/rule.js'
import { annotation } from './annotation.js'
import { count, counts, unreadLines } from './count.js'
import { printable } from './escape.js'
import { problemLines } from './problems.js'
import type { Style } from './style.js'

/** What a run of the linter comes to. */
export interface LintResult {
  /** How many of those that are asked for were read. */
  readonly features: number
  /** The files of any feature that were not. */
  readonly unread: readonly string[]
  /** After the fix, where there is one. */
  readonly findings: readonly Finding[]
  /** With --fix: the files that were changed, or would be, and for which rules. */
  readonly changes: readonly LintChange[] | null
}

/** That of a run that came to no feature. */
export const NOTHING_LINTED: LintResult = { features: 0, unread: [], findings: [], changes: null }

/** A changed file. */
interface LintChange {
  readonly file: string
  /** The codes, each once. */
  readonly codes: readonly string[]
}

/** For people. @param dryRun whether the changes are only planned */
export function lintLines(
  { features, unread, findings, changes }: LintResult,
  dryRun: boolean,
  style: Style,
): string[] {
  const lines = problemLines(findings, style)
  const title = style.dim((dryRun ? 'would fix' : 'fixed').padEnd(9))
  for (const { file, codes } of changes ?? []) {
    lines.push(`  ${title}  ${printable(file)}: ${codes.join(', ')}`)
  }
  if (changes?.length === 0) lines.push(`  ${title}  nothing`)
  if (lines.length > 0) lines.push('')
  const having = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length
  const fixable = changes === null ? findings.filter(({ edits }) => edits !== undefined).length : 0
  const hint = fixable === 0 ? '' : `; --fix puts ${fixable} of them right`
  const kinds = [
    [having('error'), 'error'],
    [having('warning'), 'warning'],
  ] as const
  const found = counts(kinds, unread)
  const left = dryRun ? '; would be left' : ''
  const what = `${count(features, 'feature')}${found === '' ? '' : `${left}: ${found}${hint}`}`
  return [...lines, `  ${style.dim('linted'.padEnd(9))}  ${what}`, ...unreadLines(unread, 11, style)]
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

/** One annotation a finding: GitHub shows it at the file and line. */
export function lintAnnotations({ findings }: LintResult): string[] {
  return findings.map((finding) =>
    annotation(finding.severity, finding, `${finding.message} [${finding.code}]\n${finding.next}`),
  )
}
