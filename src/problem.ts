/**
 * A problem is data: a bad file, a port that does not fit, a name that is not there. It is collected, not
 * thrown, so that a user sees all of them in one run. This file holds the type and the one table of codes;
 * `docs/problems.md` is checked against the table.
 */

export type Severity = 'error' | 'warning'

/** Where a problem is: a file as shown to people (relative to the workspace), and where known its line and column, from 1. */
export interface Place {
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** One thing that is wrong, and what to do next. @typeParam Code the codes of another table than this file's: those of `feature lint` */
export interface Problem<Code extends string = ProblemCode> extends Place {
  readonly code: Code
  readonly severity: Severity
  /** What is wrong, in one sentence, without the place. May hold text from files: escape it when it is printed. */
  readonly message: string
  /** What to do about it. */
  readonly next: string
}

interface ProblemKind {
  readonly severity: Severity
  /** What the code stands for, as the docs say it. */
  readonly meaning: string
}

/** Every code. An error stops every write of the run; a warning does not. */
export const PROBLEMS = {
  'no-workspace': {
    severity: 'error',
    meaning: 'No folder upward contains `features/` and `products/`, or a Compose file.',
  },
  'no-product': {
    severity: 'error',
    meaning: 'The workspace has no product of that name, or none was named and there are several.',
  },
  'bad-name': {
    severity: 'error',
    meaning: 'A feature or product name does not match `[A-Za-z0-9][A-Za-z0-9._-]*`.',
  },
  'no-instance': {
    severity: 'error',
    meaning: 'The product has no instance of that name, or `--instance auto` finds none.',
  },
  'same-project': {
    severity: 'error',
    meaning: 'Several products or instances have the same Compose project name.',
  },
  'bad-project-name': {
    severity: 'error',
    meaning:
      'Docker Compose does not accept the `COMPOSE_PROJECT_NAME` of an env file, and would refuse to run.',
  },
  'no-feature': {
    severity: 'error',
    meaning: 'The workspace has no feature of that name, which a product lists or a command was given.',
  },
  'feature-exists': {
    severity: 'error',
    meaning: '`feature new` would write over what is there already.',
  },
  'bad-base-port': {
    severity: 'error',
    meaning:
      'The base port asked for is somebody else’s in some product, or one that gives trouble by itself.',
  },
  'cannot-edit': {
    severity: 'error',
    meaning: 'A file of the product cannot be edited without changing what else it says.',
  },
  'bad-settings': {
    severity: 'error',
    meaning: '`product.yaml` or `workspace.yaml` is not valid YAML, or holds a key or value that it may not.',
  },
  'unreadable-file': { severity: 'error', meaning: 'A file is there but cannot be read.' },
  'foreign-link': {
    severity: 'error',
    meaning:
      'A template is a link out of the workspace and its own folder, or a product env a link to a file that is not an env file by its name.',
  },
  'skipped-folder': {
    severity: 'warning',
    meaning: 'A folder holds what makes a product or feature, but its name is none.',
  },
  'skipped-file': {
    severity: 'warning',
    meaning: 'A template, Compose file or settings file has a name or folder under which it is not read.',
  },
  'no-env': { severity: 'error', meaning: 'The product has no product env yet.' },
  'env-file-off': {
    severity: 'warning',
    meaning: 'Compose would not read the product env: another variable switches it off.',
  },
  'no-env-example': { severity: 'error', meaning: '`--generate` found no `.env.example` in the product.' },
  'unread-include': {
    severity: 'warning',
    meaning:
      'An `include:` of the product’s Compose files has a variable that is not set, so its feature is not known.',
  },
  'no-template': { severity: 'warning', meaning: 'A feature of the product has no template.' },
  'env-refused': {
    severity: 'error',
    meaning: 'Docker Compose cannot parse the file and would refuse to run.',
  },
  'required-missing': {
    severity: 'warning',
    meaning: 'A value needs a variable (`${X:?}`) that only the shell could provide.',
  },
  'reserved-variable': {
    severity: 'error',
    meaning: 'A feature, or `ports:`, sets a variable that controls Compose or the shell.',
  },
  'duplicate-key': {
    severity: 'warning',
    meaning: 'A template states the same variable twice; the last one counts.',
  },
  conflict: {
    severity: 'warning',
    meaning:
      'Two features give one variable different values; the first feature wins, and `ports:` wins over all.',
  },
  'port-empty': {
    severity: 'warning',
    meaning: 'A port variable is empty or 0: Docker would publish a random host port.',
  },
  'port-not-a-number': {
    severity: 'warning',
    meaning: 'The value of a port variable is no port, so no offset reaches it.',
  },
  'port-out-of-range': {
    severity: 'error',
    meaning: 'A host port is above 65535, or its base port already is.',
  },
  'value-follows': {
    severity: 'warning',
    meaning: 'A value of the product refers to a variable that this run changes, and changes with it.',
  },
  'container-changes': {
    severity: 'error',
    meaning:
      'A value of the product env would change in containers that read it by `env_file`, though Compose reads it as before.',
  },
  'forward-reference': {
    severity: 'warning',
    meaning:
      'A value refers to a variable that is set only further down: Compose reads it as empty there, a container with `env_file` does not.',
  },
  'dropped-in-use': {
    severity: 'error',
    meaning: '`--refresh` or `--prune` would drop a variable that the product still refers to.',
  },
  'proof-failed': {
    severity: 'error',
    meaning: 'The new text would not read as planned, so it is not written.',
  },
  'broken-section': {
    severity: 'warning',
    meaning: 'A section mark has no counterpart; the text in between counts as the product’s own.',
  },
  'no-engine': {
    severity: 'warning',
    meaning: 'The Docker engine does not answer, or is on another machine: `--live` cannot say everything.',
  },
  collision: {
    severity: 'warning',
    meaning: 'The env file of another product has the same host port.',
  },
  'port-held': {
    severity: 'warning',
    meaning: 'Somebody else uses a port that the merge has just assigned.',
  },
  'no-port': { severity: 'error', meaning: 'The product has no port in a variable of that name.' },
  'no-offset': {
    severity: 'error',
    meaning: '`check --fix` finds no offset with which a product collides with nobody.',
  },
  'foreign-file': {
    severity: 'error',
    meaning: 'The file that an instance would have is there, and is an env file of somebody’s own.',
  },
  'hand-edited': { severity: 'error', meaning: 'A file that is to be removed holds text of somebody’s own.' },
  'changed-meanwhile': { severity: 'error', meaning: 'A file changed between reading and writing.' },
  'cannot-write': {
    severity: 'error',
    meaning: 'A file cannot be written: read-only, no space, no permission, or a link that is not followed.',
  },
  'cannot-isolate': {
    severity: 'error',
    meaning: 'A copy would use the same ports as the original, and no file can change that.',
  },
  'shared-host': {
    severity: 'warning',
    meaning: 'A copy shares devices or the host itself with the original.',
  },
  'compose-refused': {
    severity: 'error',
    meaning: 'Docker Compose cannot read a Compose file and would refuse to run.',
  },
  'compose-missing': {
    severity: 'error',
    meaning: 'A Compose file that is named, included or extended is not there.',
  },
  'compose-remote': {
    severity: 'warning',
    meaning: 'An included or extended Compose file is remote, and so is not looked at.',
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof PROBLEMS

/** Makes a problem; its severity is the table's. */
export function problem(code: ProblemCode, place: Place, message: string, next: string): Problem {
  return { code, severity: PROBLEMS[code].severity, ...place, message, next }
}

/** Codes of what was not looked at, or not all of it. */
const NOT_READ: ReadonlySet<ProblemCode> = new Set([
  'unreadable-file',
  'bad-settings',
  'no-feature',
  'env-refused',
  'unread-include',
  'compose-refused',
  'compose-missing',
  'compose-remote',
])

/** The files that a run could not read, or not follow, so that it does not know everything. */
export function notRead(problems: readonly Problem[]): string[] {
  const files = problems.flatMap(({ code, file }) => (NOT_READ.has(code) ? (file ?? []) : []))
  return [...new Set(files)]
}

/** Whether any of them forbids a write. */
export function hasErrors(problems: readonly Problem<string>[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}

/** Each problem once: what is wrong with a file that several products or instances read is found again in each. */
export function unique<P extends Problem<string>>(problems: readonly P[]): P[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
