// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
import { expect, test } from 'vitest'
import type { PortClaim } from '../../src/claims/claim.js'
import { collisionAdvice } from '../../src/claims/resolve.js'
import { claim, movable } from './support.js'

const a = claim({ product: 'a', file: 'products/a/.env', line: 3 })
const b = claim({ product: 'b', file: 'products/b/.env', line: 7 })
const own = claim({
  product: 'c',
  variable: 'PORT',
  isScheme: true,
  file: 'products/c/product.yaml',
  line: 2,
})
const literal = claim({
  product: 'd',
  variable: null,
  outcome: 'literal',
  file: 'products/d/compose.yaml',
  line: 4,
})
const APART = 'Choose different base ports in the templates, or set one of the variables in the product env.'
const VARIABLE =
  'Publish it with a port variable, which an offset shifts: "${WEB_HOST_PORT}:80"; or set "isolate: true" in product.yaml.'
const SCHEME = 'Change the scheme or base under "ports:", or set the variable in the product env.'

test.each<[what: string, claims: PortClaim[], advice: string]>([
  [
    'two pinned ports',
    [a, b],
    'Change the port in one of these places: products/a/.env:3, products/b/.env:7.',
  ],
  [
    'a port of a scheme',
    [a, own],
    `Change the port in one of these places: products/a/.env:3, products/c/product.yaml:2. ${SCHEME}`,
  ],
  [
    'a literal port',
    [a, literal],
    `Change the port in one of these places: products/a/.env:3, products/d/compose.yaml:4. ${VARIABLE}`,
  ],
  ['a literal port of a product and its instance', [literal, { ...literal, instance: 'blue' }], VARIABLE],
  ['two features of one product', [movable(8000, 5), movable(8000, 5, { variable: 'X_HOST_PORT' })], APART],
  [
    'one variable in two services',
    [a, { ...a, service: 'other' }],
    'Give each service its own port variable in the Compose file.',
  ],
  [
    'one pinned line that an edited overlay does not move',
    [a, { ...a, instance: 'blue' }],
    'Set WEB_HOST_PORT to another port in one of the env files.',
  ],
])('of %s', (_, claims, advice) => {
  expect(collisionAdvice(claims)).toBe(advice)
})

test('of many names a few', () => {
  const many = Array.from({ length: 9 }, (_, index) => ({ ...a, product: `p${index}`, line: index }))
  expect(collisionAdvice(many)).toMatch(/^[^:]*: products\/a\/\.env:0,.*products\/a\/\.env:4, …\.$/)
})
