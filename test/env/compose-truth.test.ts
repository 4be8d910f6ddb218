import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decode, encode, fromBuffer } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { readEnv } from '../../src/env/read.js'

/** One env file with what Docker Compose 2.40.3 was measured to read from it. */
interface Truth {
  name: string
  env_base64: string
  shell?: Record<string, string>
  compose: { ok: true; vars: Record<string, string> } | { ok: false; error: string }
}

const truths: Truth[] = JSON.parse(
  readFileSync(new URL('../fixtures/compose-truth.json', import.meta.url), 'utf8'),
)

/** What `docker-compose config --environment` lists: the file's variables, with the shell's on top. */
function composeSees(truth: Truth) {
  const doc = parseEnv(fromBuffer(Buffer.from(truth.env_base64, 'base64')))
  const shell = new Map(Object.entries(truth.shell ?? {}).map(([name, value]) => [name, encode(value)]))
  const { values, refusals } = readEnv(doc, shell)
  const vars = new Map([...values, ...shell].filter(([name]) => name !== ''))
  return { refusals, vars: new Map([...vars].map(([name, value]) => [name, decode(value)])) }
}

/** A refusal without the text that Go's %q escapes in its own way. */
function withoutQuotedText(refusal: string): string {
  return refusal.replace(/(unexpected character) .*/s, '$1')
}

describe('every measured file', () => {
  it.each(truths.map((truth) => [truth.name, truth] as const))('%s', (_, truth) => {
    const { vars, refusals } = composeSees(truth)
    if (truth.compose.ok) {
      expect(refusals).toEqual([])
      expect(Object.fromEntries(vars)).toEqual(truth.compose.vars)
    } else {
      const said = refusals.map(({ composeSays }) => `failed to read <dir>/.env: ${composeSays}`)
      expect(said.map(withoutQuotedText)).toContain(withoutQuotedText(truth.compose.error))
    }
  })
})
