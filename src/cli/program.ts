/** Parses the arguments and runs the command that they name. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { DOMAIN_PATTERN } from '../claims/host-names.js'
import { MAX_PORT } from '../ports/value.js'
import { printable } from '../report/escape.js'
import { type Call, type Format, joined, USAGE_HINT } from './command.js'
import type { ExitCode, Host } from './host.js'

/** The end of a help text: two commands to copy, and the page of docs/ with the rest. */
interface Help {
  readonly examples: readonly [string, string]
  readonly page: string
}

interface CommandDefinition extends Help {
  readonly name: string
  readonly description: string
  /** None for a command that prints what another program prints; text and JSON by default. */
  readonly formats?: readonly Format[]
  readonly load: () => Promise<(call: Call<never>, ...typed: never[]) => Promise<ExitCode>>
}

/** Adds a command, to which the caller adds arguments and options. */
export type Add = (definition: CommandDefinition) => Command

/** With annotations, for findings. */
export const ALL_FORMATS: readonly Format[] = ['text', 'json', 'github']

/** @param build adds the commands */
export async function runProgram(
  host: Host,
  { name, description, ...help }: Help & { readonly name: string; readonly description: string },
  build: (add: Add) => void,
): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const program = new Command(name)
    .description(description)
    .version(VERSION, '-V, --version')
    .addOption(workspaceOption())
    // Everything after the name of `product compose` belongs to Compose.
    .enablePositionalOptions()
    .addHelpText('after', helpText(help))
    .exitOverride()
    .configureOutput({
      writeOut: host.stdout,
      writeErr: host.stderr,
      // A message quotes what was typed, or what a script passed on.
      outputError: (message, write) => write(message.split('\n').map(printable).join('\n')),
    })
    .showHelpAfterError(`\n${USAGE_HINT}`)
  const formats = new Map<Command, readonly Format[]>()
  build((definition) => {
    const command = program.command(definition.name).description(definition.description)
    formats.set(command, definition.formats ?? ['text', 'json'])
    return command.addHelpText('after', helpText(definition)).action(async (...typed: unknown[]) => {
      const run = (await definition.load()) as (call: Call, ...typed: unknown[]) => Promise<ExitCode>
      exitCode = await run({ host, command, options: command.opts() }, ...typed.slice(0, -2))
    })
  })
  const completing = program.command('complete', { hidden: true }).argument('[words...]')
  completing.passThroughOptions().action(async (words: readonly string[]) => {
    const { complete } = await import('./complete.js')
    host.stdout(joined(await complete(program, host, words)))
  })
  for (const [command, choices] of formats) {
    command.addOption(workspaceOption().hideHelp())
    if (choices.length === 0) continue
    command
      .addOption(new Option('--format <format>', 'how to print the result').choices(choices).default('text'))
      .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }))
  }
  try {
    await program.parseAsync(host.args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : 2
  }
  return exitCode
}

function workspaceOption(): Option {
  return new Option(
    '-C, --workspace <dir>',
    'the workspace, instead of the nearest one upward (or PRODUCT_WORKSPACE)',
  )
}

declare const __VERSION__: string | undefined
/** Set by the build from package.json. */
const VERSION = typeof __VERSION__ === 'string' ? __VERSION__ : 'development'

function helpText({ examples: [first, second], page }: Help): string {
  return `\nExamples:\n  $ ${first}\n  $ ${second}\n\nDocs: docs/${page}`
}

/** Parses a port as people write it: not 0x50, 1e3 or 080. */
export function parsePort(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= MAX_PORT) return Number(text)
  throw new InvalidArgumentError(`Use a port from 1 to ${MAX_PORT}.`)
}

/** Parses a domain and the port of the proxy: `localhost:8080`. */
export function parseDomain(text: string): { readonly name: string; readonly port: number } {
  const [, name = '', port] = /^([^:]*)(?::(.*))?$/.exec(text) ?? []
  if (new RegExp(DOMAIN_PATTERN).test(name)) return { name, port: port === undefined ? 80 : parsePort(port) }
  throw new InvalidArgumentError(
    'Use lower-case letters, digits, "-" and ".", as in localhost or dev.test:8080.',
  )
}
