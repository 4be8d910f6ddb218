import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, toBuffer } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { readEnv } from '../../src/env/read.js'
import { anyEnv, shell, tameEnv } from '../support/arbitraries.js'
import { comparable } from '../support/comparable.js'
import { composeMissing, requireOrSkip } from '../support/compose.js'
import { composeReads } from '../support/compose-env.js'

/** Files that a run puts before the real Compose. */
const FILES = 120

const env = fc.oneof(tameEnv, anyEnv)

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('a random env file', () => {
  it('reads as Compose and as a container with env_file read it, and is refused where Compose refuses it', () => {
    fc.assert(
      fc.property(env, shell, (text, environment) => {
        const doc = parseEnv(text)
        const { values, refusals } = readEnv(doc, environment)
        // A variable without a name (a file that ends in "A B") cannot be asked for.
        const ours = new Map([...values, ...environment].filter(([name]) => name !== ''))
        const compose = composeReads(toBuffer(text), ours.keys(), Object.fromEntries(environment))
        const said = compose.ok ? [] : compose.message
        expect([text, refusals.length === 0, said]).toEqual([text, compose.ok, said])
        if (!compose.ok) return
        const decoded = (map: Iterable<[string, string]>) =>
          comparable([...map].map(([name, value]) => [name, decode(value)]))
        expect(comparable(compose.values)).toEqual(decoded(ours))
        const container = new Map(readEnv(doc, ours).values)
        const given = new Map(compose.container)
        // A name alone at the very end is a nameless value to a container, and the next line added makes it a name again.
        const last = doc.statements.at(-1)
        const isNameless = last?.kind === 'inherit' && last.end === text.length
        for (const map of [container, given])
          for (const name of ['', isNameless ? last.key : '']) map.delete(name)
        expect(comparable(given)).toEqual(decoded(container))
      }),
      { numRuns: FILES },
    )
  })
})
