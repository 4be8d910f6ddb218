/**
 * A Compose model in the form that `docker stack deploy` takes: version 3.9 of the old format, as its schema in docker/cli has it.
 * It refuses what the format does not have, and ignores what Swarm cannot do.
 */

type Value = unknown
type Table = Readonly<Record<string, Value>>

/** What a service loses, and why. */
export interface SwarmLoss {
  /** Null for the whole model. */
  readonly service: string | null
  readonly message: string
  readonly next: string
  /** Without it, the stack would not start. */
  readonly isError: boolean
}

/** The keys of a service that Swarm obeys. */
const KEPT =
  words(`cap_add cap_drop command configs depends_on deploy dns dns_search entrypoint environment extra_hosts
  healthcheck hostname image init isolation labels logging networks ports read_only secrets stdin_open stop_grace_period
  stop_signal sysctls tmpfs tty ulimits user volumes working_dir credential_spec`)

/** Keys of Compose alone, whose loss changes nothing on a cluster. */
const NEEDLESS = words('profiles develop env_file attach pull_policy container_name restart build')

const KEYS: Readonly<Record<string, ReadonlySet<string>>> = {
  network: words('name driver driver_opts ipam external internal attachable labels'),
  volume: words('name driver driver_opts external labels'),
  config: words('name file external labels template_driver'),
  secret: words('name file external labels driver driver_opts template_driver'),
  healthcheck: words('test interval timeout retries start_period disable'),
  attachment: words('aliases ipv4_address ipv6_address'),
  bind: words('propagation'),
}

/**
 * Returns the document for `docker stack deploy -c -`, and what it cannot say.
 * @param model what `docker compose config --format json` prints, in which `$` is doubled already
 */
export function swarmModel(model: Table): {
  readonly document: Table
  readonly losses: readonly SwarmLoss[]
} {
  const losses: SwarmLoss[] = []
  const project = `${model['name']}`
  const lose = (service: string | null, message: string, next: string, isError = false): void => {
    losses.push({ service, message, next, isError })
  }
  const services = mapped(model['services'], (name, service) => serviceOf(name, service, lose))
  /** A name that Compose derives is left to Swarm, which derives it from the name of the stack. */
  const resources = (section: string, keys: ReadonlySet<string> | undefined) =>
    mapped(model[section], (name, resource) => {
      const kept = pick(resource, keys)
      if (kept['name'] === `${project}_${name}` && !kept['external']) delete kept['name']
      if (section === 'networks' && kept['driver'] === 'bridge') {
        delete kept['driver']
        lose(null, `Network ${name} is an overlay network on a cluster`, 'Remove driver: bridge.')
      }
      const isWritten = section === 'configs' || section === 'secrets'
      if (isWritten && kept['file'] === undefined && !kept['external'])
        lose(null, `${name} has no file, but Swarm takes ${section} only from files`, 'Use file:.', true)
      return kept
    })
  const document = {
    version: '3.9',
    services,
    networks: resources('networks', KEYS['network']),
    volumes: resources('volumes', KEYS['volume']),
    configs: resources('configs', KEYS['config']),
    secrets: resources('secrets', KEYS['secret']),
  }
  return { document: withoutEmpty(document), losses }
}

type Lose = (service: string, message: string, next: string, isError?: boolean) => void

function serviceOf(name: string, service: Table, lose: Lose): Table {
  const image = service['image']
  if (service['build'] !== undefined)
    lose(
      name,
      image === undefined ? 'Swarm builds no image, and the service has none' : 'Swarm builds no image',
      image === undefined
        ? 'Give it an image: in a registry.'
        : `Push ${image} to a registry that all nodes reach.`,
      image === undefined,
    )
  if (service['container_name'] !== undefined)
    lose(
      name,
      'Swarm names containers itself, so container_name has no effect',
      'Use the name of the service.',
    )
  for (const [other, { condition }] of Object.entries(
    table(service['depends_on']) as Record<string, Table>,
  )) {
    if (condition !== 'service_started')
      lose(name, `Swarm does not wait for ${other} (${condition})`, 'Let the program retry until it answers.')
  }
  for (const key of Object.keys(service)) {
    if (!KEPT.has(key) && !NEEDLESS.has(key))
      lose(
        name,
        `Swarm has no ${key}, so it has no effect`,
        'Remove it, or run the product with docker compose.',
      )
  }
  const deploy = deployOf(table(service['deploy']), service['restart'])
  return withoutEmpty({
    ...pick(service, KEPT),
    depends_on: Object.keys(table(service['depends_on'])),
    deploy,
    extra_hosts: list(service['extra_hosts']).map((host) => `${host}`.replace('=', ':')),
    healthcheck: pick(table(service['healthcheck']), KEYS['healthcheck']),
    networks: mapped(service['networks'], (_, each) => pick(each, KEYS['attachment'])),
    ports: list(service['ports']).map((each) => portOf(name, table(each), lose)),
    volumes: list(service['volumes']).map((each) => mountOf(name, table(each), lose)),
    configs: list(service['configs']).map(referenceOf),
    secrets: list(service['secrets']).map(referenceOf),
  })
}

/** A port of Swarm is open on every node. */
function portOf(service: string, { published, host_ip, mode, target, protocol }: Table, lose: Lose): Table {
  const port = { target, protocol, mode }
  if (host_ip !== undefined && host_ip !== '0.0.0.0' && host_ip !== '::')
    lose(
      service,
      `Swarm publishes ${published} on every address of every node, not only on ${host_ip}`,
      'Close the port by a firewall.',
    )
  if (published === undefined) {
    lose(service, `Swarm chooses the host port of ${target} itself, from 30000`, 'Set one: "8080:80".')
    return port
  }
  if (/^\d+$/.test(`${published}`)) return { ...port, published: Number(published) }
  lose(service, `Swarm does not choose a port from ${published}`, 'Set a single port.', true)
  return port
}

function mountOf(service: string, mount: Table, lose: Lose): Table {
  const { type, source, target, read_only, consistency, bind, volume, tmpfs } = mount
  if (type === 'bind')
    lose(
      service,
      `${source} must exist on each node that may run it`,
      'Use a volume with a driver that all nodes share.',
    )
  const size = table(tmpfs)['size']
  return withoutEmpty({
    ...{ type, source, target, read_only, consistency, volume: pick(table(volume), words('nocopy')) },
    bind: pick(table(bind), KEYS['bind']),
    tmpfs: size === undefined ? {} : { size: Number(size) },
  })
}

function referenceOf(reference: Value): Value {
  const { mode, ...rest } = table(reference)
  return mode === undefined ? reference : { ...rest, mode: Number.parseInt(`${mode}`, 8) }
}

/** Swarm restarts by `deploy.restart_policy`, not by `restart`. */
function deployOf(deploy: Table, restart: Value): Table {
  const [condition, attempts] = `${restart ?? ''}`.split(':')
  const policy =
    restart === undefined
      ? {}
      : {
          condition: condition === 'no' ? 'none' : condition === 'on-failure' ? 'on-failure' : 'any',
          ...(attempts === undefined ? {} : { max_attempts: Number(attempts) }),
        }
  const resources = mapped(deploy['resources'], (_, each) =>
    each['cpus'] === undefined ? each : { ...each, cpus: `${each['cpus']}` },
  )
  return withoutEmpty({ ...deploy, restart_policy: deploy['restart_policy'] ?? policy, resources })
}

function mapped(value: Value, change: (name: string, each: Table) => Table): Record<string, Table> {
  return Object.fromEntries(
    Object.entries(table(value)).map(([name, each]) => [name, change(name, table(each))]),
  )
}

function pick(value: Table, keys: ReadonlySet<string> = new Set()): Record<string, Value> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.has(key)))
}

/** Compose prints `null` and `{}` for what is not set. */
function withoutEmpty(value: Table): Table {
  const isEmpty = (each: Value) =>
    each === undefined || each === null || (typeof each === 'object' && Object.keys(each).length === 0)
  return Object.fromEntries(Object.entries(value).filter(([, each]) => !isEmpty(each)))
}

function table(value: Value): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}
}

function list(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : []
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}
