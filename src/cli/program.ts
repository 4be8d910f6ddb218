import { Command, CommanderError, Option } from 'commander'
import { encode } from '../env/bytes.js'
import { hasErrors, type Problem, unique } from '../problem.js'
import { printable, printableJson } from '../report/escape.js'
import { problemLines } from '../report/problems.js'
import { type Style, styles } from '../report/style.js'
import { findWorkspace } from '../workspace/find.js'
import type { Environment } from '../workspace/layout.js'
import { withoutFeatures } from '../workspace/names.js'
import { openWorkspace, type Workspace } from '../workspace/workspace.js'
import type { ExitCode, Host } from './host.js'

/** A command that says how it ended. */
export type Action = () => Promise<ExitCode>

/** Adds commands to a program; each calls `run` with what it wants done. */
type Build = (program: Command, run: (action: Action) => Promise<void>) => void

/**
 * Parses the arguments and runs the command that they name.
 */
export async function runProgram(
  host: Host,
  name: string,
  description: string,
  build: Build,
): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const program = new Command(name)
    .description(description)
    .version(VERSION, '-V, --version')
    .option(
      '-C, --workspace <dir>',
      'the workspace, instead of the nearest one upward (or PRODUCT_WORKSPACE)',
    )
    .exitOverride()
    .configureOutput({
      writeOut: host.stdout,
      writeErr: host.stderr,
      // A message quotes what was typed, or what a script passed on.
      outputError: (message, write) => write(message.split('\n').map(printable).join('\n')),
    })
    .showHelpAfterError(USAGE_HINT)
  build(program, async (action) => {
    exitCode = await action()
  })
  try {
    await program.parseAsync(host.args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : 2
  }
  return exitCode
}

const USAGE_HINT = 'Run it with --help for its arguments and options.'

declare const __VERSION__: string | undefined
/** Set by the build from package.json. */
const VERSION = typeof __VERSION__ === 'string' ? __VERSION__ : 'development'

/** How a result is printed. */
export type Format = 'text' | 'json' | 'github'

/** `--format`; `github` where there are findings to annotate. */
export function formatOption(formats: readonly Format[] = ['text', 'json']): Option {
  return new Option('--format <format>', 'how to print the result').choices(formats).default('text')
}

export function jsonOption(): Option {
  return new Option('--json', 'short for --format json').implies({ format: 'json' })
}

/** The end of a help text: two commands to copy, and the page with the rest. */
export function examples(first: string, second: string, page: string): string {
  return `\nExamples:\n  $ ${first}\n  $ ${second}\n\nDocs: docs/${page}`
}

/** Wrong usage that only the command itself can see: a message for stderr and exit code 2. */
export function usageError(host: Host, message: string): ExitCode {
  host.stderr(`error: ${printable(message)}\n\n${USAGE_HINT}\n`)
  return 2
}

/** The workspace that a command works in, or the problem. */
export async function workspaceOf(
  host: Host,
  command: Command,
  environment: Environment | null = null,
): Promise<Workspace | Problem> {
  const named =
    (command.optsWithGlobals()['workspace'] as string | undefined) ??
    (host.env['PRODUCT_WORKSPACE'] || undefined)
  const found = findWorkspace({ cwd: host.cwd, named })
  return typeof found === 'string' ? openWorkspace(found, environment) : found
}

/** The workspace of a command about features, or the problem. */
export async function featureWorkspaceOf(host: Host, command: Command): Promise<Workspace | Problem> {
  const workspace = await workspaceOf(host, command)
  return 'code' in workspace ? workspace : (withoutFeatures(workspace) ?? workspace)
}

/** A result with what went wrong on the way, which several products may have found. */
interface Result {
  readonly problems: readonly Problem[]
  readonly [field: string]: unknown
}

/** Prints a result as JSON: one document of version 1 (docs/json.md), with each problem once. */
export function printJson(host: Host, result: Result, reveal = false): void {
  const document = { version: 1, ...result, problems: unique(result.problems) }
  host.stdout(`${printableJson(document, reveal)}\n`)
}

/** Prints problems to stderr, each once. @returns 1 if there is an error among them, else 0 */
export function reportProblems(host: Host, problems: readonly Problem[]): ExitCode {
  const lines = problemLines(problems, styleOf(host, 'stderr'))
  if (lines.length > 0) host.stderr(`${lines.join('\n')}\n`)
  return hasErrors(problems) ? 1 : 0
}

/** Colour on a terminal or with FORCE_COLOR, and never with NO_COLOR (no-color.org: set and not empty). */
export function styleOf({ env, isTerminal }: Host, output: 'stdout' | 'stderr'): Style {
  const isForced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  return styles(!env['NO_COLOR'] && (isForced || (isTerminal[output] && env['TERM'] !== 'dumb')))
}

/** The shell's variables as byte strings. */
export function shellOf({ env }: Host): Map<string, string> {
  const pairs = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return new Map(pairs.map(([name, value]) => [name, encode(value)]))
}
