/** Shared by the commands: their workspace, the products that they are about, and their output. */
import { relative } from 'node:path'
import type { Command } from 'commander'
import { encode } from '../env/bytes.js'
import type { Machine } from '../live/machine.js'
import { MAX_PORT } from '../ports/value.js'
import { hasErrors, type Problem, problem, unique } from '../problem.js'
import { printable, printableJson } from '../report/escape.js'
import { problemLines } from '../report/problems.js'
import { type Style, styles } from '../report/style.js'
import { findWorkspace } from '../workspace/find.js'
import type { Environment } from '../workspace/layout.js'
import { checkProduct, someOf } from '../workspace/names.js'
import { openWorkspace, type Workspace } from '../workspace/workspace.js'
import type { ExitCode, Host } from './host.js'

export type Format = 'text' | 'json' | 'github'

/** The options of a command that decide how its result is printed. */
export interface OutputOptions {
  readonly format?: Format
  readonly quiet?: true
  readonly reveal?: true
}

/** A result in each format, rendered when it is asked for. */
export interface Output {
  /** Lines, or a whole text; without it, only problems are printed. */
  readonly text?: () => readonly string[] | string
  /** The fields besides `version` and `problems`; `ok` only if more than problems count. */
  readonly json: () => object
  /** One line a finding. */
  readonly annotations?: () => readonly string[]
}

export const USAGE_HINT = 'Run it with --help for its arguments and options.'

/** Reports wrong usage that only the command itself can see. */
export function usageError(host: Host, message: string): ExitCode {
  host.stderr(`error: ${printable(message)}\n\n${USAGE_HINT}\n`)
  return 2
}

export const PORT_RANGE = `a port from 1 to ${MAX_PORT}`

/** Returns true for a port that is typed as people write it: not 0x50, 1e3 or 080. */
export function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= MAX_PORT
}

/** Opens the workspace that a command works in, or returns the problem. */
export async function workspaceOf(
  host: Host,
  command: Command,
  environment: Environment | null = null,
): Promise<Workspace | Problem> {
  const option = command.optsWithGlobals<{ readonly workspace?: string }>().workspace
  const named = option ?? (host.env['PRODUCT_WORKSPACE'] || undefined)
  const found = findWorkspace({ cwd: host.cwd, named })
  return typeof found === 'string' ? openWorkspace(found, environment) : found
}

/** Returns the named product, or all; by default the one in the current directory, or the only one. */
export function chooseProducts(
  workspace: Workspace,
  cwd: string,
  name: string | undefined,
  all: boolean,
): readonly string[] | Problem {
  const { products, layout } = workspace
  if (all && products.length > 0) return products
  const here = all ? null : layout.productAt(relative(workspace.root, cwd))
  const chosen = name ?? here ?? (products.length === 1 ? products[0] : undefined)
  if (chosen !== undefined) {
    const missing = checkProduct(workspace, chosen)
    if (missing === null) return [chosen]
    // A folder is not an argument, so its name is not wrong usage.
    return name === undefined ? { ...missing, file: layout.product(chosen).folder } : missing
  }
  if (products.length > 0) {
    const next = `Name one of them, or use --all: ${someOf(products)}.`
    return problem('no-product', {}, 'The workspace has several products, and none is named', next)
  }
  const next = `Create a folder ${layout.product('<name>').folder}.`
  return problem('no-product', {}, 'The workspace has no products', next)
}

/** Prints a result to stdout, and its problems to stderr. @returns the exit code of the problems */
export async function print(
  host: Host,
  { format = 'text', quiet, reveal }: OutputOptions,
  { text, json, annotations }: Output,
  found: readonly Problem[],
): Promise<ExitCode> {
  const problems = unique(found)
  if (format === 'json') {
    const document = { version: 1, ok: !hasErrors(problems), ...json(), problems }
    host.stdout(`${printableJson(document, reveal ?? false)}\n`)
  } else if (format === 'github') {
    const { problemAnnotations } = await import('../report/annotation.js')
    host.stdout(joined([...problemAnnotations(problems), ...(annotations?.() ?? [])]))
    return exitCodeOf(problems)
  } else if (!quiet && text !== undefined) {
    const result = text()
    host.stdout(typeof result === 'string' ? result : joined(result))
  }
  host.stderr(joined(problemLines(problems, styleOf(host, 'stderr'))))
  return exitCodeOf(problems)
}

export function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/** A name that is not valid is wrong usage: a problem of a file has its place. */
function exitCodeOf(problems: readonly Problem[]): ExitCode {
  if (problems.some(({ code, file }) => code === 'bad-name' && file === undefined)) return 2
  return hasErrors(problems) ? 1 : 0
}

/** Colour on a terminal or with FORCE_COLOR, and never with NO_COLOR (no-color.org: set and not empty). */
export function styleOf({ env, isTerminal }: Host, output: 'stdout' | 'stderr'): Style {
  const isForced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  return styles(!env['NO_COLOR'] && (isForced || (isTerminal[output] && env['TERM'] !== 'dumb')))
}

/** Returns the shell's variables as byte strings. */
export function shellOf({ env }: Host): Map<string, string> {
  const pairs = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return new Map(pairs.map(([name, value]) => [name, encode(value)]))
}

/** Returns the machine of the host; a Docker engine that keeps the run waiting is reported. */
export function machineOf({ machine, stderr }: Host): Machine {
  return {
    ...machine,
    engine: () => machine.engine((engine) => stderr(`Waiting for ${printable(engine)}\n`)),
  }
}
