/** `product env`: its options, and which of its jobs they ask for. */
import type { Command } from 'commander'
import type { Problem } from '../problem.js'
import { badInstanceName } from '../workspace/names.js'
import { loadProduct } from '../workspace/product.js'
import type { Workspace } from '../workspace/workspace.js'
import { generate } from './env-generate.js'
import { merge } from './env-merge.js'
import type { EnvOptions, EnvRun } from './env-run.js'
import type { ExitCode, Host } from './host.js'
import { chooseProducts } from './products.js'
import { type Action, examples, formatOption, jsonOption, usageError, workspaceOf } from './program.js'
import { stop } from './stop.js'

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
    .option('--remove', 'with --instance: remove its .env.<name>')
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
    .addHelpText('after', examples('product env --merge shop', 'product env shop', 'env-format.md'))
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
  const workspace = await workspaceOf(host, command, options.dev ? 'dev' : options.prod ? 'prod' : null)
  if ('code' in workspace) return stop(host, options.format, { products: [] }, [workspace])
  const names = chooseProducts(workspace, host.cwd, name, options.all ?? false)
  if ('code' in names) return stop(host, options.format, { products: [] }, [...workspace.problems, names])
  const instance = await instanceOf(workspace, options.instance)
  if (instance !== null && typeof instance !== 'string') {
    return stop(host, options.format, { products: [] }, [...workspace.problems, instance])
  }
  const products = await Promise.all(names.map((product) => loadProduct(workspace, product)))
  const problems = [...workspace.problems, ...products.flatMap((product) => product.problems)]
  const run: EnvRun = { host, workspace, options, products, instance, problems }
  if (options.merge) return merge(run)
  if (options.generate) return generate(run)
  if (options.remove) return (await import('./env-remove.js')).remove(run)
  return (await import('./env-show.js')).show(run)
}

async function instanceOf({ root }: Workspace, name: string | undefined): Promise<string | Problem | null> {
  if (name === undefined) return null
  if (name === 'auto') return (await import('../workspace/instances.js')).autoInstance(root)
  return badInstanceName(name) ?? name
}

/** Options that do not go together; null if they do. */
function misuse(name: string | undefined, options: EnvOptions): string | null {
  if (options.merge && options.generate)
    return '--merge and --generate do not go together; --merge creates a missing .env too'
  if (options.remove && (options.merge || options.generate)) return '--remove goes with no other job'
  if (options.remove && options.format === 'json') return '--remove knows no --json'
  if (options.remove && options.instance === undefined) return '--remove needs --instance'
  if (options.generate && options.instance !== undefined) return '--generate knows no --instance; use --merge'
  if (name !== undefined && options.all) return `--all and the name ${name} do not go together`
  if (options.format === 'json' && options.diff) return '--json and --diff do not go together'
  if (options.dev && options.prod) return '--dev and --prod do not go together'
  const needsMerge = (['dryRun', 'diff', 'check', 'refresh', 'prune'] as const).find(
    (option) => options[option],
  )
  if (needsMerge === undefined || options.merge) return null
  return `--${needsMerge === 'dryRun' ? 'dry-run' : needsMerge} needs --merge`
}
