/**
 * Strings that Compose turns into a number, a size, a duration or a boolean after it has passed their form
 * (compose-go 2.9.1, `loader/interpolate.go` and the decoding of its types).
 */
import type { Problem } from '../problem.js'
import { isOpen } from './check-keys.js'
import { get, type MappingNode, type Node } from './node.js'
import { problemAt } from './problems.js'

interface Format {
  readonly pattern: RegExp
  readonly what: string
  readonly example: string
}

const NUMBER = String.raw`[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?`
const SIZE: Format = {
  pattern: new RegExp(`^(?!-)${NUMBER} ?(?:b|[kmgtp](?:i?b)?)?$`, 'i'),
  what: 'a size',
  example: '512m',
}
const DURATION: Format = {
  pattern: /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+)$/,
  what: 'a duration with its unit',
  example: '30s',
}
const INTEGER: Format = { pattern: /^[-+]?\d+$/, what: 'a whole number', example: '2' }
const DECIMAL: Format = {
  pattern: new RegExp(`^(?:${NUMBER}|.*(?:inf|nan|0x).*)$`, 'i'),
  what: 'a number',
  example: '0.5',
}
const SWITCH: Format = {
  pattern: /^(true|y|yes|on|false|n|no|off)$/i,
  what: 'true or false',
  example: 'true',
}

type Row = { readonly steps: readonly string[]; readonly format: Format }

/** Rows of paths, in which `*` is every item or key. */
function rows(...formats: readonly (readonly [format: Format, paths: string])[]): Row[] {
  return formats.flatMap(([format, paths]) =>
    paths.split(' ').map((path) => ({ steps: path.split('.'), format })),
  )
}

const external = rows([SWITCH, 'external'])

/** What Compose casts as it reads a file, in services, too, that nothing uses or that a later file takes away. */
const CASTS: Readonly<Record<string, readonly Row[]>> = {
  services: rows(
    [INTEGER, 'cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares pids_limit scale'],
    [INTEGER, 'oom_score_adj healthcheck.retries ports.*.target ulimits.* ulimits.*.soft ulimits.*.hard'],
    [INTEGER, 'deploy.replicas deploy.update_config.parallelism deploy.rollback_config.parallelism'],
    [INTEGER, 'deploy.restart_policy.max_attempts deploy.placement.max_replicas_per_node'],
    [DECIMAL, 'cpus cpu_percent'],
    [DECIMAL, 'deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio'],
    [SWITCH, 'init privileged read_only tty stdin_open oom_kill_disable healthcheck.disable'],
    [SWITCH, 'volumes.*.read_only volumes.*.volume.nocopy'],
  ),
  networks: [...external, ...rows([SWITCH, 'internal attachable enable_ipv4 enable_ipv6'])],
  volumes: external,
  secrets: external,
  configs: external,
}

/** What it makes of a service once all files are read. */
const DECODED = rows(
  [SIZE, 'mem_limit mem_reservation memswap_limit mem_swappiness shm_size build.shm_size'],
  [SIZE, 'deploy.resources.limits.memory deploy.resources.reservations.memory volumes.*.tmpfs.size'],
  [DURATION, 'healthcheck.interval healthcheck.timeout healthcheck.start_period healthcheck.start_interval'],
  [DURATION, 'stop_grace_period deploy.restart_policy.delay deploy.restart_policy.window'],
  [DURATION, 'deploy.update_config.delay deploy.update_config.monitor'],
  [DURATION, 'deploy.rollback_config.delay deploy.rollback_config.monitor'],
  [INTEGER, 'secrets.*.mode configs.*.mode deploy.resources.limits.pids'],
  [DECIMAL, 'deploy.resources.limits.cpus deploy.resources.reservations.cpus'],
  [SWITCH, 'attach build.no_cache build.pull build.privileged volumes.*.bind.create_host_path'],
  [SWITCH, 'depends_on.*.restart env_file.*.required post_start.*.privileged pre_stop.*.privileged'],
)

/** Checks a file by itself. */
export function checkCasts(document: Node, problems: Problem[]): void {
  for (const [section, casts] of Object.entries(CASTS)) {
    const entries = get(document, section)
    if (entries?.kind !== 'mapping') continue
    for (const [name, { value }] of entries.entries) check(casts, value, `${section}.${name}`, problems)
  }
}

/** Checks the values of one service. */
export function checkFormats(name: string, service: MappingNode, problems: Problem[]): void {
  check(DECODED, service, `services.${name}`, problems)
}

function check(table: readonly Row[], from: Node, name: string, problems: Problem[]): void {
  for (const { steps, format } of table) {
    if (get(from, steps[0] as string) === undefined) continue
    for (const { node, path } of select(from, steps, name)) {
      if (node.kind !== 'scalar' || node.type !== 'string' || isOpen(node)) continue
      if (format.pattern.test(node.text)) continue
      const message = `Key ${path} must be ${format.what}`
      problems.push(problemAt('compose-refused', node, message, `Write ${format.example}, for example.`))
    }
  }
}

interface Selected {
  readonly node: Node
  readonly path: string
}

function select(node: Node, [step, ...rest]: readonly string[], path: string): Selected[] {
  if (step === undefined) return [{ node, path }]
  if (node.kind === 'scalar') return []
  const children: (readonly [string, Node])[] =
    node.kind === 'sequence'
      ? node.items.map((item, index) => [String(index), item])
      : [...node.entries].map(([key, { value }]) => [key, value])
  return children
    .filter(([key]) => step === '*' || step === key)
    .flatMap(([key, child]) => select(child, rest, `${path}.${key}`))
}
