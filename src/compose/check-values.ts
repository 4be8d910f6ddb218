/**
 * What Compose refuses of the values of a file that has the right form: strings that it turns into a number, a size, a
 * duration or a boolean (compose-go 2.9.1, `loader/interpolate.go`), and keys that exclude each other (`loader/validate.go`).
 */
import type { Problem } from '../problem.js'
import { perEntry } from './interpolate.js'
import { get, isOpen, type Node, perNode, stringOf } from './node.js'
import { refused } from './problems.js'

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

interface Row {
  readonly rest: readonly string[]
  readonly format: Format
}

/** By the first step of a path. */
type Table = ReadonlyMap<string, readonly Row[]>

/** A table of paths, in which `*` is every item or key. */
function table(...formats: readonly (readonly [format: Format, paths: string])[]): Table {
  const rows = formats.flatMap(([format, paths]) => paths.split(' ').map((path) => ({ path, format })))
  const byStep = new Map<string, Row[]>()
  for (const { path, format } of rows) {
    const [first = '', ...rest] = path.split('.')
    byStep.set(first, [...(byStep.get(first) ?? []), { rest, format }])
  }
  return byStep
}

const external = table([SWITCH, 'external'])

/** Checked as Compose reads a file: even in services that nothing uses or that a later file takes away. */
const CASTS: Readonly<Record<string, Table>> = {
  services: table(
    [INTEGER, 'cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares pids_limit scale'],
    [INTEGER, 'oom_score_adj healthcheck.retries ports.*.target ulimits.* ulimits.*.soft ulimits.*.hard'],
    [INTEGER, 'deploy.replicas deploy.update_config.parallelism deploy.rollback_config.parallelism'],
    [INTEGER, 'deploy.restart_policy.max_attempts deploy.placement.max_replicas_per_node'],
    [DECIMAL, 'cpus cpu_percent'],
    [DECIMAL, 'deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio'],
    [SWITCH, 'init privileged read_only tty stdin_open oom_kill_disable healthcheck.disable'],
    [SWITCH, 'volumes.*.read_only volumes.*.volume.nocopy'],
  ),
  networks: table([SWITCH, 'external internal attachable enable_ipv4 enable_ipv6']),
  volumes: external,
  secrets: external,
  configs: external,
}

/** Checked in a service once all files are read. */
const DECODED = table(
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

/** Checks a file by itself, before or after its variables are expanded. */
export const checkFile = perNode((document): readonly Problem[] =>
  Object.entries(CASTS).flatMap(([section, casts]) => {
    const entries = get(document, section)
    if (entries?.kind !== 'mapping') return []
    return [...entries.entries].flatMap(([name, { value }]) => check(casts, value, `${section}.${name}`))
  }),
)

/** Checks a service of the merged files. */
export const checkService = perEntry(({ raw: name }, service): readonly Problem[] => {
  const problems = check(DECODED, service, `services.${name}`)
  const refuse = (node: Node, message: string, next: string) => problems.push(refused(node, message, next))
  const mode = get(service, 'network_mode')
  const networks = get(service, 'networks')
  const isAttached =
    (networks?.kind === 'mapping' && networks.entries.size > 0) ||
    (networks?.kind === 'sequence' && networks.items.length > 0)
  if (mode !== undefined && !isOpen(mode) && stringOf(mode) !== '' && isAttached)
    refuse(mode, `Service ${name} has both network_mode and networks`, 'Remove one of them.')
  const test = get(get(service, 'healthcheck'), 'test')
  const first = test?.kind === 'sequence' ? test.items[0] : undefined
  const word = stringOf(first)
  if (first !== undefined && word !== undefined && !isOpen(first) && !/^(CMD|CMD-SHELL|NONE)$/.test(word)) {
    const message = `The healthcheck.test list of service ${name} does not start with CMD, CMD-SHELL or NONE`
    refuse(first, message, 'Add CMD as the first item.')
  }
  const build = get(service, 'build')
  const inline = get(build, 'dockerfile_inline')
  if (inline !== undefined && stringOf(get(build, 'dockerfile')) !== undefined) {
    const message = `The build of service ${name} has both dockerfile and dockerfile_inline`
    refuse(inline, message, 'Remove one of them.')
  }
  return problems
})

function check(table: Table, from: Node, name: string): Problem[] {
  const problems: Problem[] = []
  const visit = (node: Node, [step, ...rest]: readonly string[], path: string, format: Format): void => {
    if (step !== undefined) {
      for (const [key, child] of childrenOf(node))
        if (step === '*' || step === key) visit(child, rest, `${path}.${key}`, format)
    } else if (node.kind === 'scalar' && node.type === 'string' && !isOpen(node)) {
      if (format.pattern.test(node.text)) return
      const next = `Write ${format.example}, for example.`
      problems.push(refused(node, `Key ${path} must be ${format.what}`, next))
    }
  }
  for (const [key, { value }] of from.kind === 'mapping' ? from.entries : []) {
    for (const { rest, format } of table.get(key) ?? []) visit(value, rest, `${name}.${key}`, format)
  }
  return problems
}

function childrenOf(node: Node): [string, Node][] {
  if (node.kind === 'scalar') return []
  return node.kind === 'sequence'
    ? node.items.map((item, index) => [String(index), item])
    : [...node.entries].map(([key, { value }]) => [key, value])
}
