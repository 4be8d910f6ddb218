/** The `product` command: each of its commands loads what it needs when it is asked for. */
import { type Command, Option } from 'commander'
import { OUTCOMES } from '../claims/claim.js'
import { SCHEME_NAMES } from '../ports/schemes.js'
import type { CheckOptions } from './check.js'
import { addEnvCommand } from './env.js'
import type { ExitCode, Host } from './host.js'
import type { PortOptions } from './port.js'
import type { PortsOptions } from './ports.js'
import { type Action, runProgram } from './program.js'

/** Runs the command. */
export function product(host: Host): Promise<ExitCode> {
  const description = 'The step before docker compose up, for many Compose products on one host.'
  return runProgram(host, 'product', description, (program, run) => {
    addEnvCommand(program, host, run)
    addPortCommands(program, host, run)
  })
}

function addPortCommands(program: Command, host: Host, run: (action: Action) => Promise<void>): void {
  program
    .command('list')
    .description('the products and their instances')
    .option('--json', 'the result as JSON')
    .action((options, command) => run(async () => (await import('./list.js')).list(host, command, options)))
  program
    .command('ports')
    .description('every host port of every product, from the product env and the Compose files')
    .argument('[product...]', 'only these; shop@blue is the instance blue alone')
    .option('--feature <name>', 'only ports of this feature')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(Object.keys(OUTCOMES)))
    .option('--live', 'say who uses each port right now')
    .option('--json', 'the result as JSON')
    .action((names: string[], options: PortsOptions, command) =>
      run(async () => (await import('./ports.js')).ports(host, command, names, options)),
    )
  program
    .command('port')
    .description('one port: of a variable of a product, or how a name becomes a number')
    .argument('<name>', "a product's or instance's (shop@blue), or without a variable any")
    .argument('[variable]', 'print only its port')
    .addOption(
      new Option('--scheme <scheme>', 'how a name becomes a port: crc32, unless said').choices(SCHEME_NAMES),
    )
    .option('--base <port>', 'the base port, for crc32')
    .option('--json', 'the result as JSON')
    .action((name: string, variable: string | undefined, options: PortOptions, command) =>
      run(async () => (await import('./port.js')).port(host, command, name, variable, options)),
    )
  program
    .command('whois')
    .description('which product owns a port, and who uses it right now')
    .argument('<port>')
    .option('--json', 'the result as JSON')
    .action((text: string, options: { json?: true }, command) =>
      run(async () => (await import('./whois.js')).whois(host, command, text, options)),
    )
  program
    .command('check')
    .description('find ports that collide, and ports that will give trouble')
    .argument('[product...]', 'only what concerns these (an instance is shop@blue); without names all')
    .option('--all', 'all products, as without names')
    .option('--fix', 'give products that collide another offset, written into product.yaml')
    .option('--refresh', 'with --fix: merge what has moved, too')
    .option('--dry-run', 'with --fix: say what would be done, and write nothing')
    .option('--strict', 'exit with 1 on a hazard, too')
    .option('--live', 'find ports that somebody else uses right now, too')
    .addOption(
      new Option('--format <format>', 'how to print the result')
        .choices(['text', 'json', 'github'])
        .default('text'),
    )
    .action((names: string[], options: CheckOptions, command) =>
      run(async () => (await import('./check.js')).check(host, command, names, options)),
    )
}
