/** The keys of a service; see keys.ts. */
import {
  amount,
  anything,
  between,
  count,
  duration,
  empty,
  flag,
  keys,
  like,
  list,
  map,
  NAME,
  number,
  or,
  pairs,
  text,
  textOrTexts,
  texts,
  toggle,
  words,
} from './notation.js'

const command = or(empty, textOrTexts)
const extraHosts = or(map(textOrTexts, /./), texts)
const ulimits = map(or(count, keys([count, 'soft! hard!'])), /^[a-z]+$/, anything)

const granted = list(or(text, keys([text, 'source target uid gid'], [amount, 'mode'])))

const build = keys(
  [text, 'context dockerfile dockerfile_inline isolation network target'],
  [texts, 'cache_from cache_to entitlements platforms tags'],
  [pairs, 'additional_contexts args labels ssh'],
  [toggle, 'no_cache privileged provenance pull sbom'],
  [count, 'shm_size'],
  [extraHosts, 'extra_hosts'],
  [granted, 'secrets'],
  [ulimits, 'ulimits'],
)

const healthcheck = keys(
  [duration, 'interval start_interval start_period timeout'],
  [textOrTexts, 'test'],
  [amount, 'retries'],
  [toggle, 'disable'],
)

const dependency = keys(
  [words('service_started service_healthy service_completed_successfully'), 'condition!'],
  [toggle, 'restart'],
  [flag, 'required'],
)

const port = keys([text, 'name mode host_ip protocol app_protocol'], [count, 'target published'])

const mount = keys(
  [words('bind volume tmpfs cluster npipe image'), 'type!'],
  [text, 'source target consistency'],
  [toggle, 'read_only'],
  [
    keys(
      [text, 'propagation'],
      [toggle, 'create_host_path'],
      [words('enabled disabled writable readonly'), 'recursive'],
      [words('z Z'), 'selinux'],
    ),
    'bind',
  ],
  [keys([pairs, 'labels'], [toggle, 'nocopy'], [text, 'subpath']), 'volume'],
  [keys([or(text, between(0)), 'size'], [amount, 'mode']), 'tmpfs'],
  [keys([text, 'subpath']), 'image'],
)

const connection = keys(
  [text, 'interface_name ipv4_address ipv6_address mac_address'],
  [texts, 'aliases link_local_ips'],
  [number, 'priority gw_priority'],
  [map(amount), 'driver_opts'],
)

const hook = keys(
  [command, 'command!'],
  [text, 'user working_dir'],
  [toggle, 'privileged'],
  [pairs, 'environment'],
)

const watch = keys(
  [text, 'path! target'],
  [words('rebuild sync restart sync+restart sync+exec'), 'action!'],
  [textOrTexts, 'ignore include'],
  [flag, 'initial_sync'],
  [hook, 'exec'],
)

const rollout = keys(
  [count, 'parallelism'],
  [duration, 'delay monitor'],
  [text, 'failure_action'],
  [amount, 'max_failure_ratio'],
  [words('start-first stop-first'), 'order'],
)

const device = keys(
  [texts, 'capabilities! device_ids'],
  [count, 'count'],
  [text, 'driver'],
  [pairs, 'options'],
)

const deploy = keys(
  [text, 'mode endpoint_mode'],
  [count, 'replicas'],
  [pairs, 'labels'],
  [rollout, 'update_config rollback_config'],
  [keys([text, 'condition'], [duration, 'delay window'], [count, 'max_attempts']), 'restart_policy'],
  [
    keys(
      [texts, 'constraints'],
      [list(keys([text, 'spread'])), 'preferences'],
      [count, 'max_replicas_per_node'],
    ),
    'placement',
  ],
  [
    keys(
      [keys([amount, 'cpus'], [text, 'memory'], [count, 'pids']), 'limits'],
      [
        keys([amount, 'cpus'], [text, 'memory'], [list(device), 'devices'], [anything, 'generic_resources']),
        'reservations',
      ],
    ),
    'resources',
  ],
)

// Compose does not anchor these patterns.
const container = like(/[a-z\d][\w.-]/i, 'must contain at least two letters, digits or _ . - in a row')
const policy = like(
  /always|never|missing|if_not_present|build|refresh|daily|weekly|every_(?:\d+[wdhms])+/,
  'must be always, never, missing, build, daily, weekly or every_12h, for example',
)

export const service = keys(
  [text, 'cgroup_parent cpuset domainname hostname image ipc isolation mac_address network_mode platform'],
  [text, 'pull_refresh_after restart runtime stop_signal user userns_mode uts working_dir'],
  [
    texts,
    'cap_add cap_drop device_cgroup_rules dns_opt external_links links profiles security_opt volumes_from',
  ],
  [textOrTexts, 'dns dns_search label_file tmpfs'],
  [pairs, 'annotations environment labels sysctls'],
  [toggle, 'attach init oom_kill_disable privileged read_only stdin_open tty'],
  [amount, 'cpus cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares'],
  [amount, 'mem_limit memswap_limit pids_limit shm_size'],
  [count, 'mem_reservation mem_swappiness scale'],
  [duration, 'stop_grace_period'],
  [list(amount), 'expose group_add'],
  [flag, 'use_api_socket'],
  [or(text, empty), 'pid'],
  [or(text, between(0)), 'cpu_count'],
  [or(text, between(0, 100)), 'cpu_percent'],
  [or(text, between(-1000, 1000)), 'oom_score_adj'],
  [words('host private'), 'cgroup'],
  [container, 'container_name'],
  [policy, 'pull_policy'],

  [command, 'command entrypoint'],
  [or(text, build), 'build'],
  [healthcheck, 'healthcheck'],
  [or(map(dependency, NAME), texts), 'depends_on'],
  [or(text, list(or(text, keys([text, 'path! format'], [toggle, 'required'])))), 'env_file'],
  [or(text, keys([text, 'service! file'])), 'extends'],
  [extraHosts, 'extra_hosts'],
  [keys([text, 'driver'], [map(or(text, number, empty)), 'options']), 'logging'],
  [or(map(or(empty, connection), NAME), texts), 'networks'],
  [list(or(number, text, port)), 'ports'],
  [list(or(text, mount)), 'volumes'],
  [list(or(text, keys([text, 'source! target permissions']))), 'devices'],
  [granted, 'secrets configs'],
  [ulimits, 'ulimits'],
  [or(empty, deploy), 'deploy'],
  [or(empty, keys([list(watch), 'watch'])), 'develop'],
  [list(hook), 'post_start pre_stop'],
  [or(words('all'), list(map(anything))), 'gpus'],
  [keys([text, 'config file registry']), 'credential_spec'],
  [keys([text, 'type!'], [map(anything), 'options']), 'provider'],
  [map(anything), 'blkio_config storage_opt'],
  [or(map(anything), texts), 'models'],
)
