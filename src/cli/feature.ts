/** The `feature` command, for those who write features: each of its commands loads what it needs when it is asked for. */
import type { Command } from 'commander'
import type { OutputOptions } from './command.js'
import type { LintOptions } from './feature-lint.js'
import type { NewOptions } from './feature-new.js'
import type { ExitCode, Host } from './host.js'
import { type Action, examples, formatOption, jsonOption, runProgram } from './program.js'

/** Runs the command. */
export function feature(host: Host): Promise<ExitCode> {
  const description = 'Create and check features that run side by side in many Compose products on one host.'
  return runProgram(host, 'feature', description, (program, run) => {
    addListCommand(program, host, run)
    addNewCommand(program, host, run)
    addLintCommand(program, host, run)
  })
}

function addListCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('list')
    .description('list the features: variables, base ports, services, and the products that use them')
    .addOption(formatOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('feature list', 'feature list --json', 'feature-authors.md'))
    .action((options: OutputOptions, command) =>
      run(async () => (await import('./feature-list.js')).featureList(host, command, options)),
    )
}

function addNewCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('new')
    .description('create a feature: a folder with a .env.example and a Compose file')
    .argument('<name>')
    .option('--port <port>', 'the base port on the host (default: one that is free in every product)')
    .option('--image <image>', 'the image that its service runs, such as redis:7')
    .option('--container-port <port>', 'the port that the service listens on; known for well-known images')
    .option('--add-to <product>', 'also add the feature to a product')
    .option('-n, --dry-run', 'show what would be written, and write nothing')
    .addHelpText(
      'after',
      examples('feature new redis', 'feature new minio --add-to shop --dry-run', 'feature-authors.md'),
    )
    .action((name: string, options: NewOptions, command) =>
      run(async () => (await import('./feature-new.js')).featureNew(host, command, name, options)),
    )
}

function addLintCommand(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('lint')
    .description('check that a feature runs in two products side by side: template, Compose file, ports')
    .argument('[feature...]', 'only these; all if omitted')
    .option('--fix', 'fix everything that needs no decision')
    .option('-n, --dry-run', 'with --fix: show the changes as a diff, and write nothing')
    .option('--strict', 'exit with 1 on a warning too')
    .addOption(formatOption(['text', 'json', 'github']))
    .addOption(jsonOption())
    .addHelpText('after', examples('feature lint', 'feature lint redis --fix --dry-run', 'lint.md'))
    .action((names: string[], options: LintOptions, command) =>
      run(async () => (await import('./feature-lint.js')).featureLint(host, command, names, options)),
    )
}
