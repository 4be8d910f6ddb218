/** `product compose`: Docker Compose in a product's folder, after a merge. */
import { relative } from 'node:path'
import { parseStart } from '../compose/started.js'
import { type Problem, problem } from '../problem.js'
import { type Prepared, prepareProduct } from '../tasks/prepare.js'
import { planStart } from '../tasks/start.js'
import { type OwnerName, parseOwner } from '../tasks/survey.js'
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
import type { ExitCode } from './host.js'

interface ProgramOptions extends OutputOptions {
  readonly print?: true
  readonly merge: boolean
}

/** @param args those of Compose, verbatim */
export async function compose(
  call: Call<ProgramOptions>,
  name: string,
  args: readonly string[],
): Promise<ExitCode> {
  const { host, options } = call
  const ready = await prepare(call, name, args)
  if (typeof ready === 'number') return ready
  const { folder } = ready
  const found = await host.machine.composeCommand()
  const [file, ...own] = found ?? ['docker', 'compose']
  const all = [...own, ...ready.options, ...args]
  if (options.print) {
    host.stdout(`cd ${quoted(folder)} && ${[file, ...all].map(quoted).join(' ')}\n`)
    return 0
  }
  if (found === null) {
    const message = 'Neither `docker compose` nor `docker-compose` is installed'
    return print(call, { problems: [problem('no-compose', {}, message, 'Install Docker Compose.')] })
  }
  const start = await planStart(ready, args, shellOf(host), machineOf(host))
  const refused = await print(call, { problems: start?.problems ?? [] })
  if (refused !== 0) return refused
  // As after `cd`: Compose files may refer to ${PWD}.
  const { exitCode } = await host.run(file, all, { cwd: folder, env: { ...host.env, PWD: folder } })
  if (start?.isDetached && exitCode === 0) {
    const { urlLines } = await import('../report/ports.js')
    host.stderr(joined(urlLines(start.claims)))
  }
  return exitCode
}

/** Merges a product, and reports on stderr alone. @returns the exit code if an error is in the way */
async function prepare(
  call: Call<ProgramOptions>,
  name: string,
  args: readonly string[],
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
  // Before a start, a port that is held is an error of its own.
  const isStart = parseStart(args) !== null
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

/** Quotes a word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
