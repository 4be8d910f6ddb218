import type { Place, Problem, Severity } from '../problem.js'
import type { LintContext } from './context.js'

/** A rule is a row of data; its docs and the tests of its examples are derived from it. */
export interface Rule<Code extends string = string> {
  /** Stable; the same as in `docs/problems.md` for the same problem. */
  readonly code: Code
  readonly group: RuleGroup
  /** Error: the feature, or a second product with it, cannot run. */
  readonly severity: Severity
  /** A sentence for the docs. */
  readonly meaning: string
  /** The consequences. */
  readonly reason: string
  /** Workspaces that break and follow the rule, in feature `redis`. */
  readonly bad: Example
  readonly good: Example
  /** What `--fix` does, if anything. */
  readonly fix?: string
  readonly check: (context: LintContext) => Iterable<Found>
}

export type RuleGroup = 'env' | 'compose' | 'ports' | 'isolation'

export const ENV = 'features/redis/.env.example'
export const COMPOSE = 'features/redis/compose.yaml'

/** A template, a Compose file, and a service in it that publishes the port. */
export const PORT = '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n'
export const REDIS = 'services:\n  redis:\n    image: redis:7\n'
export const PUBLISHED = `${REDIS}    ports:\n      - "\${REDIS_HOST_PORT}:6379"\n`

/** Texts by path in the workspace. */
export type Example = Readonly<Record<string, string>>

export interface Found extends Place {
  readonly file: string
  readonly line: number
  readonly message: string
  readonly next: string
  /** The fix; missing if it needs a decision. */
  readonly edits?: readonly Edit[]
  /** By variable, the number that it replaces: its own value may differ. */
  readonly replaces?: Readonly<Record<string, string>>
  /** By variable, its new name. */
  readonly renames?: Readonly<Record<string, string>>
}

/** @param place a line of a template, or a span of a Compose file */
export function found(
  { file, line, column }: { file: string; line: number; column?: number | undefined },
  message: string,
  next: string,
  fix: Pick<Found, 'edits' | 'replaces' | 'renames'> | null = null,
): Found {
  return { file, line, ...(column === undefined ? {} : { column }), message, next, ...fix }
}

export interface Finding extends Found, Omit<Problem<string>, keyof Found> {}

/** Replaces bytes `[start, end)` by `text`, a byte string. A missing file is empty. */
export interface Edit {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
}

export function withoutEdits({ edits: _, replaces: __, renames: ___, ...finding }: Finding): Finding {
  return finding
}
