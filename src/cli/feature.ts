/** The `feature` command, for those who write features: each of its commands loads what it needs when it is asked for. */
import { type Command, Option } from 'commander'
import type { LintOptions } from './feature-lint.js'
import type { NewOptions } from './feature-new.js'
import type { ExitCode, Host } from './host.js'
import { type Action, runProgram } from './program.js'

/** Runs the command. */
export function feature(host: Host): Promise<ExitCode> {
  const description = 'Features that run side by side in many Compose products on one host.'
  return runProgram(host, 'feature', description, (program, run) => {
    addListCommand(program, host, run)
    addNewCommand(program, host, run)
    addLintCommand(program, host, run)
  })
}

function addListCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('list')
    .description('the features: their variables, base ports and services, and the products that use them')
    .option('--json', 'the result as JSON')
    .action((options: { json?: true }, command) =>
      run(async () => (await import('./feature-list.js')).listFeatures(host, command, options)),
    )
}

function addNewCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('new')
    .description('make a folder for a feature, with a .env.example and a Compose file')
    .argument('<name>')
    .option(
      '--port <port>',
      "the base port on the host; without it one that is free in every product's range",
    )
    .option('--image <image>', 'the image that its service runs: redis:7')
    .option('--container-port <port>', 'the port that the service listens on; known for well-known images')
    .option(
      '--add-to <product>',
      'give the feature to a product, too: product.yaml, and include of its Compose file',
    )
    .option('--dry-run', 'say what would be written, and write nothing')
    .action((name: string, options: NewOptions, command) =>
      run(async () => (await import('./feature-new.js')).newFeature(host, command, name, options)),
    )
}

function addLintCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('lint')
    .description('whether two products with a feature will run side by side: template, Compose file, ports')
    .argument('[feature...]', 'only these')
    .option('--fix', 'put right what can be put right without a choice')
    .option('--dry-run', 'with --fix: show the changes as a diff, and write nothing')
    .addOption(
      new Option('--format <format>', 'how to print').choices(['text', 'json', 'github']).default('text'),
    )
    .option('--strict', 'exit code 1 for warnings too')
    .action((names: string[], options: LintOptions, command) =>
      run(async () => (await import('./feature-lint.js')).lintFeatures(host, command, names, options)),
    )
}
