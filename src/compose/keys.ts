/**
 * The keys that Docker Compose 2.40.3 accepts, by form; test/compose/forms.test.ts asks `docker compose config` again.
 * Rare values are `anything`: better to miss a mistake than to refuse a file that Compose reads.
 */
import { service } from './keys-service.js'
import { amount, anything, empty, keys, list, map, NAME, or, pairs, text, toggle } from './notation.js'

const options = map(amount)

const ipam = keys(
  [text, 'driver'],
  [map(text), 'options'],
  [list(keys([text, 'gateway ip_range subnet'], [map(text), 'aux_addresses'])), 'config'],
)

const external = or(toggle, keys([text, 'name']))

const network = keys(
  [text, 'name driver'],
  [toggle, 'internal attachable enable_ipv4 enable_ipv6'],
  [external, 'external'],
  [pairs, 'labels'],
  [options, 'driver_opts'],
  [ipam, 'ipam'],
)

const volume = keys(
  [text, 'name driver'],
  [external, 'external'],
  [pairs, 'labels'],
  [options, 'driver_opts'],
)

const secret = keys(
  [text, 'name file environment driver template_driver'],
  [or(toggle, map(anything)), 'external'],
  [pairs, 'labels'],
  [options, 'driver_opts'],
)

const config = keys(
  [text, 'name file environment content template_driver'],
  [or(toggle, map(anything)), 'external'],
  [pairs, 'labels'],
)

/** The top of a file. */
export const file = keys(
  [text, 'name version'],
  [map(service, NAME), 'services'],
  [map(or(empty, network), NAME, anything), 'networks'],
  [map(or(empty, volume), NAME), 'volumes'],
  [map(secret, NAME), 'secrets'],
  [map(config, NAME), 'configs'],
  [anything, 'include'],
  [map(anything), 'models'],
)
