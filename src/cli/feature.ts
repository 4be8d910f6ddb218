/** The `feature` command, for those who write features. */
import type { ExitCode, Host } from './host.js'
import { ALL_FORMATS, parsePort, runProgram } from './program.js'

/** Runs the command. */
export function feature(host: Host): Promise<ExitCode> {
  const program = {
    name: 'feature',
    description: 'Create and check features that run side by side in many Compose products on one host.',
    examples: ['feature new redis', 'feature lint'],
    page: 'feature-authors.md',
  } as const
  return runProgram(host, program, (add) => {
    add({
      name: 'list',
      description: 'list the features: variables, base ports, services, and the products that use them',
      examples: ['feature list', 'feature list --json'],
      page: 'feature-authors.md',
      load: async () => (await import('./feature-list.js')).featureList,
    })
    add({
      name: 'new',
      description: 'create a feature: a folder with a .env.example and a Compose file',
      examples: ['feature new redis', 'feature new minio --add-to shop --dry-run'],
      page: 'feature-authors.md',
      load: async () => (await import('./feature-new.js')).featureNew,
    })
      .argument('<name>')
      .option('--port <port>', 'the base port on the host (default: a port free in every product)', parsePort)
      .option('--image <image>', 'the image that its service runs, such as redis:7')
      .option(
        '--container-port <port>',
        'the port that the service listens on; known for well-known images',
        parsePort,
      )
      .option(
        '--add-to <product>',
        'also add the feature to a product; may be repeated',
        (product: string, others: readonly string[] = []) => [...others, product],
      )
      .option('-n, --dry-run', 'show what would be written, and write nothing')
      .option('-q, --quiet', 'print only problems')
    add({
      name: 'lint',
      description: 'check that a feature runs in two products side by side: template, Compose file, ports',
      examples: ['feature lint', 'feature lint redis --fix --dry-run'],
      page: 'lint.md',
      formats: ALL_FORMATS,
      load: async () => (await import('./feature-lint.js')).featureLint,
    })
      .argument('[feature...]', 'only these; all if omitted')
      .option('--fix', 'fix everything that needs no decision')
      .option('-n, --dry-run', 'with --fix: show the changes as a diff, and write nothing')
      .option('--strict', 'exit with 1 on a warning too')
      .option('-q, --quiet', 'print only problems')
  })
}
