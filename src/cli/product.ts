/** The `product` command. */
import { Argument, Option } from 'commander'
import { OUTCOMES } from '../claims/claim.js'
import { SCHEME_NAMES } from '../ports/schemes.js'
import { SHELLS } from '../report/completion.js'
import { addEnvCommand } from './env.js'
import type { ExitCode, Host } from './host.js'
import { ALL_FORMATS, parseDomain, parsePort, runProgram } from './program.js'
import { addWorkspaceCommands } from './workspace-program.js'

const NAMES = 'only these: shop with its instances, shop@ without them, shop@blue the instance alone'

/** Runs the command. */
export function product(host: Host): Promise<ExitCode> {
  const program = {
    name: 'product',
    description: 'The step before docker compose up, for many Compose products on one host.',
    examples: ['product env --merge shop', 'product list'],
    page: 'commands.md',
  } as const
  return runProgram(host, program, (add) => {
    addEnvCommand(add)
    add({
      name: 'list',
      description: 'list the products and their instances',
      examples: ['product list', 'product list --live'],
      page: 'running.md',
      load: async () => (await import('./list.js')).list,
    })
      .argument('[product[@instance]...]', NAMES)
      .option('--live', 'show what runs, in other worktrees too, and from which folder')
    add({
      name: 'ports',
      description: 'list every host port, from the product envs and the Compose files',
      examples: ['product ports', 'product ports shop --live'],
      page: 'ports.md',
      load: async () => (await import('./ports.js')).ports,
    })
      .argument('[product[@instance]...]', NAMES)
      .option('--feature <feature>', 'only ports of this feature')
      .addOption(
        new Option('--outcome <outcome>', 'only ports with this outcome').choices(Object.keys(OUTCOMES)),
      )
      .option('--live', 'show who uses each port right now')
    add({
      name: 'port',
      description: 'print one port of a product, or explain how a name becomes a port',
      examples: ['product port shop REDIS_HOST_PORT', 'product port shop --base 6380'],
      page: 'ports.md',
      load: async () => (await import('./port.js')).port,
    })
      .argument('<product[@instance]>', 'shop or shop@blue; any name if VARIABLE is omitted')
      .argument('[variable]', 'print only its port')
      .addOption(
        new Option('--scheme <scheme>', 'how a name becomes a port (default: crc32)').choices(SCHEME_NAMES),
      )
      .option('--base <port>', 'the base port, for crc32', parsePort)
    add({
      name: 'whois',
      description: 'show which product owns a port, and who uses it right now',
      examples: ['product whois 8672', 'product whois 8672 --json'],
      page: 'ports.md',
      load: async () => (await import('./whois.js')).whois,
    }).argument('<port>', '', parsePort)
    add({
      name: 'check',
      description: 'find ports that collide, and ports likely to cause problems',
      examples: ['product check', 'product check --fix --dry-run'],
      page: 'ports.md',
      formats: ALL_FORMATS,
      load: async () => (await import('./check.js')).check,
    })
      .argument('[product[@instance]...]', NAMES)
      .option('--fix', 'give products that collide another offset, written to product.yaml')
      .option('--refresh', 'with --fix: also merge the env files that change')
      .option('-n, --dry-run', 'with --fix: show what would be done, and write nothing')
      .option('--strict', 'exit with 1 on a hazard too')
      .option('--live', 'also find ports that somebody else uses right now')
      .option('-q, --quiet', 'print only problems')
    add({
      name: 'page',
      description: 'print one HTML page with the links of all products and a map of their ports',
      examples: ['product page -o ports.html', 'product page --live -o ports.html'],
      page: 'page.md',
      formats: [],
      load: async () => (await import('./page.js')).page,
    })
      .option('-o, --output <file>', 'write it to this file, instead of stdout')
      .option('--live', 'mark what is up')
    add({
      name: 'compose',
      description: "run docker compose in a product's folder, after a merge",
      examples: ['product compose shop up -d', 'product compose shop@blue logs -f'],
      page: 'running.md',
      formats: [],
      load: async () => (await import('./compose.js')).compose,
    })
      .argument('<product[@instance]>', 'shop or shop@blue; . is the product in the current directory')
      .argument('[args...]', 'the arguments of docker compose, passed on as they are')
      .option('--print', 'print the command line; run and write nothing')
      .option('--no-merge', 'do not merge first')
      .passThroughOptions()
    add({
      name: 'stack',
      description: "print a product's Compose model for docker stack deploy, after a merge",
      examples: ['product stack shop | docker stack deploy -c - shop', 'product stack shop -o stack.yaml'],
      page: 'swarm.md',
      formats: [],
      load: async () => (await import('./stack.js')).stack,
    })
      .argument('<product[@instance]>', 'shop or shop@blue; . is the product in the current directory')
      .option('-o, --output <file>', 'write it to a file, if it has changed, instead of printing it')
      .option('--no-merge', 'do not merge first')
    add({
      name: 'run',
      description: 'run a command on the host with the variables of the product env, after a merge',
      examples: ['product run shop npm run dev', "product run shop@blue sh -c 'echo $REDIS_HOST_PORT'"],
      page: 'running.md',
      formats: [],
      load: async () => (await import('./run.js')).run,
    })
      .argument('<product[@instance]>', 'shop or shop@blue; . is the product in the current directory')
      .argument('<command...>', 'the command with its arguments, passed on as they are')
      .option('--no-merge', 'do not merge first')
      .passThroughOptions()
    add({
      name: 'proxy',
      description: 'print the configuration of a reverse proxy that serves each product under its name',
      examples: ['product proxy --nginx', 'product proxy --caddy -o products.caddy'],
      page: 'proxy.md',
      formats: [],
      load: async () => (await import('./proxy.js')).proxy,
    })
      .option('--nginx', 'for nginx')
      .addOption(new Option('--caddy', 'for Caddy').conflicts('nginx'))
      .option(
        '--domain <domain[:port]>',
        'the end of each host name (default: localhost, port 80)',
        parseDomain,
      )
      .option('-o, --output <file>', 'write it to a file, if it has changed, instead of printing it')
    addWorkspaceCommands(add)
    add({
      name: 'completion',
      description: 'print a script with which a shell completes commands, options and names',
      examples: ['product completion bash >> ~/.bashrc', 'product completion zsh >> ~/.zshrc'],
      page: 'commands.md',
      formats: [],
      load: async () => (await import('./completion.js')).completion,
    }).addArgument(new Argument('<shell>').choices(SHELLS))
  })
}
