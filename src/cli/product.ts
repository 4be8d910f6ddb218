/** The `product` command: each of its commands loads what it needs when it is asked for. */
import { type Command, Option } from 'commander'
import { OUTCOMES } from '../claims/claim.js'
import { SCHEME_NAMES } from '../ports/schemes.js'
import type { CheckOptions } from './check.js'
import type { OutputOptions } from './command.js'
import { addEnvCommand } from './env.js'
import type { ExitCode, Host } from './host.js'
import type { PortOptions } from './port.js'
import type { PortsOptions } from './ports.js'
import { type Action, examples, formatOption, jsonOption, runProgram } from './program.js'

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
    .description('list the products and their instances')
    .addOption(formatOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('product list', 'product list --json', 'ports.md'))
    .action((options, command) => run(async () => (await import('./list.js')).list(host, command, options)))
  program
    .command('ports')
    .description('list every host port, from the product envs and the Compose files')
    .argument('[product...]', 'only these; shop@blue is the instance blue alone')
    .option('--feature <name>', 'only ports of this feature')
    .addOption(
      new Option('--outcome <outcome>', 'only ports with this outcome').choices(Object.keys(OUTCOMES)),
    )
    .option('--live', 'show who uses each port right now')
    .addOption(formatOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('product ports', 'product ports shop --live', 'ports.md'))
    .action((names: string[], options: PortsOptions, command) =>
      run(async () => (await import('./ports.js')).ports(host, command, names, options)),
    )
  program
    .command('port')
    .description('print one port of a product, or explain how a name becomes a port')
    .argument('<name>', 'a product or instance (shop@blue); any name if VARIABLE is omitted')
    .argument('[variable]', 'print only its port')
    .addOption(
      new Option('--scheme <scheme>', 'how a name becomes a port (default: crc32)').choices(SCHEME_NAMES),
    )
    .option('--base <port>', 'the base port, for crc32')
    .addOption(formatOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('product port shop REDIS_HOST_PORT', 'product port shop --base 6380', 'ports.md'),
    )
    .action((name: string, variable: string | undefined, options: PortOptions, command) =>
      run(async () => (await import('./port.js')).port(host, command, name, variable, options)),
    )
  program
    .command('whois')
    .description('show which product owns a port, and who uses it right now')
    .argument('<port>')
    .addOption(formatOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('product whois 8672', 'product whois 8672 --json', 'ports.md'))
    .action((text: string, options: OutputOptions, command) =>
      run(async () => (await import('./whois.js')).whois(host, command, text, options)),
    )
  program
    .command('check')
    .description('find ports that collide, and ports likely to cause problems')
    .argument('[product...]', 'only what concerns these (shop@blue is an instance); all if omitted')
    .option('--fix', 'give products that collide another offset, written to product.yaml')
    .option('--refresh', 'with --fix: also merge the env files that change')
    .option('-n, --dry-run', 'with --fix: show what would be done, and write nothing')
    .option('--strict', 'exit with 1 on a hazard too')
    .option('--live', 'also find ports that somebody else uses right now')
    .option('-q, --quiet', 'print only problems')
    .addOption(formatOption(['text', 'json', 'github']))
    .addOption(jsonOption())
    .addHelpText('after', examples('product check', 'product check --fix --dry-run', 'ports.md'))
    .action((names: string[], options: CheckOptions, command) =>
      run(async () => (await import('./check.js')).check(host, command, names, options)),
    )
}
