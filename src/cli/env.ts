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
import { type Action, usageError, workspaceOf } from './program.js'
import { stop } from './stop.js'

/** Adds the command. */
export function addEnvCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('env')
    .description(
      "merge the features' .env.example files into a product's .env, or show what Compose will see",
    )
    .argument('[product]', 'its name; without it the product you stand in, else the only one')
    .option(
      '--merge',
      "add what the product's features state and its .env lacks, ports shifted by the product's offset",
    )
    .option('--generate', "make the .env from the product's own .env.example")
    .option('--all', 'for every product of the workspace')
    .option(
      '--instance <name>',
      "a further copy of the product: its .env.<name>; 'auto' takes the git worktree's or branch's name",
    )
    .option('--remove', 'with --instance: remove its .env.<name>')
    .option('--dev', 'prefer .env.dev.example to .env.example')
    .option('--prod', 'prefer .env.prod.example to .env.example')
    .option('--dry-run', 'with --merge: report what would be done, and write nothing')
    .option('--diff', 'with --merge: show it as a unified diff, and write nothing')
    .option('--check', 'with --merge: write nothing, and exit with 1 if there is something to do')
    .option('--refresh', "with --merge: rewrite sections that nobody touched from today's templates")
    .option('--prune', 'with --merge: drop untouched sections of features that the product no longer has')
    .option('--reveal', "show the values of the product's own variables")
    .option('--json', 'the result as JSON')
    .option('--quiet', 'no report, only problems')
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
  if ('code' in workspace) return stop(host, options.json && { products: [] }, [workspace])
  const names = chooseProducts(workspace, host.cwd, name, options.all ?? false)
  if ('code' in names) return stop(host, options.json && { products: [] }, [...workspace.problems, names])
  const instance = await instanceOf(workspace, options.instance)
  if (instance !== null && typeof instance !== 'string') {
    return stop(host, options.json && { products: [] }, [...workspace.problems, instance])
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
  if (options.remove && options.json) return '--remove knows no --json'
  if (options.remove && options.instance === undefined) return '--remove needs --instance'
  if (options.generate && options.instance !== undefined) return '--generate knows no --instance; use --merge'
  if (name !== undefined && options.all) return `--all and the name ${name} do not go together`
  if (options.json && options.diff) return '--json and --diff do not go together'
  if (options.dev && options.prod) return '--dev and --prod do not go together'
  const needsMerge = (['dryRun', 'diff', 'check', 'refresh', 'prune'] as const).find(
    (option) => options[option],
  )
  if (needsMerge === undefined || options.merge) return null
  return `--${needsMerge === 'dryRun' ? 'dry-run' : needsMerge} needs --merge`
}
