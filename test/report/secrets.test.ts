import { expect, test } from 'vitest'
import { parseEnv } from '../../src/env/document.js'
import type { ProductSource } from '../../src/merge/source.js'
import { isPortVariable } from '../../src/ports/variable.js'
import { secretsOf, showsPort } from '../../src/report/secrets.js'

/** A product whose features `a`, `b`, … have these templates. */
function source(env: string, ...templates: string[]): ProductSource {
  return {
    name: 'shop',
    offset: { value: 0, from: 'crc32' },
    isPort: isPortVariable,
    features: templates.map((text, index) => {
      const name = String.fromCharCode(97 + index)
      return { name, hostDir: '', template: { file: name, doc: parseEnv(text) } }
    }),
    allow: [],
    env: { file: '.env', text: env },
    example: { file: '.env.example', text: null },
  }
}

test("the product's own variables are secret, a feature's are not", () => {
  const secrets = secretsOf(source('OWN=1\nBARE\n', 'THEIRS=1\n'))
  expect(['OWN', 'BARE', 'THEIRS'].filter(secrets.has)).toEqual(['OWN', 'BARE'])
})

test('a port number of the product is no secret; anything else in a port variable is', () => {
  const secrets = secretsOf(
    source('A_HOST_PORT=80\nB_HOST_PORT=127.0.0.1:8000-8010\nC_HOST_PORT=x\nD_PORT=80\n'),
  )
  const keys = ['A_HOST_PORT', 'B_HOST_PORT', 'C_HOST_PORT', 'D_PORT']
  expect(keys.filter(secrets.has)).toEqual(['C_HOST_PORT', 'D_PORT'])
  const shows = (key: string, value: string) => showsPort(isPortVariable, key, value)
  expect([shows('X_HOST_PORT', '80'), shows('X_HOST_PORT', 'x'), shows('X', '80')]).toEqual([
    true,
    false,
    false,
  ])
})

test('what refers to a secret is one, however far off, and in whatever form', () => {
  const template =
    'A=$OWN\nB="${NONE:-${A}}"\nC=${OWN:+x}\nD=\'$OWN\'\nE=$$OWN\nF=${D}\nG="\\0044{OWN}"\nH="\\$OWN"\n'
  const secrets = secretsOf(source('OWN=1\n', 'LAST=${B}\n', template))
  expect(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'LAST'].filter(secrets.has)).toEqual([
    'A',
    'B',
    'C',
    'G',
    'LAST',
  ])
  expect([secrets.isPublicIn('b', 'A'), secrets.isPublicIn('b', 'D')]).toEqual([false, true])
})

test("what a feature would give for the product's own variable is public where it says so itself", () => {
  const secrets = secretsOf(source('X=mine\nY=mine\n', 'X=theirs\nY=${X}\n'))
  expect([secrets.isPublicIn('a', 'X'), secrets.isPublicIn('a', 'Y')]).toEqual([true, false])
})

test('what another reader sees may be printed where it is a piece of what a feature states', () => {
  const secrets = secretsOf(source('OWN=mine\n', 'A=1#2\n'))
  expect([secrets.isQuoted('A', '1'), secrets.isQuoted('A', '3'), secrets.isQuoted('OWN', 'mine')]).toEqual([
    true,
    false,
    false,
  ])
})

test('a chain of a hundred thousand references is followed to its end', () => {
  const chain = Array.from({ length: 100_000 }, (_, index) => `K${index}=$K${index + 1}\n`).join('')
  expect(secretsOf(source('K100000=1\n', chain)).has('K0')).toBe(true)
})

test('what the shell has is secret, and so is what refers to it', () => {
  const secrets = secretsOf(source('', 'A=${TOKEN}\nB=1\n'), [''], ['TOKEN'])
  expect(['TOKEN', 'A', 'B'].filter(secrets.has)).toEqual(['TOKEN', 'A'])
})

test('what an earlier env file said is secret, its ports excepted', () => {
  const earlier = new Map([
    ['OWN', '1'],
    ['A_HOST_PORT', '80'],
  ])
  const secrets = secretsOf({ ...source('', 'X=${OWN}${A_HOST_PORT}\nY=$A_HOST_PORT\n'), earlier })
  expect(['OWN', 'A_HOST_PORT', 'X', 'Y'].filter(secrets.has)).toEqual(['OWN', 'X'])
})
