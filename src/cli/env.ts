/** `product env`: its options, and the job that they ask for. */
import type { Command } from 'commander'
import type { Problem } from '../problem.js'
import { badInstanceName } from '../workspace/names.js'
import type { Workspace } from '../workspace/workspace.js'
import { chooseProducts, type OutputOptions, print, usageError, workspaceOf } from './command.js'
import { merge } from './env-merge.js'
import type { ExitCode, Host } from './host.js'
import { type Action, examples, formatOption, jsonOption } from './program.js'

interface EnvOptions extends OutputOptions {
  readonly merge?: true
  readonly generate?: true
  readonly remove?: true
  readonly all?: true
  readonly instance?: string
  readonly as?: string
  readonly verify?: true
  readonly dev?: true
  readonly prod?: true
  readonly dryRun?: true
  readonly diff?: true
  readonly check?: true
  readonly refresh?: true
  readonly prune?: true
}

/** The input of each job. */
export interface EnvRun {
  readonly host: Host
  readonly workspace: Workspace
  readonly options: EnvOptions
  /** The products that are meant. */
  readonly names: readonly string[]
  /** Null for the products themselves. */
  readonly instance: string | null
}

/** Adds the command. */
export function addEnvCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('env')
    .description("merge the features' templates into a product's .env, or show what Compose reads")
    .argument('[product]', 'defaults to the product in the current directory, or to the only one')
    .option('--merge', "add the variables that the product's .env does not have, with ports shifted")
    .option('--generate', "create the .env from the product's own .env.example")
    .option('--all', 'for every product of the workspace')
    .option(
      '--instance <name>',
      "another copy of the product, with its own .env.<name>; 'auto' takes the name of the git worktree or branch",
    )
    .option(
      '--as <name>',
      'with --merge: make the product in this folder a copy of this name, as in a second clone',
    )
    .option('--remove', 'remove the files of an instance (with --instance), or of the copy in this folder')
    .option('--verify', 'with --merge: ask Docker Compose whether a copy is what was planned')
    .option('--dev', 'prefer .env.dev.example to .env.example')
    .option('--prod', 'prefer .env.prod.example to .env.example')
    .option('-n, --dry-run', 'with --merge: show what would be done, and write nothing')
    .option('--diff', 'with --merge: show it as a diff, and write nothing')
    .option('--check', 'with --merge: write nothing, and exit with 1 if a merge would change something')
    .option('--refresh', 'with --merge: rewrite unedited sections from the current templates')
    .option('--prune', 'with --merge: remove unedited sections of features that the product no longer has')
    .option('--reveal', 'show secret values')
    .option('-q, --quiet', 'print only problems')
    .addOption(formatOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('product env --merge shop', 'product env shop', 'commands.md'))
    .action((name: string | undefined, options: EnvOptions, command: Command) =>
      run(() => env(host, command, name, options)),
    )
}

async function env(
  host: Host,
  command: Command,
  name: string | undefined,
  options: EnvOptions,
): Promise<ExitCode> {
  const wrong = misuse(name, options)
  if (wrong !== null) return usageError(host, wrong)
  const nothing = { json: () => ({ products: [] }) }
  const workspace = await workspaceOf(host, command, options.dev ? 'dev' : options.prod ? 'prod' : null)
  if ('code' in workspace) return print(host, options, nothing, [workspace])
  const names = chooseProducts(workspace, host.cwd, name, options.all ?? false)
  if ('code' in names) return print(host, options, nothing, [...workspace.problems, names])
  const instance = await instanceOf(workspace, options.instance)
  if (instance !== null && typeof instance !== 'string')
    return print(host, options, nothing, [...workspace.problems, instance])
  const run: EnvRun = { host, workspace, options, names, instance }
  if (options.merge) return merge(run)
  if (options.generate) return (await import('./env-files.js')).generate(run)
  if (options.remove) return (await import('./env-files.js')).remove(run)
  return (await import('./env-show.js')).show(run)
}

async function instanceOf({ root }: Workspace, name: string | undefined): Promise<string | Problem | null> {
  if (name === undefined) return null
  if (name === 'auto') return (await import('../workspace/copies.js')).autoInstance(root)
  return badInstanceName(name) ?? name
}

/** Returns what is wrong with the options; null if nothing is. */
function misuse(name: string | undefined, options: EnvOptions): string | null {
  const { format, merge, generate, remove, instance, as, verify, all, dryRun, diff, check, dev, prod } =
    options
  if (merge && generate)
    return '--merge and --generate cannot be combined; --merge creates a missing .env too'
  if (remove && (merge || generate)) return '--remove cannot be combined with --merge or --generate'
  if (remove && format === 'json') return '--remove has no --json'
  if (generate && instance !== undefined) return '--generate cannot be combined with --instance; use --merge'
  if (name !== undefined && all) return `--all and the name ${name} cannot be combined`
  if (format === 'json' && diff) return '--json and --diff cannot be combined'
  if (as !== undefined && instance !== undefined) return '--as and --instance cannot be combined'
  if (verify && (dryRun || diff || check))
    return '--verify needs the files to be written, so it cannot be combined with --dry-run, --diff or --check'
  if (dev && prod) return '--dev and --prod cannot be combined'
  const needsMerge = (['dryRun', 'diff', 'check', 'refresh', 'prune', 'verify', 'as'] as const).find(
    (each) => options[each],
  )
  if (needsMerge === undefined || merge) return null
  return `--${needsMerge === 'dryRun' ? 'dry-run' : needsMerge} needs --merge`
}
