/** `product env`: its options, and the job that they ask for. */
import { relative } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { isOffset } from '../ports/offset.js'
import { type Problem, problem } from '../problem.js'
import { badInstanceName, checkProduct, someOf } from '../workspace/names.js'
import type { Workspace } from '../workspace/workspace.js'
import { type Call, inWorkspace, type OutputOptions, requireOneOf, wrongUsage } from './command.js'
import { merge } from './env-merge.js'
import type { ExitCode, Host } from './host.js'
import type { Add } from './program.js'

interface EnvOptions extends OutputOptions {
  readonly merge?: true
  readonly generate?: true
  readonly remove?: true
  readonly all?: true
  readonly instance?: string
  readonly as?: string
  readonly offset?: number
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
export interface EnvJob {
  readonly host: Host
  readonly workspace: Workspace
  readonly options: EnvOptions
  /** Of the products. */
  readonly names: readonly string[]
  /** Null for the products themselves. */
  readonly instance: string | null
}

export function addEnvCommand(add: Add): void {
  add({
    name: 'env',
    description: "merge the features' templates into a product's .env, or show what Compose reads",
    examples: ['product env --merge shop', 'product env shop'],
    page: 'commands.md',
    load: async () => env,
  })
    .argument('[product]', 'defaults to the product in the current directory, or to the only one')
    .addOption(
      new Option(
        '--merge',
        "add the variables that the product's .env does not have, with ports shifted",
      ).conflicts(['generate', 'remove']),
    )
    .addOption(
      new Option('--generate', "create the .env from the product's own .env.example").conflicts([
        'remove',
        'instance',
      ]),
    )
    .option('--all', 'for every product of the workspace')
    .option(
      '--instance <instance>',
      "another copy of the product, with its own .env.<name>; 'auto' takes the name of the git worktree or branch",
    )
    .addOption(
      new Option(
        '--as <name>',
        'with --merge: make the product in this folder a copy of this name, as in a second clone',
      ).conflicts('instance'),
    )
    .addOption(
      new Option(
        '--offset <number>',
        'with --merge: set the offset of the ports on this machine, in the env file, and move them',
      )
        .argParser(parseOffset)
        .conflicts('all'),
    )
    .option('--remove', 'remove the files of an instance (with --instance), or of the copy in this folder')
    .addOption(
      new Option('--verify', 'with --merge: ask Docker Compose whether a copy is what was planned').conflicts(
        ['dryRun', 'diff', 'check'],
      ),
    )
    .addOption(new Option('--dev', 'prefer .env.dev.example to .env.example').conflicts('prod'))
    .option('--prod', 'prefer .env.prod.example to .env.example')
    .option('-n, --dry-run', 'show what would be done, and write nothing')
    .option('--diff', 'with --merge: show it as a diff, and write nothing')
    .option('--check', 'with --merge: write nothing, and exit with 1 if a merge would change something')
    .option('--refresh', 'with --merge: rewrite unedited sections from the current templates')
    .option('--prune', 'with --merge: remove unedited sections of features that the product no longer has')
    .option('--reveal', 'show secret values')
    .option('-q, --quiet', 'print only problems')
}

async function env(call: Call<EnvOptions>, name: string | undefined): Promise<ExitCode> {
  const { host, options } = call
  if (name !== undefined && options.all) wrongUsage(call, `--all cannot be used with the name ${name}`)
  if (options.format === 'json' && options.diff) wrongUsage(call, '--diff cannot be used with --json')
  for (const option of ['diff', 'check', 'refresh', 'prune', 'verify', 'as', 'offset'])
    requireOneOf(call, option, ['merge'])
  requireOneOf(call, 'dryRun', ['merge', 'generate', 'remove'])
  const empty = options.remove ? { removed: [] } : { products: [] }
  const job = async (workspace: Workspace) => {
    const names = chooseProducts(workspace, host.cwd, name, options.all ?? false)
    if ('code' in names) return { problems: [...workspace.problems, names] }
    const instance = await instanceOf(workspace, options.instance)
    if (instance !== null && typeof instance !== 'string')
      return { problems: [...workspace.problems, instance] }
    const job: EnvJob = { host, workspace, options, names, instance }
    if (options.merge) return merge(job)
    if (options.generate) return (await import('./env-files.js')).generate(job)
    if (options.remove) return (await import('./env-files.js')).remove(job)
    return (await import('./env-show.js')).show(job)
  }
  return inWorkspace(call, empty, job, options.dev ? 'dev' : options.prod ? 'prod' : null)
}

/** Returns the named product, or all; by default the one in the current directory, or the only one. */
function chooseProducts(
  workspace: Workspace,
  cwd: string,
  name: string | undefined,
  all: boolean,
): readonly string[] | Problem {
  const { products, layout } = workspace
  if (all && products.length > 0) return products
  const here = all ? null : layout.productAt(relative(workspace.root, cwd))
  const chosen = name ?? here ?? layout.defaultProduct ?? (products.length === 1 ? products[0] : undefined)
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
  const next = 'Create one: product new NAME'
  return problem('no-product', {}, 'The workspace has no products', next)
}

async function instanceOf({ root }: Workspace, name: string | undefined): Promise<string | Problem | null> {
  if (name === undefined) return null
  if (name === 'auto') return (await import('../workspace/copies.js')).autoInstance(root)
  return badInstanceName(name) ?? name
}

function parseOffset(text: string): number {
  if (isOffset(text)) return Number(text)
  throw new InvalidArgumentError('Use a whole number from 0 to 65535.')
}
