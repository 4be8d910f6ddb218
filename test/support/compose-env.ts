/** The questions that the differential tests put to `docker compose config`, and its answers as data. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Env, runCompose } from './compose.js'

/** What Compose makes of an env file: its values, or the words with which it refuses the file. */
export type ComposeReading =
  | {
      readonly ok: true
      readonly values: ReadonlyMap<string, string>
      /** What a service gets that names the file (and the overlay behind it) in `env_file`. */
      readonly container: ReadonlyMap<string, string>
    }
  | { readonly ok: false; readonly message: string }

/**
 * The exact value that Compose reads for each of `keys` from the env file `text`; a key that is not set is
 * absent from the map. `config --environment` would print a value over several lines with no mark of where
 * it ends, so the keys are listed under a service, which hands them through without a template of its own.
 *
 * @param text bytes of the `.env`
 * @param shell what is exported; it beats the file
 * @param overlay bytes of an env file that is read behind it
 */
export function composeReads(
  text: Uint8Array,
  keys: Iterable<string>,
  shell: Env = {},
  overlay: Uint8Array = new Uint8Array(),
): ComposeReading {
  const dir = mkdtempSync(join(tmpdir(), 'product-env-oracle-'))
  try {
    writeFileSync(join(dir, '.env'), text)
    writeFileSync(join(dir, '.env.overlay'), overlay)
    const files = overlay.length === 0 ? ['.env'] : ['.env', '.env.overlay']
    // JSON is YAML; a list entry without "=" takes the value that Compose knows.
    const project = { image: 'none', environment: [...keys] }
    const container = { image: 'none', env_file: files }
    const compose = { name: 'oracle', services: { project, container } }
    writeFileSync(join(dir, 'compose.yaml'), JSON.stringify(compose))
    const options = files.flatMap((file) => ['--env-file', file])
    const { code, stdout, stderr } = runCompose(dir, [...options, 'config', '--format', 'json'], shell)
    if (code !== 0) return { ok: false, message: stderr.trim() }
    const values = environmentOf(stdout, 'project')
    return { ok: true, values, container: environmentOf(stdout, 'container') }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * The environment of a service. `config` prints a Compose file, in which a literal `$` is `$$`.
 * JSON.parse keeps `__proto__` as a key of its own, and Object.entries lists it.
 */
export function environmentOf(json: string, service: string): Map<string, string> {
  const { services } = JSON.parse(json) as {
    services: Record<string, { environment?: Record<string, string | null> }>
  }
  const values = new Map<string, string>()
  for (const [key, value] of Object.entries(services[service]?.environment ?? {})) {
    if (value !== null)
      values.set(
        key,
        value.replaceAll('$$', () => '$'),
      )
  }
  return values
}
