import type { Place, Problem, Severity } from '../problem.js'
import type { LintContext } from './context.js'

/**
 * A rule of the linter is a row of data: what it is called, why it is there, an example of each kind, and one
 * function. Everything else (the messages' form, docs/lint.md, the tests of the examples) is derived from the rows.
 */
export interface Rule<Code extends string = string> {
  /** Stable. Where `docs/problems.md` has a code for the same thing, it is that one. */
  readonly code: Code
  readonly group: RuleGroup
  /** An error: with it, the feature or a second product with it cannot run. A warning: it may not, or not as meant. */
  readonly severity: Severity
  /** What is wrong, as a sentence for the docs. */
  readonly meaning: string
  /** Why that is bad: what happens. */
  readonly reason: string
  /** Files of a workspace that break the rule, and the same files right; a feature `redis` is what is linted. */
  readonly bad: Example
  readonly good: Example
  /** Whether `--fix` can put right what the rule finds, and how. */
  readonly fix?: string
  readonly check: (context: LintContext) => Iterable<Found>
}

export type RuleGroup = 'env' | 'compose' | 'ports' | 'isolation'

/** Where the examples have their files. */
export const ENV = 'features/redis/.env.example'
export const COMPOSE = 'features/redis/compose.yaml'

/** A template, a Compose file, and a service in it that publishes the port. */
export const PORT = '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n'
export const REDIS = 'services:\n  redis:\n    image: redis:7\n'
export const PUBLISHED = `${REDIS}    ports:\n      - "\${REDIS_HOST_PORT}:6379"\n`

/** A file's path in the workspace → its text. */
export type Example = Readonly<Record<string, string>>

/** What a rule found in one place. */
export interface Found extends Place {
  readonly file: string
  readonly line: number
  readonly message: string
  readonly next: string
  /** What puts it right, all together or not at all; missing if that is for a person to decide. */
  readonly edits?: readonly Edit[]
  /** The numbers in whose place variables come with the edits, by variable: its own value may be another one. */
  readonly replaces?: Readonly<Record<string, string>>
}

/** @param place a line of a template, or a span of a Compose file */
export function found(
  { file, line, column }: { file: string; line: number; column?: number | undefined },
  message: string,
  next: string,
  fix: Pick<Found, 'edits' | 'replaces'> | null = null,
): Found {
  return { file, line, ...(column === undefined ? {} : { column }), message, next, ...fix }
}

/** What a rule found, with the rule. */
export interface Finding extends Found, Omit<Problem<string>, keyof Found> {}

/** A splice: `[start, end)` of the file's bytes gives way to `text` (a byte string). A file that is not there is empty. */
export interface Edit {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
}

/** What is wrong, without what would put it right. */
export function withoutEdits({ edits: _, replaces: __, ...finding }: Finding): Finding {
  return finding
}
