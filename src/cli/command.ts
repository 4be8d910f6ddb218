/** Shared by the commands: their workspace and their output. */
import type { Command } from 'commander'
import { encode } from '../env/bytes.js'
import type { Machine } from '../live/machine.js'
import { hasErrors, type Problem, unique } from '../problem.js'
import { printable, printableJson } from '../report/escape.js'
import { problemLines } from '../report/problems.js'
import { type Style, styles } from '../report/style.js'
import { findWorkspace } from '../workspace/find.js'
import type { Environment } from '../workspace/layout.js'
import { openWorkspace, type Workspace } from '../workspace/workspace.js'
import type { ExitCode, Host } from './host.js'

export type Format = 'text' | 'json' | 'github'

/** The options of a command that decide how its result is printed. */
export interface OutputOptions {
  readonly format?: Format
  readonly quiet?: true
  readonly reveal?: true
}

/** A command as the user typed it. */
export interface Call<Options extends OutputOptions = OutputOptions> {
  readonly host: Host
  readonly command: Command
  readonly options: Options
}

/** A result in each format, rendered when it is asked for. */
export interface Result {
  /** Lines, or a whole text. */
  readonly text?: () => readonly string[] | string
  /** The fields besides `version` and `problems`; `ok` only if more than problems count. */
  readonly json?: () => object
  /** One line a finding. */
  readonly annotations?: () => readonly string[]
  readonly problems: readonly Problem[]
  /** A check found something, so the exit code is 1. */
  readonly isFailing?: boolean | undefined
}

export const USAGE_HINT = 'Run it with --help for its arguments and options.'

/** Ends the run: wrong usage that commander does not see. */
export function wrongUsage({ command }: Call, message: string): never {
  return command.error(`error: ${message}`)
}

/** Ends the run if an option, in camel case, is set without any of those that it belongs to. */
export function requireOneOf(call: Call, option: string, needed: readonly string[]): void {
  const options: Readonly<Record<string, unknown>> = { ...call.options }
  if (options[option] === undefined || needed.some((each) => options[each])) return
  const flag = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  wrongUsage(call, `--${flag} needs ${needed.map((each) => `--${each}`).join(' or ')}`)
}

/** Opens the workspace that a command works in, or returns the problem. */
export async function workspaceOf(
  call: Call,
  environment: Environment | null = null,
): Promise<Workspace | Problem> {
  const { cwd, env: shell } = call.host
  const found = findWorkspace({ cwd, named: namedWorkspace(call), shell })
  return typeof found === 'string' ? openWorkspace(found, environment, shell) : found
}

/** Returns the folder of `-C` or `PRODUCT_WORKSPACE`. */
export function namedWorkspace({ host, command }: Call): string | undefined {
  const { workspace } = command.optsWithGlobals<{ readonly workspace?: string }>()
  return workspace ?? (host.env['PRODUCT_WORKSPACE'] || undefined)
}

/** Runs a command in its workspace, and prints the result. @param empty the fields of a JSON document without a result */
export async function inWorkspace(
  call: Call,
  empty: object,
  run: (workspace: Workspace) => Promise<Result>,
  environment: Environment | null = null,
): Promise<ExitCode> {
  const workspace = await workspaceOf(call, environment)
  const result = 'code' in workspace ? { problems: [workspace] } : await run(workspace)
  return print(call, { json: () => empty, ...result })
}

/** Prints a result to stdout, and its problems to stderr. */
export async function print({ host, options }: Call, result: Result): Promise<ExitCode> {
  const { format = 'text', quiet, reveal = false } = options
  const { text, json, annotations } = result
  const problems = unique(result.problems)
  const exitCode = exitCodeOf(result)
  if (format === 'json') {
    const document = { version: 1, ok: !hasErrors(problems), ...json?.(), problems }
    host.stdout(`${printableJson(document, reveal)}\n`)
  } else if (format === 'github') {
    const { problemAnnotations } = await import('../report/annotation.js')
    host.stdout(joined([...problemAnnotations(problems), ...(annotations?.() ?? [])]))
    return exitCode
  } else if (!quiet && exitCode !== 2 && text !== undefined) {
    const shown = text()
    host.stdout(typeof shown === 'string' ? shown : joined(shown))
  }
  host.stderr(joined(problemLines(problems, styleOf(host, 'stderr'))))
  if (exitCode === 2) host.stderr(`\n${USAGE_HINT}\n`)
  return exitCode
}

export function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function exitCodeOf({ problems, isFailing }: Result): ExitCode {
  // In an argument, not in a file.
  if (problems.some(({ code, file }) => code === 'bad-name' && file === undefined)) return 2
  return isFailing || hasErrors(problems) ? 1 : 0
}

/** Colour on a terminal or with FORCE_COLOR, and never with NO_COLOR (no-color.org: set and not empty). */
export function styleOf({ env, isTerminal }: Host, output: 'stdout' | 'stderr'): Style {
  const isForced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  return styles(!env['NO_COLOR'] && (isForced || (isTerminal[output] && env['TERM'] !== 'dumb')))
}

/** Returns the shell's variables as byte strings. */
export function shellOf({ env }: Host): Map<string, string> {
  return new Map(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, encode(value)]])),
  )
}

/** Returns the machine of the host; a Docker engine that is slow to answer is reported. */
export function machineOf({ machine, stderr }: Host): Machine {
  return {
    ...machine,
    engine: () => machine.engine((engine) => stderr(`Waiting for ${printable(engine)}\n`)),
  }
}
