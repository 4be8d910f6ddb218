/** Parses the arguments and runs the command that they name. */
import { Command, CommanderError, Option } from 'commander'
import { printable } from '../report/escape.js'
import { type Format, USAGE_HINT } from './command.js'
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

declare const __VERSION__: string | undefined
/** Set by the build from package.json. */
const VERSION = typeof __VERSION__ === 'string' ? __VERSION__ : 'development'

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
