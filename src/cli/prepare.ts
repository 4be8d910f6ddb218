/** Shared by `product compose` and `product run`: what happens before the program runs, and how it ends. */
import { relative } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { type OwnerName, parseOwner } from '../tasks/named-survey.js'
import { type Prepared, prepareProduct } from '../tasks/prepare.js'
import { someOf } from '../workspace/names.js'
import type { Workspace } from '../workspace/workspace.js'
import {
  type Call,
  joined,
  machineOf,
  type OutputOptions,
  print,
  shellOf,
  styleOf,
  workspaceOf,
} from './command.js'
import type { ExitCode, RunOptions } from './host.js'

export interface PrepareOptions extends OutputOptions {
  readonly merge: boolean
  readonly print?: true
}

/**
 * Merges a product, and reports on stderr alone.
 * @param isStart a port that is held becomes an error later
 * @returns the exit code if there is an error
 */
export async function prepare(
  call: Call<PrepareOptions>,
  name: string,
  isStart: boolean,
): Promise<Prepared | ExitCode> {
  const { host, options } = call
  const workspace = await workspaceOf(call)
  if ('code' in workspace) return print(call, { problems: [workspace] })
  const named = ownerOf(workspace, host.cwd, name)
  if ('code' in named) return print(call, { problems: [...workspace.problems, named] })
  const { prepared, merge, problems } = await prepareProduct(workspace, named, {
    merge: options.merge ? (options.print ? 'plan' : 'write') : 'skip',
    shell: shellOf(host),
    machine: machineOf(host),
  })
  const written = merge?.products.filter((product) => product.written) ?? []
  if (merge !== null && written.length > 0) {
    const { mergeLines } = await import('../report/merge-text.js')
    const style = styleOf(host, 'stderr')
    const lines = written.flatMap((product) => [...mergeLines(product, merge.state, style, host.width), ''])
    host.stderr(joined(lines))
  }
  const shown = problems.filter(({ code }) => !isStart || code !== 'port-held')
  const exitCode = await print(call, { problems: shown })
  return prepared ?? exitCode
}

/** A dot is the product in the current directory: npm scripts do not depend on the name of a clone's folder then. */
function ownerOf({ root, layout, products }: Workspace, cwd: string, name: string): OwnerName | Problem {
  const named = parseOwner(name)
  if (named.product !== '.') return named
  const product = layout.productAt(relative(root, cwd))
  if (product !== null) return { ...named, product }
  const next = `Name one of them: ${someOf(products)}.`
  return problem('no-product', {}, 'The current directory is not in the folder of a product', next)
}

/** Runs a program with the input and outputs of this process. */
export async function runProgram(
  call: Call,
  [file, ...args]: readonly [string, ...string[]],
  options: RunOptions,
): Promise<ExitCode> {
  const { exitCode, failure } = await call.host.run(file, args, options)
  if (failure === null) return exitCode
  const message =
    failure === 'ENOENT' ? `Command ${file} was not found` : `Command ${file} cannot be started (${failure})`
  await print(call, { problems: [problem('no-command', {}, message, 'Check its name, and PATH.')] })
  return exitCode
}
