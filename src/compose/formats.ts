/**
 * Strings that Compose turns into a number, a size, a duration or a boolean after it has passed their form
 * (compose-go 2.9.1, `loader/interpolate.go` and the decoding of its types).
 */
import type { Problem } from '../problem.js'
import { isOpen } from './check-keys.js'
import { problemAt } from './complain.js'
import type { MappingNode, Node } from './node.js'

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

/** Paths in a service, of which `*` is every item or key. */
const SERVICE: readonly (readonly [path: string, format: Format])[] = [
  ...[
    ...['mem_limit', 'mem_reservation', 'memswap_limit', 'shm_size', 'build.shm_size'],
    ...['deploy.resources.limits.memory', 'deploy.resources.reservations.memory', 'volumes.*.tmpfs.size'],
  ].map((path) => [path, SIZE] as const),
  ...[
    ...['interval', 'timeout', 'start_period', 'start_interval'].map((key) => `healthcheck.${key}`),
    ...['stop_grace_period', 'deploy.restart_policy.delay', 'deploy.restart_policy.window'],
    ...['update_config', 'rollback_config'].flatMap((key) => [
      `deploy.${key}.delay`,
      `deploy.${key}.monitor`,
    ]),
  ].map((path) => [path, DURATION] as const),
  ...[
    ...[
      'cpu_count',
      'cpu_period',
      'cpu_quota',
      'cpu_rt_period',
      'cpu_rt_runtime',
      'cpu_shares',
      'pids_limit',
    ],
    ...['scale', 'oom_score_adj', 'healthcheck.retries', 'deploy.replicas', 'ulimits.*'],
  ].map((path) => [path, INTEGER] as const),
  ...['cpus', 'cpu_percent', 'deploy.resources.limits.cpus', 'deploy.resources.reservations.cpus'].map(
    (path) => [path, DECIMAL] as const,
  ),
  ...[
    ...['init', 'privileged', 'read_only', 'tty', 'stdin_open', 'oom_kill_disable', 'attach'],
    ...['healthcheck.disable', 'volumes.*.read_only'],
  ].map((path) => [path, SWITCH] as const),
]

const PATHS = SERVICE.map(([path, format]) => ({ steps: path.split('.'), format }))

/** Checks the values of one service. */
export function checkFormats(name: string, service: MappingNode, problems: Problem[]): void {
  for (const { steps, format } of PATHS) {
    if (!service.entries.has(steps[0] as string)) continue
    for (const { node, path } of select(service, steps, `services.${name}`)) {
      if (node.kind !== 'scalar' || node.type !== 'string' || isOpen(node)) continue
      if (format.pattern.test(node.text)) continue
      const message = `${path} must be ${format.what}.`
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
