/** Problems are data, collected so that a user sees all of them in one run. A test checks docs/problems.md against the table. */

export type Severity = 'error' | 'warning'

export interface Place {
  /** As shown to people: relative to the workspace. */
  readonly file?: string
  /** Both from 1. */
  readonly line?: number
  readonly column?: number
}

/** One thing that is wrong. @typeParam Code the codes below, or those of `feature lint` */
export interface Problem<Code extends string = ProblemCode> extends Place {
  readonly code: Code
  readonly severity: Severity
  /** One sentence, without the place. May contain text from files: escape it when it is printed. */
  readonly message: string
  /** The next step. */
  readonly next: string
}

/** A row of the table, with what the code means in the docs. */
interface ProblemKind {
  readonly severity: Severity
  readonly meaning: string
}

const error = (meaning: string): ProblemKind => ({ severity: 'error', meaning })
const warning = (meaning: string): ProblemKind => ({ severity: 'warning', meaning })

/** Every code. An error stops every write of the run; a warning does not. */
export const PROBLEMS = {
  'no-workspace': error('No folder upward contains `features/` and `products/`, or a Compose file.'),
  'inside-workspace': error('`product init` was run in a folder of another workspace.'),
  'no-product': error('The workspace has no product of that name, or none was named and there are several.'),
  'product-exists': error(
    '`product new` would overwrite existing files, or share the project of another product.',
  ),
  'bad-name': error('A feature or product name does not match `[A-Za-z0-9][A-Za-z0-9._-]*`.'),
  'no-instance': error('The product has no instance of that name, or `--instance auto` finds none.'),
  'same-project': error('Several products or instances have the same Compose project name.'),
  'bad-project-name': error(
    'Docker Compose does not accept the `COMPOSE_PROJECT_NAME` of an env file, and would refuse to run.',
  ),
  'no-feature': error('The workspace has no feature of that name.'),
  'feature-drift': warning('The features in `product.yaml` and those that the Compose files include differ.'),
  'feature-exists': error('`feature new` would overwrite existing files.'),
  'bad-base-port': error('The base port is already used in some product, or is likely to cause problems.'),
  'cannot-edit': error('A file of the product cannot be edited without changing its other settings.'),
  'bad-settings': error(
    '`product.yaml`, `feature.yaml` or `workspace.yaml` is not valid YAML, or has a key or value that is not allowed.',
  ),
  'bad-offset': error(
    '`PRODUCT_OFFSET` in an env file is not a whole number from 0 to 65535, or moves nothing.',
  ),
  'skipped-value': warning(
    'A value of `[tool.splent.config]` cannot be a variable, because of its name or type.',
  ),
  'unreadable-file': error('A file exists but cannot be read.'),
  'foreign-link': error(
    'A template is a link out of the workspace and its own folder, or a product env is a link to a file whose name is not that of an env file.',
  ),
  'skipped-folder': warning('A folder has the files of a product or feature, but its name is not valid.'),
  'skipped-file': warning(
    'A template, Compose file or settings file is not read, because of its name or folder.',
  ),
  'no-env': error('The product has no product env yet.'),
  'env-not-ignored': warning('A merge has created an env file that git does not ignore.'),
  'env-differs': warning('In a SPLENT workspace, the env file keeps a value that SPLENT would write over.'),
  'env-file-off': warning('Compose does not read the product env, because a variable turns it off.'),
  'no-env-example': error('`--generate` found no `.env.example` in the product.'),
  'unread-include': warning(
    'An `include:` of the product’s Compose files uses a variable that is not set, so its feature is unknown.',
  ),
  'no-template': warning('A feature of the product has no template.'),
  'env-refused': error('Docker Compose cannot parse the file and would refuse to run.'),
  'required-missing': warning('A value needs a variable (`${X:?}`) that only the shell can provide.'),
  'reserved-variable': error('A feature, or `ports:`, sets a variable that controls Compose or the shell.'),
  'duplicate-key': warning('A template sets the same variable twice; the last one counts.'),
  conflict: warning(
    'Two features give one variable different values; the first feature wins, and `ports:` wins over all.',
  ),
  'port-empty': warning('A port variable is empty or 0: Docker would publish a random host port.'),
  'port-not-a-number': warning('The value of a port variable is not a port, so it is not shifted.'),
  'port-out-of-range': error('A host port or base port is above 65535.'),
  'value-follows': warning(
    'A value of the product refers to a variable that this run changes, so it changes too.',
  ),
  'container-changes': error(
    'A value of the product env would change in containers that read it by `env_file`.',
  ),
  'forward-reference': warning(
    'A value refers to a variable that is set further down: it is empty for Compose, but not for a container with `env_file`.',
  ),
  'dropped-in-use': error(
    '`--refresh` or `--prune` would remove a variable that the product still refers to.',
  ),
  'proof-failed': error('The new text would not be read as planned, so it is not written.'),
  'broken-section': warning('A section mark has no counterpart, so the text counts as the product’s own.'),
  'no-engine': warning(
    'The Docker engine does not answer, or is on another machine, so `--live` is incomplete.',
  ),
  collision: warning('The env file of another product has the same host port.'),
  'project-elsewhere': error(
    'The Compose project of a product was started from another folder, such as a second clone.',
  ),
  'containers-left': warning(
    'The containers of an instance or copy whose files were removed are still there.',
  ),
  'port-held': warning('A port that the merge has just assigned is already in use.'),
  'port-in-use': error('A port that `product compose` is about to start is used by somebody else.'),
  'no-port': error('The product has no port in a variable of that name.'),
  'unknown-port': warning(
    '`http:` in `product.yaml` has a name that is neither a variable nor a service with a host port.',
  ),
  'bad-host-name': error(
    'A host name of `product proxy` would not be valid, or two ports would have the same one.',
  ),
  'no-offset': error('`check --fix` finds no offset that avoids all collisions of a product.'),
  'foreign-file': error(
    'The file of a new instance, or one that is named with `-o`, already exists and is not one of product-env.',
  ),
  'hand-edited': error('A file that is to be removed contains text that product-env did not write.'),
  'changed-meanwhile': error('A file changed between reading and writing.'),
  'cannot-write': error(
    'A file cannot be written: read-only, no space, no permission, or a link that is not followed.',
  ),
  'cannot-isolate': error('A copy would use the same ports as the original, and no file can change that.'),
  'shared-host': warning('A copy shares devices or the host itself with the original.'),
  'no-compose': error('`--verify` or `product compose` needs Docker Compose, which is not installed.'),
  'no-command': error('The program that `product run` or `product compose` is to run cannot be started.'),
  'shell-wins': warning('The shell sets a variable of the product env to another value, which wins.'),
  'old-compose': warning('Docker Compose is too old to read the generated override of a copy.'),
  'compose-refused': error('Docker Compose cannot read a Compose file and would refuse to run.'),
  'compose-missing': error('A Compose file that is named, included or extended does not exist.'),
  'swarm-ignores': warning('Docker Swarm ignores what a Compose file sets, or does it otherwise.'),
  'not-for-swarm': error('Docker Swarm cannot run a service as its Compose file has it.'),
  'compose-remote': warning('An included or extended Compose file is remote, so it is not checked.'),
}

export type ProblemCode = keyof typeof PROBLEMS

export function problem(code: ProblemCode, place: Place, message: string, next: string): Problem {
  return { code, severity: PROBLEMS[code].severity, ...place, message, next }
}

/** Codes of files that a run could not read, or not follow. */
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

/** Returns the files that a run could not read, or not follow. */
export function notRead(problems: readonly Problem[]): string[] {
  const files = problems.flatMap(({ code, file }) => (NOT_READ.has(code) ? (file ?? []) : []))
  return [...new Set(files)]
}

export function hasErrors(problems: readonly Problem<string>[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}

/** Removes repeated problems: each product or instance that reads a bad file reports it. */
export function unique<P extends Problem<string>>(problems: readonly P[]): P[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
