/** The questions that the differential tests put to `docker compose config`, and its answers as data. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Env, runCompose } from './compose.js'

/** What Compose makes of an env file: its values, or the words with which it refuses the file. */
export type ComposeReading =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
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
    const files = overlay.length === 0 ? [] : ['--env-file', '.env', '--env-file', '.env.overlay']
    // JSON is YAML; a list entry without "=" takes the value that Compose knows.
    const service = { image: 'none', environment: [...keys] }
    writeFileSync(join(dir, 'compose.yaml'), JSON.stringify({ name: 'oracle', services: { s: service } }))
    const { code, stdout, stderr } = runCompose(dir, [...files, 'config', '--format', 'json'], shell)
    if (code !== 0) return { ok: false, message: stderr.trim() }
    return { ok: true, values: environmentOf(stdout) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * The environment of the service `s`. `config` prints a Compose file, in which a literal `$` is `$$`.
 * JSON.parse keeps `__proto__` as a key of its own, and Object.entries lists it.
 */
function environmentOf(json: string): Map<string, string> {
  const { services } = JSON.parse(json) as {
    services: { s: { environment?: Record<string, string | null> } }
  }
  const values = new Map<string, string>()
  for (const [key, value] of Object.entries(services.s.environment ?? {})) {
    if (value !== null)
      values.set(
        key,
        value.replaceAll('$$', () => '$'),
      )
  }
  return values
}
